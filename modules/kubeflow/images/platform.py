"""All images of a platform, upstream's and configured ones."""

from collections.abc import Iterable, Mapping

from modules.aws_data.kubernetes_versions import KUBERNETES_VERSIONS
from modules.kubeflow import database_users, kubectl_job
from modules.kubeflow.images.charts import CHART_IMAGES, ChartImage
from modules.kubeflow.images.rewrite import ImageRewrite
from modules.kubeflow.lock import Entry
from modules.settings.component import Builtin, Component, HelmChart

SPAWNER = "jupyter-web-app"
"""Entry whose UI lists the images of `Notebooks`."""
OWN_IMAGES: Mapping[str, str] = {database_users.CREATE: database_users.IMAGE, database_users.DROP: database_users.IMAGE}
"""Template entry to its image."""


def chart_rows(component: Component) -> tuple[ChartImage, ...]:
    """Images of an entry's official chart; empty for a chart outside the catalogue."""
    return CHART_IMAGES.get(component.name, ()) if isinstance(component.source, HelmChart) else ()


def images_by_component(
    components: Iterable[Component],
    chosen: Mapping[str, Entry],
    offered: Iterable[str],
    kubernetes_version: str | None = None,
) -> dict[str, list[str]]:
    """`{entry: upstream images that it starts or lists}`; the image of drain Jobs is under `kubectl`.

    Args:
        components: entries to install.
        chosen: their lock entries.
        offered: images of the notebook spawner.
        kubernetes_version: minor version of the cluster; None: known at apply only.
    """
    found: dict[str, list[str]] = {"kubectl": [kubectl_job.IMAGE]}
    for component in components:
        images: set[str] = set()
        if component.name in chosen:
            images |= {*chosen[component.name].images, *chosen[component.name].hidden_images}
        if isinstance(component.source, Builtin) and component.name in OWN_IMAGES:
            images.add(OWN_IMAGES[component.name])
        if component.name == SPAWNER:
            images |= set(offered)
        if component.name == "cluster-autoscaler":
            (row,) = chart_rows(component)
            one = KUBERNETES_VERSIONS.get(kubernetes_version or "")
            wanted = [one] if one is not None else list(KUBERNETES_VERSIONS.values())
            images |= {f"{row.image.rpartition(':')[0]}:{version.cluster_autoscaler}" for version in wanted}
        else:
            images |= {row.image for row in chart_rows(component) if row.started}
        found[component.name] = sorted(images)
    return found


def pulled(by_component: Mapping[str, Iterable[str]], rewrite: ImageRewrite) -> list[str]:
    """All images that a platform pulls or copies: upstream's or the configured replacement."""
    return sorted({rewrite.source(image) for images in by_component.values() for image in images})
