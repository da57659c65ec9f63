"""Volumes that components of a platform claim, of the platform's default StorageClass."""

from collections.abc import Iterator

from modules.checks.cost import products
from modules.checks.cost.items import Item
from modules.kubeflow.chosen import has_component, platform_parts
from modules.kubeflow.platform_images import locked_entries
from modules.kubeflow.pod_requests import quantity
from modules.settings import Platform

DEFAULT_CLASS = "default-storage-class"
"""Component with the class that claims without one get: EBS volumes of type gp3."""


def claims(platform: Platform) -> Iterator[Item]:
    """One item for each stack whose components claim volumes; those of official charts and of users are not known.

    Args:
        platform: platform with valid settings.
    """
    if platform.kubeflow is None or not has_component(platform, DEFAULT_CLASS):
        return
    locked = locked_entries(platform.kubeflow)
    for part in platform_parts(platform):
        entries = [locked[component.name] for component in part.components if component.name in locked]
        sizes = [quantity(one.size) for entry in entries for one in entry.volumes if not one.storage_class]
        gib = float(sum(sizes) / 2**30)
        if gib:
            query = products.volume(platform.region, "gp3")
            yield Item(
                f"{platform.name}-{part.name}", "volumes of components: gp3", query, (gib, gib, gib), hourly=False
            )
