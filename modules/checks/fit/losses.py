"""Whether pods still fit after the loss of nodes: one drained node, or one zone."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from modules.checks.finding import Finding
from modules.checks.fit import kinds
from modules.checks.fit.board import refusal
from modules.checks.fit.search import Group
from modules.checks.fit.supply import Supply, settle
from modules.checks.fit.workloads import Workload


def losses(running: Sequence[Workload], supply: Supply) -> Iterator[Finding]:
    """Losses after which pods stay pending until a node group has other nodes; pools replace nodes at once.

    Args:
        running: workloads of a platform on nodes.
        supply: its nodes.
    """
    groups, now = supply.groups, replace(supply, autoscaler=False)
    if settle(running, now).waiting:
        return  # reported as such
    for number, one in enumerate(groups):
        left = [*groups[:number], replace(one, desired=one.desired - 1), *groups[number + 1 :]]
        if one.desired and (waiting := settle(running, now.with_groups(left)).waiting):
            yield Finding(
                kinds.DRAINED.id,
                kinds.DRAINED.severity,
                f"{waiting} pods stay pending while a node of {one.kind.group} is drained or lost",
                f"{one.kind.group}: raise desired_size above {one.desired}, or use a larger type",
            )
    yield from _zone_lost(running, now)
    yield from _volumes(running, groups)


def _zone_lost(running: Sequence[Workload], supply: Supply) -> Iterator[Finding]:
    groups = supply.groups
    worst, seen = (0, ""), set()
    for zone in sorted({zone for one in groups for zone in one.zones}):
        left = supply.without_zone(zone)
        lost = {one.kind.group: one.desired - rest.desired for one, rest in zip(groups, left.groups, strict=True)}
        if any(lost.values()) and str(lost) not in seen:
            seen.add(str(lost))  # zones in which as many nodes are lost are equal
            nodes = ", ".join(f"{count} of {name}" for name, count in lost.items() if count)
            worst = max(worst, (settle(running, left).waiting, nodes))
    waiting, nodes = worst
    if waiting:
        yield Finding(
            kinds.ZONE_LOST.id,
            kinds.ZONE_LOST.severity,
            f"{waiting} pods stay pending after the loss of a zone with its nodes ({nodes})",
            "raise desired_size, or use a larger type",
        )


def _volumes(running: Sequence[Workload], groups: Sequence[Group]) -> Iterator[Finding]:
    """Pods whose EBS volume can be in a zone with one node only."""
    bound: dict[str, list[str]] = {}
    for one in running:
        if one.block_volumes and one.replicas:
            admitting = [group for group in groups if group.zones and refusal(group.node(0), one) is None]
            zones = [group.node(number).zone for group in admitting for number in range(group.desired)]
            if alone := sorted({str(zone) for zone in zones if zones.count(zone) == 1}):
                bound.setdefault(", ".join(alone), []).append(one.name)
    for zone_names, workloads in bound.items():
        yield Finding(
            kinds.VOLUME_ZONE.id,
            kinds.VOLUME_ZONE.severity,
            f"{', '.join(workloads)}: their EBS volumes are in one zone, and these zones have one node: {zone_names}",
            "raise desired_size to two nodes for each zone, or use services outside the cluster (RDS, S3)",
        )
