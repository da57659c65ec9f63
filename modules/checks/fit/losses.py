"""Whether pods still fit after the loss of nodes: one drained node, or one zone."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from modules.checks.finding import Finding
from modules.checks.fit import kinds
from modules.checks.fit.search import Group, best
from modules.checks.fit.workloads import Workload
from modules.settings import Cluster, Network, Platform


def losses(platform: Platform, running: Sequence[Workload], groups: Sequence[Group]) -> Iterator[Finding]:
    """Losses after which pods stay pending, for a platform whose pods fit on its desired nodes.

    Args:
        platform: platform with a new cluster.
        running: its workloads.
        groups: its node groups.
    """
    for one in groups:
        if one.desired and (waiting := _waiting(running, groups, {one.kind.group: 1})):
            yield Finding(
                kinds.DRAINED.id,
                kinds.DRAINED.severity,
                f"{waiting} pods stay pending while a node of {one.kind.group} is drained or lost",
                f"{one.kind.group}: raise desired_size above {one.desired}, or use a larger type",
            )
    zones = zones_of(platform)
    lost = {one.kind.group: math.ceil(one.desired / zones[one.kind.group]) for one in groups if one.kind.group in zones}
    if lost and (waiting := _waiting(running, groups, lost)):
        nodes = ", ".join(f"{count} of {name}" for name, count in lost.items() if count)
        yield Finding(
            kinds.ZONE_LOST.id,
            kinds.ZONE_LOST.severity,
            f"{waiting} pods stay pending after the loss of a zone with its nodes ({nodes})",
            "raise desired_size, or use a larger type",
        )


def zones_of(platform: Platform) -> dict[str, int]:
    """Group to the number of its zones; without groups of an existing network, whose zones are not in the settings."""
    assert isinstance(platform.cluster, Cluster)
    made = len(platform.zone_names()) if isinstance(platform.network, Network) else 0
    found = {group.name: len(group.zones) or made for group in platform.cluster.node_groups}
    return {name: count for name, count in found.items() if count}


def _waiting(running: Sequence[Workload], groups: Sequence[Group], lost: dict[str, int]) -> int:
    left = [replace(one, desired=one.desired - lost.get(one.kind.group, 0)) for one in groups]
    return best(running, left).waiting
