"""Whether pods fit on some nodes, on more of them, or on larger ones."""

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from modules.checks.fit.board import SELECTOR, TAINTS
from modules.checks.fit.nodes import NodeKind
from modules.checks.fit.placement import Placement, place
from modules.checks.fit.workloads import Workload

MOST_ADDED = 100
"""Nodes to add at most when looking for a number that fits."""
MOST_TRIED = 100
"""Combinations of smaller sizes to try at most: two groups of nine sizes each have 81, and each try takes about 3 ms."""
IRRELEVANT = frozenset({TAINTS, SELECTOR})
"""Obstacles that no size removes."""


@dataclass(frozen=True)
class Group:
    """A node group as the search sees it."""

    kind: NodeKind
    sizes: tuple[NodeKind, ...]
    """The same with each other type of the family, the smallest first."""
    desired: int
    most: int
    zones: tuple[str, ...] = ()
    """Zones over which nodes are spread evenly, the first node in the first one; empty: not known."""
    tagged: bool = True
    """Whether tags say to cluster-autoscaler which devices a group without nodes has."""

    def node(self, number: int, kind: NodeKind | None = None) -> NodeKind:
        """One of its nodes, counted from 0.

        Args:
            number: which one.
            kind: another kind than that of the group.
        """
        of = kind or self.kind
        return of.in_zone(self.zones[number % len(self.zones)]) if self.zones else of

    def without_zone(self, zone: str) -> "Group":
        """What is left without a zone, in which it has its largest share of nodes."""
        if zone not in self.zones:
            return self
        lost = math.ceil(self.desired / len(self.zones))
        return replace(self, desired=self.desired - lost, zones=tuple(one for one in self.zones if one != zone))

    @property
    def smaller(self) -> tuple[NodeKind, ...]:
        """Kinds whose room each of its nodes has, the largest first."""
        return tuple(self.kind.sized(one) for one in reversed(self.sizes) if self.kind.holds(one))

    @property
    def larger(self) -> tuple[NodeKind, ...]:
        """Other kinds with at least its room, the smallest first."""
        return tuple(one for one in self.sizes if one.holds(self.kind) and not self.kind.holds(one))


@dataclass(frozen=True)
class Grown:
    """Nodes per group and the placement on them."""

    counts: Mapping[str, int]
    placement: Placement


def best(workloads: Sequence[Workload], groups: Sequence[Group], added: Sequence[Group] = ()) -> Placement:
    """A placement without pending pods if one is found; otherwise that on the nodes as they are.

    First fit can miss a placement on larger nodes that it finds on smaller ones. What fits on smaller nodes fits on larger
    ones, so smaller sizes are tried, too: with a larger type of the same family, pods that fitted still fit (`MOST_TRIED`).

    Args:
        workloads: what runs.
        groups: the groups with their desired nodes.
        added: the group of each further node, after all others.
    """
    first = place(workloads, kinds_of(groups, {}, added))
    if not first.waiting or any(IRRELEVANT.issuperset(dict(one.obstacles)) for one in first.pending):
        return first
    used = [one for one in groups if one.desired or one in added]
    for kinds in itertools.islice(itertools.product(*((one.kind, *one.smaller) for one in used)), 1, MOST_TRIED):
        chosen = {one.kind.group: kind for one, kind in zip(used, kinds, strict=True)}
        nodes = list(kinds_of(groups, chosen, added))
        if _enough(workloads, nodes) and not (found := place(workloads, nodes)).waiting:
            return found
    return first


def kinds_of(
    groups: Sequence[Group], chosen: Mapping[str, NodeKind] = MappingProxyType({}), added: Sequence[Group] = ()
) -> Iterator[NodeKind]:
    """The kind of each node.

    Args:
        groups: the groups with their desired nodes.
        chosen: another kind for a group, by its name.
        added: the group of each further node, after all others.
    """
    for one in groups:
        kind = chosen.get(one.kind.group)
        yield from (one.node(number, kind) for number in range(one.desired))
    more: Counter[str] = Counter()
    for one in added:
        yield one.node(one.desired + more[one.kind.group], chosen.get(one.kind.group))
        more[one.kind.group] += 1


def _enough(workloads: Sequence[Workload], nodes: Sequence[NodeKind]) -> bool:
    """Whether the nodes have the requests in sum: if not, no placement exists."""
    counted = [(one, one.replicas) for one in workloads if one.replicas is not None]
    return (
        sum(one.cpu_millicores * pods for one, pods in counted) <= sum(node.cpu_millicores for node in nodes)
        and sum(one.memory_mib * pods for one, pods in counted) <= sum(node.memory_mib for node in nodes)
        and sum(pods for _, pods in counted) <= sum(node.pods for node in nodes)
    )


def grow(
    workloads: Sequence[Workload], groups: Sequence[Group], *, limited: bool, by_autoscaler: bool = False
) -> Grown:
    """Add nodes, one by one where most pods get a place, until all pods have one or no node helps.

    Args:
        workloads: what runs.
        groups: the groups.
        limited: whether a group ends at its maximum size.
        by_autoscaler: whether cluster-autoscaler adds them, which does not know all devices of a group without nodes.
    """
    added: list[Group] = []

    def unseen(one: Group) -> dict[str, NodeKind]:
        return {} if one.tagged or one.desired or one in added else {one.kind.group: one.kind.as_autoscaler_sees()}

    found = best(workloads, groups)
    while found.waiting and len(added) < MOST_ADDED:
        tried = [
            (place(workloads, kinds_of(groups, unseen(one) if by_autoscaler else {}, [*added, one])), one)
            for one in groups
            if not limited or one.desired + added.count(one) < one.most
        ]
        helping = [pair for pair in tried if pair[0].waiting < found.waiting]
        if not helping:
            break
        added.append(min(helping, key=lambda pair: pair[0].waiting)[1])
        found = best(workloads, groups, added)
    counts = {one.kind.group: one.desired + added.count(one) for one in groups}
    return Grown(counts, found)


def larger_type(workloads: Sequence[Workload], groups: Sequence[Group]) -> NodeKind | None:
    """The smallest larger type of one group's family with which its desired nodes are enough; None: there is none."""
    for number, one in enumerate(groups):
        for kind in one.larger if one.desired else ():
            changed = replace(one, kind=kind)
            others = [*groups[:number], changed, *groups[number + 1 :]]
            if not place(workloads, kinds_of(others, {}, ())).waiting:
                return kind
    return None
