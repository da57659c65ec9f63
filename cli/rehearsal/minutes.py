"""Expected minutes of a step on AWS: the longest path through the changed resources, by the tables of durations.

Estimates, not measurements: `modules.aws_data.durations` has typical ranges of AWS resources, the catalogue those of components.
A resource without an entry counts as zero.
"""

import graphlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cli.plan_table import Change
from modules.aws_data.durations import TYPICAL_MINUTES, Range
from modules.kubeflow.install_order import PULL_MINUTES
from modules.naming import slug
from modules.settings.component import Component

_ACTIONS = {"add": ("create",), "change": ("update",), "replace": ("delete", "create"), "destroy": ("delete",)}
_REFERENCE = re.compile(r"(?:(?:data|ephemeral)\.)?[a-z][a-z0-9_]*\.[A-Za-z0-9_-]+")
_RELEASE = "helm_release"
_NO_TIME: Range = (0, 0)


def release_minutes(components: Iterable[Component]) -> dict[str, Range]:
    """Address of a component's release to its minutes: images on the nodes, images to be pulled."""
    return {f"{_RELEASE}.{slug(one.name)}": (one.minutes, one.minutes + PULL_MINUTES) for one in components}


def expected_minutes(document: Mapping[str, Any], changes: Iterable[Change], releases: Mapping[str, Range]) -> Range:
    """Shortest and longest expected minutes of an apply on AWS.

    Args:
        document: `cdk.tf.json` of the stack; what it no longer has takes its time without waiting for other resources.
        changes: planned changes.
        releases: from `release_minutes`.
    """
    weights = {change.address: _weight(change, releases) for change in changes}
    edges = references(document)
    order = graphlib.TopologicalSorter({**dict.fromkeys(weights, frozenset[str]()), **edges}).static_order()
    done: dict[str, Range] = {}
    for address in order:
        before = [done[one] for one in edges.get(address, ()) if one in done]
        low, high = weights.get(address, _NO_TIME)
        done[address] = (
            low + max((one[0] for one in before), default=0),
            high + max((one[1] for one in before), default=0),
        )
    return max((one[0] for one in done.values()), default=0), max((one[1] for one in done.values()), default=0)


def references(document: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Each resource, data source, ephemeral resource and local value to what its text names."""
    bodies = dict(_bodies(document))
    return {
        address: frozenset(_REFERENCE.findall(json.dumps(body))) & bodies.keys() - {address}
        for address, body in bodies.items()
    }


def _bodies(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for section, prefix in (("resource", ""), ("data", "data."), ("ephemeral", "ephemeral.")):
        for kind, named in document.get(section, {}).items():
            for name, body in named.items():
                yield f"{prefix}{kind}.{name}", {key: value for key, value in body.items() if key != "//"}
    for name, value in document.get("locals", {}).items():
        yield f"local.{name}", value


def _weight(change: Change, releases: Mapping[str, Range]) -> Range:
    actions = [action for column in change.columns for action in _ACTIONS.get(column, ())]
    found = [_minutes(change.address, action, releases) for action in actions]
    return sum(low for low, _ in found), sum(high for _, high in found)


def _minutes(address: str, action: str, releases: Mapping[str, Range]) -> Range:
    kind = address.partition(".")[0]
    if kind == _RELEASE and action != "delete":
        return releases.get(address, _NO_TIME)
    return TYPICAL_MINUTES.get((kind, action), _NO_TIME)
