"""Whether pods still fit after the loss of nodes: one drained node, or one zone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from modules.checks.finding import Finding
from modules.checks.fit import kinds
from modules.checks.fit.board import refusal
from modules.checks.fit.changes import fix
from modules.checks.fit.supply import Supply, settle
from modules.checks.fit.workloads import Workload


def losses(running: Sequence[Workload], supply: Supply) -> Iterator[Finding]:
    """Losses after which pods stay pending until a node group has other nodes; pools replace nodes at once.

    Args:
        running: workloads of a platform on nodes.
        supply: its nodes.
    """
    now = replace(supply, autoscaler=False)
    if settle(running, now).waiting:
        return  # reported as such
    for one in now.groups:
        name = one.kind.group
        if one.desired and (waiting := _drained(running, now, name)):
            yield Finding(
                kinds.DRAINED.id,
                kinds.DRAINED.severity,
                f"{waiting} pods stay pending while a node of {name} is drained or lost",
                fix(now, _survives(running, name)),
            )
    yield from _zone_lost(running, now)
    yield from _volumes(running, now)


def _survives(running: Sequence[Workload], group: str) -> Callable[[Supply], bool]:
    return lambda changed: not _drained(running, changed, group)


def _drained(running: Sequence[Workload], supply: Supply, group: str) -> int:
    """Pods that are pending without a node of a group."""
    left = [replace(one, desired=one.desired - 1) if one.kind.group == group else one for one in supply.groups]
    return settle(running, supply.with_groups(left)).waiting


def _zone_lost(running: Sequence[Workload], supply: Supply) -> Iterator[Finding]:
    waiting, nodes = _worst_zone(running, supply)
    if waiting:
        yield Finding(
            kinds.ZONE_LOST.id,
            kinds.ZONE_LOST.severity,
            f"{waiting} pods stay pending after the loss of a zone with its nodes ({nodes})",
            fix(supply, lambda changed: not _worst_zone(running, changed)[0]),
        )


def _worst_zone(running: Sequence[Workload], supply: Supply) -> tuple[int, str]:
    """Pods that are pending without the zone in which most of them are then, and the nodes that are lost with it."""
    groups = supply.groups
    worst, seen = (0, ""), set()
    for zone in sorted({zone for one in groups for zone in one.zones}):
        left = supply.without_zone(zone)
        lost = {one.kind.group: one.desired - rest.desired for one, rest in zip(groups, left.groups, strict=True)}
        if any(lost.values()) and str(lost) not in seen:
            seen.add(str(lost))  # zones in which as many nodes are lost are equal
            nodes = ", ".join(f"{count} of {name}" for name, count in lost.items() if count)
            worst = max(worst, (settle(running, left).waiting, nodes))
    return worst


def _volumes(running: Sequence[Workload], supply: Supply) -> Iterator[Finding]:
    for zones, workloads in _alone(running, supply).items():
        yield Finding(
            kinds.VOLUME_ZONE.id,
            kinds.VOLUME_ZONE.severity,
            f"{', '.join(workloads)}: their EBS volumes are in one zone, and these zones have one node: {zones}",
            f"{fix(supply, lambda changed: not _alone(running, changed))}; or use services outside the cluster (RDS, S3)",
        )


def _alone(running: Sequence[Workload], supply: Supply) -> dict[str, list[str]]:
    """Zones with one node each that takes pods with EBS volumes, to these workloads."""
    found: dict[str, list[str]] = {}
    for one in running:
        if one.block_volumes and one.replicas:
            admitting = [group for group in supply.groups if group.zones and refusal(group.node(0), one) is None]
            zones = [group.node(number).zone for group in admitting for number in range(group.desired)]
            if alone := sorted({str(zone) for zone in zones if zones.count(zone) == 1}):
                found.setdefault(", ".join(alone), []).append(one.name)
    return found
