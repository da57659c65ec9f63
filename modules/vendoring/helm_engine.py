"""Rendering of official charts with Helm's engine (helm-python-sdk) during vendoring; no cluster access."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import helm_python
import yaml

from modules.kubeflow.manifest import Object, identity, load
from modules.kubeflow.patching.patch import RenderedChart
from modules.kubeflow.upstream import CHARTS, ChartFolder

HOOK = "helm.sh/hook"
# Helm's own rule: a line that begins with `---` ends a document, also `---# text`, which a YAML parser does not accept.
_DOCUMENT = re.compile(r"^---", re.MULTILINE)


def render(chart: RenderedChart, source: Path, copies: Path, namespace: str) -> list[Object]:
    """The objects of a chart, including CRDs in its folder `crds`.

    Args:
        chart: chart with release name and values.
        source: the chart's folder, read-only.
        copies: a work folder for a copy with the released version.
        namespace: release namespace.

    Raises:
        ValueError: a Helm error, values rejected by the chart's schema, or a hook, which no phase supports.
    """
    folder = released(CHARTS[chart.name], source, copies / chart.name)
    objects = rendered(folder, chart.values, chart.release, namespace)
    for item in objects:
        if is_hook(item):
            raise ValueError(f"chart {chart.name}: {identity(item)}: is a hook; set values that disable it")
    return objects


def rendered(folder: Path, values: Mapping[str, Any], release: str, namespace: str) -> list[Object]:
    """The objects of a chart's first installation, including hooks and CRDs in its folder `crds`.

    Args:
        folder: the chart.
        values: its values.
        release: name of the release.
        namespace: release namespace.

    Raises:
        ValueError: a Helm error, or values rejected by the chart's schema.
    """
    try:
        with helm_python.Chart.load(folder) as loaded:
            loaded.validate_schema(dict(values))
            files = loaded.render(dict(values), name=release, namespace=namespace, is_install=True)
            texts = [one["data"] for one in loaded.crds]
    except helm_python.HelmError as error:
        raise ValueError(f"chart {folder.name}: Helm error: {error}") from error
    texts += [text for path, text in sorted(files.items()) if not path.endswith("NOTES.txt")]
    return [item for text in texts for part in _DOCUMENT.split(text) for item in load(part)]


def is_hook(item: Object) -> bool:
    """Whether Helm creates an object only at an event, such as before an upgrade."""
    return HOOK in (item["metadata"].get("annotations") or {})


def released(chart: ChartFolder, source: Path, target: Path) -> Path:
    """A copy of a chart's folder with the released version in `Chart.yaml`.

    Raises:
        ValueError: the folder has another chart version than the pinned one.
    """
    if not target.is_dir():
        shutil.copytree(source, target)
    file = target / "Chart.yaml"
    about = yaml.safe_load(file.read_text(encoding="utf-8"))
    if about["version"] == chart.in_git:
        file.write_text(
            yaml.safe_dump({**about, "version": chart.version, "appVersion": chart.version}), encoding="utf-8"
        )
    elif about["version"] != chart.version:
        raise ValueError(
            f"{source}: has version {about['version']}; modules/kubeflow/upstream.py requires {chart.version}"
        )
    return target
