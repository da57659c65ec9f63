"""Where each image of a platform comes from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from modules.aws_data.regions import partition_of
from modules.checks.images.pods import EVERY_NODE, pods_by_image
from modules.iam.role import Iam
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.images.mirror import mirror_of
from modules.kubeflow.images.names import Image, parse
from modules.kubeflow.images.platform import OWN_IMAGES, chart_rows
from modules.kubeflow.images.rewrite import EKS_REGISTRY, ImageRewrite
from modules.kubeflow.manifest import Object
from modules.kubeflow.platform_images import locked_entries, platform_images
from modules.settings import Kubeflow, Platform

Way = Literal["registry", "pull-through cache", "copy", "region"]
"""How a node gets it: from its own registry, from the account's ECR, or from EKS' registry in the region."""


@dataclass(frozen=True)
class PulledImage:
    """One image of a platform."""

    upstream: str
    """As upstream names it."""
    image: Image
    """The same, or what `Kubeflow.images` has in its place."""
    components: tuple[str, ...]
    always: bool
    """Whether pods that run all the time have it; others are started by users, operators or Jobs."""
    way: Way
    place: str
    """Full name that nodes pull."""
    pods: int
    """On how many nodes it is pulled at most while its pods run all the time."""

    @property
    def replaced(self) -> bool:
        """Whether `Kubeflow.images` replaces it."""
        return str(parse(self.upstream)) != str(self.image)

    @property
    def version(self) -> str:
        """`digest`, `tag, pinned by its copy` or `tag`."""
        if self.image.digest:
            return "digest"
        return "tag, pinned by its copy" if self.way == "copy" else "tag"


def pulled_images(platform: Platform, kubeflow: Kubeflow, objects: Iterable[Object]) -> list[PulledImage]:
    """All images of a platform that are known offline, by name.

    Args:
        platform: platform with valid settings.
        kubeflow: its Kubeflow settings.
        objects: objects of its components; an image that they do not have, such as that of a sidecar or of an official chart,
            counts for every node.
    """
    registry = f"<account>.dkr.ecr.{platform.region}.{partition_of(platform.region).dns_suffix}"
    mirror = mirror_of(kubeflow.services.repositories, registry, Iam.of(platform).name_prefix)
    rewrite = ImageRewrite(kubeflow.images, mirror)
    by_component = platform_images(kubeflow, getattr(platform.cluster, "kubernetes_version", None))
    users: dict[str, list[str]] = {}
    for component, names in by_component.items():
        for name in names:
            users.setdefault(name, []).append(component)
    always = set(_always(kubeflow))
    everywhere = {image for entry in locked_entries(kubeflow).values() for image in entry.composed_images}
    pods = pods_by_image(objects)
    found = []
    for upstream, components in users.items():
        image: Image = parse(rewrite.source(upstream))
        way: Way = "registry"
        if EKS_REGISTRY in image.host:
            way = "region"
        elif mirror is not None:
            way = "copy" if mirror.copied(image) else "pull-through cache"
        place = mirror.place(image) if mirror is not None and way != "region" else str(image)
        count = EVERY_NODE if upstream in everywhere else pods.get(str(parse(upstream)), EVERY_NODE)
        found.append(PulledImage(upstream, image, tuple(components), upstream in always, way, place, count))
    return sorted(found, key=lambda one: str(one.image))


def _always(kubeflow: Kubeflow) -> Iterator[str]:
    """Images of Deployments, StatefulSets, DaemonSets and Jobs of the installation, init containers and sidecars included."""
    for entry in locked_entries(kubeflow).values():
        yield from (*entry.images, *entry.composed_images)
    for component in chosen_components(kubeflow):
        yield from (row.image for row in chart_rows(component) if row.started)
        if component.name in OWN_IMAGES:
            yield OWN_IMAGES[component.name]
