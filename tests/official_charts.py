"""The official charts of the catalogue, as their projects publish them, with our values."""

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from modules.aws_data.kubernetes_versions import DEFAULT_KUBERNETES_VERSION
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.secrets.pod_references import pod_specs
from modules.kubeflow.values import ChartContext, chart_values
from modules.settings.component import Component, HelmChart
from modules.settings.kubeflow import Kubeflow
from tests.stand_ins.providers.charts import Rendered, merged, metadata, render
from tests.upstream_folders import chart

ENTRIES: Mapping[str, Component] = {one.name: one for one in CATALOGUE if isinstance(one.source, HelmChart)}
"""Entries with an official chart."""
ROLES = {
    access.service_account: f"arn:aws:iam::111122223333:role/{access.service_account}"
    for one in CATALOGUE
    for access in one.aws
}

IRSA = ChartContext(
    cluster_name="the-cluster",
    region="eu-central-1",
    vpc_id="vpc-0123456789abcdef0",
    kubernetes_version=DEFAULT_KUBERNETES_VERSION,
    roles=ROLES,
    kubeflow=Kubeflow(dns_zone_ids=("Z0123456789ABCDEFGHIJ", "Z9876543210ABCDEFGHIJ"), gpu_time_slices=4),
    pod_log_group_name="/aws/eks/the-cluster/pods",
    interruption_queue_name="the-queue",
    karpenter_node_group="the-group",
)
"""Everything said."""
POD_IDENTITY = replace(
    IRSA,
    roles=dict.fromkeys(ROLES),
    kubeflow=Kubeflow(dns_zone_ids=("Z0123456789ABCDEFGHIJ",), service_account_auth="pod_identity"),
    deletion_protection=False,
    karpenter_node_group=None,
)
"""As little said as can be."""

NOT_PUBLISHED = ("files/crds/full",)
"""In a project's tree, but not in its chart (`.helmignore`): argo-workflows.

Source: https://github.com/argoproj/argo-helm/pull/3705
"""

_KUBE_VERSION = re.compile(r"[$\w.]*\.Capabilities\.KubeVersion\.(GitVersion|Version|Minor)")


def folder_of(component: Component) -> Path:
    """The folder of the chart of an entry, in the version that the catalogue names."""
    source = component.source
    assert isinstance(source, HelmChart)
    return chart(source.chart, source.version)


def for_kubernetes(folder: Path, version: str, into: Path) -> Path:
    """A chart as Helm renders it for a cluster of a version; the folder itself if its templates do not ask for that.

    The engine has one version built in, so a copy has the answer where templates ask.
    """
    files = [file for kind in ("*.yaml", "*.tpl") for file in folder.glob(f"**/templates/**/{kind}")]
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    if not any("Capabilities.KubeVersion" in text for text in texts.values()):
        return folder
    copy = packaged(folder, into)
    for file, text in texts.items():
        told_so = _KUBE_VERSION.sub(lambda found: _answer(found[1], version), text)
        assert "Capabilities.KubeVersion" not in told_so, file
        (copy / file.relative_to(folder)).write_text(told_so, encoding="utf-8")
    return copy


def packaged(folder: Path, into: Path) -> Path:
    """A copy of a chart without what its project does not publish."""
    left_out = {folder / path for path in NOT_PUBLISHED}
    shutil.copytree(
        folder,
        into / folder.name,
        copy_function=shutil.copyfile,
        ignore=lambda where, names: [name for name in names if Path(where, name) in left_out],
    )
    return into / folder.name


def _answer(field: str, version: str) -> str:
    return f'"{version.partition(".")[2]}"' if field == "Minor" else f'"v{version}.0"'


@cache
def rendered(name: str, context_name: str = "irsa") -> Rendered:
    """What an entry's chart makes of our values, by the real Helm engine; it obeys the chart's own schema, or raises."""
    component = ENTRIES[name]
    context = {"irsa": IRSA, "pod_identity": POD_IDENTITY}[context_name]
    return render(folder_of(component), chart_values(component, context), name, component.namespace, 1)


def everything(name: str, context_name: str = "irsa") -> list[dict[str, Any]]:
    """All that an entry brings: CRDs, objects of the release, hooks."""
    found = rendered(name, context_name)
    return [*found.crds, *found.objects, *found.hooks]


def containers(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those of a pod, the ones that start it too."""
    return [*spec.get("initContainers", ()), *spec["containers"]]


def defaults(folder: Path) -> dict[str, Any]:
    """The values that a chart knows, those of its subcharts under their names."""
    own: dict[str, Any] = yaml.safe_load((folder / "values.yaml").read_text(encoding="utf-8")) or {}
    for dependency in metadata(folder).get("dependencies", ()):
        subchart = folder / "charts" / dependency["name"]
        if subchart.is_dir():
            name = dependency.get("alias", dependency["name"])
            own = {**own, name: merged(defaults(subchart), own.get(name) or {})}
    return own


def unknown(values: Mapping[str, Any], known: Any, free_form: frozenset[str], path: str = "") -> Iterator[str]:
    """Paths of values that a chart does not know, and that it would pass over in silence.

    Args:
        values: of the platform.
        known: the chart's own.
        free_form: paths below which the chart takes anything.
        path: where we are.
    """
    for key, value in values.items():
        here = f"{path}.{key}".lstrip(".")
        if not isinstance(known, Mapping) or key not in known:
            yield here
        elif isinstance(value, Mapping) and here not in free_form:
            yield from unknown(value, known[key], free_form, here)


def arguments(objects: Iterable[dict[str, Any]]) -> set[str]:
    """What containers, node selectors and ConfigMaps say: arguments, `NAME=value`, images, `label=value`, lines."""
    found: set[str] = set()
    for one in objects:
        if one["kind"] == "ConfigMap":
            found |= {" ".join(line.split()) for text in (one.get("data") or {}).values() for line in text.splitlines()}
        for _, spec in pod_specs(one):
            found |= {f"{key}={value}" for key, value in (spec.get("nodeSelector") or {}).items()}
            for container in spec["containers"]:
                found |= {container["image"], *container.get("command", ()), *container.get("args", ())}
                found |= {f"{entry['name']}={entry.get('value')}" for entry in container.get("env") or ()}
    return found


def runs_on(spec: Mapping[str, Any], labels: Mapping[str, str], taint: Mapping[str, str]) -> bool:
    """Whether the scheduler may put a pod on a node with these labels and this taint (none when empty)."""
    if any(labels.get(key) != value for key, value in (spec.get("nodeSelector") or {}).items()):
        return False
    if taint and not any(_tolerates(one, taint) for one in spec.get("tolerations") or ()):
        return False
    node_affinity = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    )
    if not node_affinity:
        return True
    return any(
        all(_matches(expression, labels) for expression in term.get("matchExpressions", ()))
        for term in node_affinity["nodeSelectorTerms"]
    )


def _tolerates(toleration: Mapping[str, str], taint: Mapping[str, str]) -> bool:
    return (
        toleration.get("key", taint["key"]) == taint["key"]
        and toleration.get("effect", taint["effect"]) == taint["effect"]
        and (toleration.get("operator") == "Exists" or toleration.get("value", "") == taint["value"])
    )


def _matches(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value = labels.get(expression["key"])
    return {
        "In": lambda: value in expression["values"],
        "NotIn": lambda: value not in expression["values"],
        "Exists": lambda: value is not None,
        "DoesNotExist": lambda: value is None,
    }[expression["operator"]]()
