"""What changed in the rendered objects of a platform, by the comparison of versions.

Charts with the same content on both sides are not read: an object that differs, or that moved to another release, changes the content of
each chart that had or has it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.kubeflow.manifest import load
from modules.revisions.documents import Documents
from modules.upgrade.changes import Comparison
from modules.upgrade.comparison import compare
from modules.upgrade.inventory import ALWAYS, record
from modules.upgrade.records import ComponentRecord, Inventory

LOCAL = re.compile(r"\$\{path\.module\}/((?:charts|objects)/.+)")
"""`chart` of a release whose objects are known: its folder below the stack's."""


@dataclass(frozen=True)
class Rendered:
    """The releases of a platform."""

    charts: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Release to the content of its chart's `files/all.yaml`."""
    official: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Release of an official chart to repository with name, and version."""
    missing: tuple[str, ...] = ()
    """Releases whose objects are not available."""


def rendered(documents: Documents, contents: Mapping[str, Mapping[str, bytes]]) -> Rendered:
    """The releases that stacks install.

    Args:
        documents: stacks of the platform.
        contents: stack to the content of each chart by its folder, such as `charts/istio`.
    """
    charts, official, missing = {}, {}, []
    for stack, document in documents.items():
        for one in document.get("resource", {}).get("helm_release", {}).values():
            name, found = str(one.get("name")), LOCAL.fullmatch(str(one.get("chart")))
            if found is None:
                official[name] = (
                    f"{one.get('repository', '')} {one.get('chart')}".strip(),
                    str(one.get("version", "")),
                )
            elif (content := contents.get(stack, {}).get(found[1])) is not None:
                charts[name] = content
            else:
                missing.append(name)
    return Rendered(charts, official, tuple(missing))


def compared(before: Rendered, after: Rendered, names: tuple[str, str]) -> Comparison:
    """Differences of the objects of two versions; releases that one of them misses are left out.

    Args:
        before: the earlier version.
        after: the later one.
        names: of both, for readers.
    """
    left_out = {*before.missing, *after.missing}
    same = {name for name, content in before.charts.items() if after.charts.get(name) == content} | left_out
    old, new = (_inventory(one, same, name) for one, name in zip((before, after), names, strict=True))
    return compare(old, new)


def _inventory(of: Rendered, without: set[str], version: str) -> Inventory:
    shapes: dict[str, str] = {}
    components: dict[str, ComponentRecord] = {}
    for name, content in of.charts.items():
        if name not in without:
            records: list[Any] = [record(name, item, shapes) for item in load(content)]
            records.sort(key=lambda one: (one.type, one.place))
            components[name] = ComponentRecord("", "", True, "objects", "", (ALWAYS,), tuple(records))
    for name, (source, chart_version) in of.official.items():
        if name not in without:
            components[name] = ComponentRecord("", "", True, source, chart_version, (ALWAYS,))
    return Inventory(version, {}, components, shapes)
