"""Which namespaces call pods of teams."""

from modules.kubeflow.behaviours import CALLERS
from modules.kubeflow.chosen import chosen_components, known_components
from modules.settings import Kubeflow


def callers(kubeflow: Kubeflow) -> tuple[str, ...]:
    """Namespaces of installed components that call team pods."""
    installed = {component.name for component in chosen_components(kubeflow)} | set(kubeflow.preinstalled)
    known = known_components(kubeflow)
    return tuple(sorted({known[name].namespace for name in CALLERS if name in installed}))
