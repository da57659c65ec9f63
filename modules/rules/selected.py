"""What the components of some settings are, for rules that read them."""

from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.install_order import InstallOrderError
from modules.kubeflow.variants import lock
from modules.settings.component import Component, Vendored
from modules.settings.kubeflow import Kubeflow


def selected(kubeflow: Kubeflow) -> list[Component]:
    """Components to install; empty if they cannot be installed, which the rules about components report."""
    try:
        found = chosen_components(kubeflow)
    except InstallOrderError:
        return []
    return [] if any(isinstance(one.source, Vendored) and one.name not in lock().components for one in found) else found


def names_of(kubeflow: Kubeflow) -> frozenset[str]:
    """Names of components that are installed or exist already."""
    return frozenset({*(one.name for one in selected(kubeflow)), *kubeflow.preinstalled})


def own(kubeflow: Kubeflow, *words: str) -> list[str]:
    """Extra components whose name or chart has one of some words, such as a device plugin of your own."""
    found = []
    for one in kubeflow.extra_components:
        text = f"{one.name} {getattr(one.source, 'chart', '')} {getattr(one.source, 'path', '')}".lower()
        if any(word in text for word in words):
            found.append(one.name)
    return found
