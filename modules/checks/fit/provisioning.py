"""What pools add for pending pods: for all of them that a pool admits, the smallest type that holds them, or the largest one.

Karpenter computes nodes in the same way: it adds pods to a planned node as long as a type of the pool holds them, then starts the
cheapest such type. Prices are not known here, so it is the smallest.

Source: https://karpenter.sh/docs/concepts/scheduling/ and https://karpenter.sh/docs/concepts/nodepools/#speclimits
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from modules.checks.fit.board import Board, Node, refusal
from modules.checks.fit.nodes import NodeKind
from modules.checks.fit.placement import Pending, Placement, place
from modules.checks.fit.pools import Pool, PoolType
from modules.checks.fit.workloads import Workload

MOST_NODES = 40
"""Nodes to add at most for one placement."""


@dataclass(frozen=True)
class Added:
    """A node that a pool adds."""

    pool: Pool
    type: PoolType
    kind: NodeKind
    """In its zone."""


@dataclass
class Provisioned:
    """Nodes that pools add, and the placement on all nodes."""

    placement: Placement
    added: list[Added] = field(default_factory=list)
    limited: set[str] = field(default_factory=set)
    """Pools whose limit prevents a node for pending pods."""


def provision(workloads: Sequence[Workload], kinds: Sequence[NodeKind], pools: Sequence[Pool]) -> Provisioned:
    """Add nodes of pools until no pod is pending or no node helps.

    Args:
        workloads: what runs.
        kinds: the kind of each node that is there.
        pools: pools, used in this order.
    """
    found = Provisioned(place(workloads, kinds))
    daemons = [one for one in workloads if one.replicas is None]
    while found.placement.waiting and len(found.added) < MOST_NODES:
        for pool in pools:
            if (added := _next(pool, found, workloads, kinds, daemons)) is not None:
                found.added.append(added[0])
                found.placement = added[1]
                break
        else:
            break
    return found


def _next(
    pool: Pool,
    found: Provisioned,
    workloads: Sequence[Workload],
    kinds: Sequence[NodeKind],
    daemons: Sequence[Workload],
) -> tuple[Added, Placement] | None:
    """A further node of a pool with which fewer pods are pending."""
    for kind in _candidates(pool, found, daemons):
        for zone in _rotated(pool.zones, len(found.added)):
            in_zone = kind.kind.in_zone(zone) if zone else kind.kind
            placement = place(workloads, [*kinds, *(one.kind for one in found.added), in_zone])
            if placement.waiting < found.placement.waiting:
                return Added(pool, kind, in_zone), placement
    return None


def _rotated(zones: tuple[str, ...], start: int) -> tuple[str, ...]:
    middle = start % len(zones) if zones else 0
    return (*zones[middle:], *zones[:middle]) or ("",)


def _candidates(pool: Pool, found: Provisioned, daemons: Sequence[Workload]) -> list[PoolType]:
    """The type for all pending pods that a pool admits, and the one for the largest of them alone."""
    admitted = [
        (one, types)
        for one in found.placement.pending
        if one.workload.replicas is not None and (types := _admitting(pool, one.workload))
    ]
    if not admitted:
        return []
    first, types = admitted[0]
    allowed = [one for one in types if _within(pool, found.added, one)]
    holding = [one for one in allowed if _holds(one, [first.workload], daemons)]
    if not holding:
        if allowed != types and any(_holds(one, [first.workload], daemons) for one in types):
            found.limited.add(pool.name)
        return []
    everything = [one.workload for one, _ in admitted for _ in range(one.pods)]
    best = next((one for one in holding if _holds(one, everything, daemons)), holding[-1])
    return [best] if best == holding[0] else [best, holding[0]]


def can_add(pools: Sequence[Pool], added: Sequence[Added], one: Workload, daemons: Sequence[Workload]) -> bool:
    """Whether a pool can add one more node that has room for a pod, within its limits.

    Args:
        pools: all pools.
        added: nodes that they have added.
        one: workload of the pod.
        daemons: DaemonSets.
    """
    return any(_holds(of, [one], daemons) for pool in pools for of in _admitting(pool, one) if _within(pool, added, of))


def _admitting(pool: Pool, one: Workload) -> list[PoolType]:
    return [of for of in pool.types if refusal(of.kind, one) is None]


def _within(pool: Pool, added: Sequence[Added], one: PoolType) -> bool:
    """Whether a type is within what the limits of a pool leave."""
    own = [other.type for other in added if other.pool.name == pool.name]
    cpu, memory = pool.cpu_limit, pool.memory_limit_mib
    return (cpu is None or sum(other.vcpus for other in own) + one.vcpus <= cpu) and (
        memory is None or sum(other.memory_mib for other in own) + one.memory_mib <= memory
    )


def _holds(of: PoolType, wanted: Sequence[Workload], daemons: Sequence[Workload]) -> bool:
    """Whether an empty node of a type has room for some pods in addition to DaemonSets. Constraints are respected when placing."""
    node = Node(of.kind)
    board = Board((node,))
    for one in daemons:
        if board.refusal(node, one) is None:
            board.take(node, one)
    devices: Counter[str] = Counter()
    for one in wanted:
        devices.update(one.devices)
    return (
        len(node.pods) + len(wanted) <= of.kind.pods
        and node.cpu_millicores + sum(one.cpu_millicores for one in wanted) <= of.kind.cpu_millicores
        and node.memory_mib + sum(one.memory_mib for one in wanted) <= of.kind.memory_mib
        and sum(one.block_volumes for one in wanted) <= of.kind.volumes
        and all(of.kind.devices.get(name, 0) >= count for name, count in devices.items())
    )


def limited(found: Provisioned) -> tuple[Pending, ...]:
    """The pending pods, with the limits of pools among their obstacles."""
    words = tuple((f"limits of pool {name}", 0) for name in sorted(found.limited))
    return tuple(Pending(one.workload, one.pods, (*one.obstacles, *words)) for one in found.placement.pending)
