"""Images of a platform by the components that its settings choose."""

from modules.kubeflow.chosen import chosen_components, external_services_of
from modules.kubeflow.images.platform import images_by_component
from modules.kubeflow.install_order import InstallOrderError
from modules.kubeflow.lock import Entry
from modules.kubeflow.notebooks import offered_images
from modules.kubeflow.variants import entries, lock
from modules.settings.kubeflow import Kubeflow


def platform_images(kubeflow: Kubeflow, kubernetes_version: str | None = None) -> dict[str, list[str]]:
    """`{entry: images}` of the selected components, as upstream names them; empty while the selection is invalid.

    Args:
        kubeflow: the settings.
        kubernetes_version: of the cluster; None: known at apply only.
    """
    try:
        components = chosen_components(kubeflow)
        chosen = locked_entries(kubeflow)
    except InstallOrderError:  # reported by the rules about components
        return {}
    return images_by_component(components, chosen, offered_images(kubeflow.notebooks), kubernetes_version)


def locked_entries(kubeflow: Kubeflow) -> dict[str, Entry]:
    """Entries of the lock; a component of yours that is not in it is reported by the rules about components."""
    locked = [component for component in chosen_components(kubeflow) if component.name in lock().components]
    return entries(locked, external_services=external_services_of(kubeflow))
