"""Write `modules/kubeflow/chart_keys.json`: `python -m modules.vendoring.chart_keys FOLDER …`; for developers only.

Each folder has official charts, unpacked, in folders of their names; the first that has a chart in the catalogue's version counts.
"""

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.chart_keys import FILE
from modules.settings.component import HelmChart

FREE_FORM = re.compile(
    r".*(affinity|annotations|args|config|env|ini|labels|map|resources|securitycontext|selector|storagespec)",
    re.IGNORECASE,
)
"""Names of values below which charts take anything: objects of Kubernetes, flags, files of a program."""
COMMENTED_OUT: dict[str, dict[str, Any]] = {"kube-prometheus-stack": {"grafana": {"podAnnotations": {}}}}
"""Values that a chart's templates take and its values.yaml has in a comment only (the Grafana chart's `_pod.tpl`)."""


def keys_of(folder: Path) -> dict[str, Any]:
    """The keys of a chart's values, and below the name of each subchart those of its values.

    Args:
        folder: an unpacked chart; a subchart that is not in it takes anything.
    """
    found = _keys(yaml.safe_load((folder / "values.yaml").read_text(encoding="utf-8")) or {})
    about = yaml.safe_load((folder / "Chart.yaml").read_text(encoding="utf-8"))
    for dependency in about.get("dependencies") or ():
        subchart, name = folder / "charts" / dependency["name"], dependency.get("alias", dependency["name"])
        found[name] = _union(keys_of(subchart), found.get(name)) if subchart.is_dir() else {}
    return found


def _keys(value: Any, name: str = "") -> dict[str, Any]:
    if not isinstance(value, dict) or FREE_FORM.fullmatch(name) or any("/" in str(key) for key in value):
        return {}
    return {str(key): _keys(item, str(key)) for key, item in value.items()}


def _union(one: dict[str, Any], other: dict[str, Any] | None) -> dict[str, Any]:
    """The keys of both; anything, where one of them takes anything. None: there is no other."""
    if other is None:
        return one
    if not one or not other:
        return {}
    return {
        **other,
        **{key: _union(below, other[key]) if key in other else below for key, below in one.items()},
    }


def table(folders: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """Entry of the catalogue to version and keys of its chart.

    Raises:
        LookupError: no folder has the chart of an entry in its version.
    """
    found = {}
    for entry in CATALOGUE:
        if isinstance(entry.source, HelmChart):
            folder = _folder(entry.source, folders)
            keys = keys_of(folder)
            for name, more in COMMENTED_OUT.get(entry.name, {}).items():
                keys[name] = {**keys[name], **more}
            found[entry.name] = {"version": entry.source.version, "keys": keys}
    return found


def _folder(source: HelmChart, folders: Sequence[Path]) -> Path:
    wanted = source.version.removeprefix("v")
    for folder in (one / source.chart for one in folders):
        about = folder / "Chart.yaml"
        if about.is_file() and str(yaml.safe_load(about.read_bytes())["version"]).removeprefix("v") == wanted:
            return folder
    raise LookupError(f"chart {source.chart} {source.version}: not in {', '.join(map(str, folders))}")


def text(content: dict[str, dict[str, Any]]) -> str:
    """The file: one line for each entry."""
    lines = (f" {json.dumps(name)}: {json.dumps(one, separators=(',', ':'))}" for name, one in sorted(content.items()))
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(text(table([Path(folder) for folder in sys.argv[1:]])), encoding="utf-8")
