"""Charts opened and rendered by Helm's own engine (helm-python-sdk), as the Helm provider would."""

import base64
import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import helm_python

from .cluster import Refused
from .kinds import Object

SECRET_LIMIT_BYTES = 1_048_576
"""Of a Secret's data. Source: https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size"""


@dataclass(frozen=True)
class ChartFolders:
    """Where the charts lie that a configuration names by repository and version.

    Args:
        folders: by chart name and version; a leading `v` of the version does not count.
    """

    folders: Mapping[tuple[str, str], Path] = field(default_factory=dict)

    @classmethod
    def below(cls, *tops: Path) -> "ChartFolders":
        """All charts in the subfolders of some folders; of two equal versions, the one in the first folder."""
        found: dict[tuple[str, str], Path] = {}
        for file in (file for top in tops for file in sorted(top.glob("*/Chart.yaml"))):
            about = helm_python.values_from_yaml(file.read_text(encoding="utf-8"))
            found.setdefault((about["name"], str(about["version"]).removeprefix("v")), file.parent)
        return cls(found)

    def find(self, chart: str, repository: str | None, version: str | None, working_directory: Path) -> Path:
        """The folder of a chart, as Helm looks for it: a path first, then the repository.

        Raises:
            Refused: it is nowhere.
        """
        local = working_directory / chart
        if not repository and (local / "Chart.yaml").exists():
            return local
        name, wanted = chart.rpartition("/")[2], (version or "").removeprefix("v")
        is_named = chart.startswith("oci://") or bool(repository)
        matches = [path for (one, number), path in self.folders.items() if one == name and wanted in ("", number)]
        if not is_named or len(matches) != 1:
            where = (
                f"chart {name!r} version {version!r} not found in {repository}"
                if is_named
                else f"path {chart} not found"
            )
            raise Refused("Error locating chart", f"Unable to locate chart {chart}: {where}")
        return matches[0]


@dataclass(frozen=True)
class Rendered:
    """What a chart gives for some values: `objects` and `hooks` from its templates, `crds` from its crds folder."""

    chart: dict[str, Any]
    objects: list[Object]
    hooks: list[Object]
    crds: list[Object]
    notes: str
    manifest: str


def metadata(folder: Path) -> dict[str, Any]:
    """What Chart.yaml says.

    Raises:
        Refused: it is not a chart, or one that is not installable.
    """
    try:
        about = helm_python.values_from_yaml((folder / "Chart.yaml").read_text(encoding="utf-8"))
    except (OSError, helm_python.HelmValuesError) as error:
        raise Refused("Error loading chart", f"Unable to load chart {folder.name}: {error}") from error
    if about.get("type", "application") != "application":
        raise Refused("Error checking if chart is installable", f"{about['type']} charts are not installable")
    return about


def render(folder: Path, values: dict[str, Any], name: str, namespace: str, revision: int) -> Rendered:
    """Render a chart; no cluster is read, so `lookup` finds nothing.

    Raises:
        Refused: the engine's own error, or values that the chart's schema does not allow.
    """
    about = metadata(folder)
    try:
        with helm_python.Chart.load(folder) as chart:
            files = chart.render(
                values,
                name=name,
                namespace=namespace,
                revision=revision,
                is_install=revision == 1,
                is_upgrade=revision > 1,
            )
            crds = [one["data"] for one in chart.crds]
    except helm_python.HelmError as error:
        raise Refused("installation failed" if revision == 1 else "Upgrade failed", str(error)) from error
    notes = "".join(text for file, text in files.items() if file.endswith("NOTES.txt"))
    texts = [text for file, text in sorted(files.items()) if not file.endswith("NOTES.txt")]
    objects = [one for text in texts for one in documents(text)]
    hooks = [one for one in objects if hook_events(one)]
    return Rendered(
        about,
        [one for one in objects if not hook_events(one)],
        hooks,
        # A chart's .helmignore excludes other files there; copies of charts may lack one.
        [one for text in crds for one in documents(text, named=False) if one["kind"] == "CustomResourceDefinition"],
        notes,
        "\n---\n".join(texts),
    )


def hook_events(one: Object) -> list[str]:
    """`pre-install`, `post-upgrade`, … of a hook; empty for an object of the release itself."""
    annotations = one["metadata"].get("annotations") or {}
    return [event.strip() for event in annotations.get("helm.sh/hook", "").split(",") if event.strip()]


@lru_cache(maxsize=512)
def _parsed(text: str) -> tuple[str, ...]:
    """Each document as JSON, so that what the cache holds cannot be changed."""
    # Helm's own rule: also `---# text` ends a document, which a YAML parser does not take. And its own parser: twice as fast
    # as PyYAML's C loader, and `=`, dates and octal numbers are what Kubernetes takes them for.
    parts = re.split(r"^---", text, flags=re.MULTILINE)
    found = (helm_python.values_from_yaml(part) for part in parts if part.strip())
    return tuple(json.dumps(one) for one in found if one)


def documents(text: str, named: bool = True) -> list[Object]:
    """The objects of rendered text; lists are taken apart.

    Args:
        text: YAML.
        named: whether each must be an object with kind and name.

    Raises:
        Refused: it is not YAML, or a document is not a Kubernetes object.
    """
    try:
        found = [json.loads(one) for one in _parsed(text)]
    except helm_python.HelmValuesError as error:
        raise Refused("unable to build kubernetes objects from release manifest", f"error parsing: {error}") from error
    objects = [item for one in found for item in (one["items"] if str(one.get("kind", "")).endswith("List") else [one])]
    for one in objects if named else ():
        if not (one.get("apiVersion") and one.get("kind") and (one.get("metadata") or {}).get("name")):
            raise Refused(
                "unable to build kubernetes objects from release manifest", f"no kind or no name in {str(one)[:200]}"
            )
    return objects


def secret_size(folder: Path, rendered: Rendered, values: dict[str, Any]) -> int:
    """Bytes of the Secret in which Helm keeps a release: chart, values and manifest as JSON, gzip, base64.

    Subcharts are not kept, and what .helmignore names is taken to be absent. A release that fits at level 6 of gzip fits at Helm's level 9,
    which takes five times as long: its size is up to a tenth too large. One that does not is within 2 % of what was measured on a cluster.
    Source: https://github.com/helm/helm/blob/main/pkg/storage/driver/util.go
    """
    files = [
        {"name": str(file.relative_to(folder)), "data": base64.b64encode(file.read_bytes()).decode()}
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.relative_to(folder).parts[0] not in ("charts", "Chart.yaml", "Chart.lock")
    ]
    release = {"chart": {"metadata": rendered.chart, "files": files}, "config": values, "manifest": rendered.manifest}
    content = json.dumps(release).encode()
    size = len(base64.b64encode(gzip.compress(content, 6)))
    return size if size <= SECRET_LIMIT_BYTES else len(base64.b64encode(gzip.compress(content, 9)))


def merged(low: dict[str, Any], high: dict[str, Any]) -> dict[str, Any]:
    """Values laid over others, map by map."""
    both = dict(low)
    for key, value in high.items():
        old = both.get(key)
        both[key] = merged(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return both
