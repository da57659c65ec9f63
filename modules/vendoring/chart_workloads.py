"""What runs in official charts: rendered with this platform's values from local folders, for `workloads.lock.json`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from modules.aws_data.kubernetes_versions import DEFAULT_KUBERNETES_VERSION
from modules.kubeflow.manifest import Object
from modules.kubeflow.values import ChartContext, chart_values
from modules.kubeflow.workloads_lock import ComponentWorkloads
from modules.settings.component import Component, HelmChart
from modules.settings.kubeflow import Kubeflow
from modules.vendoring.helm_engine import is_hook, rendered
from modules.vendoring.workload_objects import reduced


def default_context(component: Component) -> ChartContext:
    """Facts of a platform with default settings; what AWS assigns has a value without meaning."""
    return ChartContext(
        cluster_name="cluster",
        region="us-west-2",
        vpc_id="vpc-0123456789abcdef0",
        kubernetes_version=DEFAULT_KUBERNETES_VERSION,
        roles={access.service_account: None for access in component.aws},
        kubeflow=Kubeflow(),
        pod_log_group_name="pods",
        interruption_queue_name="interruptions",
    )


def chart_folder(source: HelmChart, folders: Sequence[Path]) -> Path | None:
    """The folder of a chart in exactly its version: `charts/<chart>` in one of several local folders; None: none has it."""
    places = (folder / "charts" / source.chart for folder in folders)
    return next((place for place in places if _version(place) == source.version.removeprefix("v")), None)


def _version(folder: Path) -> str | None:
    file = folder / "Chart.yaml"
    if not file.is_file():
        return None
    return str(yaml.safe_load(file.read_text(encoding="utf-8"))["version"]).removeprefix("v")


def chart_workloads(component: Component, folder: Path) -> ComponentWorkloads:
    """What runs in one official chart.

    Args:
        component: an entry whose source is a HelmChart.
        folder: the chart.

    Raises:
        ValueError: Helm rejects chart or values.
    """
    assert isinstance(component.source, HelmChart)
    values = chart_values(component, default_context(component))
    objects = rendered(folder, values, component.name, component.namespace)
    kept = [item for one in objects for item in _single(one) if not is_hook(item)]
    return ComponentWorkloads(component.source.version, tuple(reduced(kept, component.namespace)))


def _single(one: Object) -> Iterator[Object]:
    """An object, or those of a list; nothing for files of other programs in a chart's folder `crds`."""
    found = one["items"] if str(one.get("kind", "")).endswith("List") and "items" in one else (one,)
    yield from (item for item in found if "metadata" in item)
