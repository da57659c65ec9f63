"""What nodes a platform has and can get, and the placement on as few of them as are enough."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from modules.checks.finding import Finding
from modules.checks.fit import kinds
from modules.checks.fit.placement import Pending, Placement
from modules.checks.fit.pools import Pool
from modules.checks.fit.provisioning import Added, limited, provision
from modules.checks.fit.search import Group, Grown, best, grow, kinds_of
from modules.checks.fit.workloads import Workload
from modules.settings import NodeGroup


@dataclass(frozen=True)
class Supply:
    """Node groups, pools, and whether an autoscaler adds nodes to groups."""

    groups: tuple[Group, ...]
    pools: tuple[Pool, ...] = ()
    autoscaler: bool = False

    def with_groups(self, groups: Sequence[Group]) -> "Supply":
        """The same with other groups."""
        return replace(self, groups=tuple(groups))

    def without_zone(self, zone: str) -> "Supply":
        """What is left without a zone, in which each group has its largest share of nodes."""
        pools = tuple(replace(one, zones=tuple(other for other in one.zones if other != zone)) for one in self.pools)
        return replace(self, groups=tuple(one.without_zone(zone) for one in self.groups), pools=pools)


@dataclass(frozen=True)
class Settled:
    """Placement of all pods, and the nodes that it takes."""

    placement: Placement
    counts: Mapping[str, int]
    """Nodes of each group."""
    added: tuple[Added, ...] = ()
    """Nodes of pools."""
    pending: tuple[Pending, ...] = ()

    @property
    def waiting(self) -> int:
        """Number of pods without a place."""
        return self.placement.waiting


def from_zero(supply: Supply) -> Iterator[Finding]:
    """Groups without nodes that cluster-autoscaler does not start for pods with devices.

    Args:
        supply: nodes.
    """
    for one in supply.groups if supply.autoscaler else ():
        unknown = sorted(set(one.kind.devices) - set(one.kind.as_autoscaler_sees().devices))
        if unknown and not one.desired and not one.tagged:
            yield Finding(
                kinds.FROM_ZERO.id,
                kinds.FROM_ZERO.severity,
                f"{one.kind.group} starts with 0 nodes: cluster-autoscaler starts none for pods that request {', '.join(unknown)}",
                f"{one.kind.group}: set autoscaler_tags=True",
            )


def scheduled(running: Sequence[Workload], supply: Supply, groups: Sequence[NodeGroup]) -> Iterator[Finding]:
    """Scheduled sizes at which pods stay pending; a size of 0 nodes is intended.

    Args:
        running: what runs.
        supply: nodes.
        groups: settings of the node groups.
    """
    for group in groups:
        for one in group.schedules:
            sized = [
                replace(other, desired=one.desired_size, most=one.max_size) if other.kind.group == group.name else other
                for other in supply.groups
            ]
            if one.desired_size and (waiting := settle(running, supply.with_groups(sized)).waiting):
                yield Finding(
                    kinds.SCHEDULED.id,
                    kinds.SCHEDULED.severity,
                    f"{waiting} pods stay pending from the schedule {one.name} of {group.name} on, with "
                    f"{one.desired_size} to {one.max_size} nodes",
                    "raise desired_size and max_size of the schedule",
                )


def settle(running: Sequence[Workload], supply: Supply, *, most: bool = False) -> Settled:
    """Place pods on the desired nodes; if pods are left, on those that the autoscaler and pools add.

    Args:
        running: what runs.
        supply: nodes.
        most: whether groups grow to their maximum size without an autoscaler, too.
    """
    groups = supply.groups
    found = best(running, groups)
    counts = {one.kind.group: one.desired for one in groups}
    if found.waiting and (supply.autoscaler or most):
        grown: Grown = grow(running, groups, limited=True, by_autoscaler=supply.autoscaler)
        found, counts = grown.placement, dict(grown.counts)
    if not found.waiting or not supply.pools:
        return Settled(found, counts, pending=found.pending)
    at = [replace(one, desired=counts[one.kind.group]) for one in groups]
    provisioned = provision(running, list(kinds_of(at)), supply.pools)
    return Settled(provisioned.placement, counts, tuple(provisioned.added), limited(provisioned))
