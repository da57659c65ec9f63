"""The section Fit of `check`: whether a platform's pods find room, and the smallest change that gives it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from modules.checks.finding import Finding, Kind
from modules.checks.fit import kinds
from modules.checks.fit.losses import losses
from modules.checks.fit.nodes import node_kind, sizes, unknown_types
from modules.checks.fit.not_checked import not_checked
from modules.checks.fit.placement import Pending, Placement
from modules.checks.fit.search import Group, Grown, best, grow, larger_type
from modules.checks.fit.workloads import Workload, workloads
from modules.kubeflow.chosen import has_component
from modules.settings import Cluster, Platform

Verdict = Literal["fits", "fits after scaling up", "does not fit", "not checked"]
SHOWN = 5
"""Pending workloads in the text of a finding; the JSON has all."""


@dataclass(frozen=True)
class Change:
    """One change of a node group that gives all pods a place."""

    group: str
    nodes: int | None = None
    """Number of nodes."""
    instance_type: str | None = None

    def __str__(self) -> str:
        return f"{self.group}: {self.instance_type or f'{self.nodes} nodes'}"


@dataclass(frozen=True)
class Room:
    """Nodes of a group, and what each offers to pods."""

    group: str
    instance_type: str
    desired: int
    most: int
    cpu_millicores: int
    memory_mib: int
    pods: int


@dataclass(frozen=True)
class Fit:
    """Result for one platform."""

    verdict: Verdict
    pods: int
    """Pods on the desired nodes, those of DaemonSets included."""
    cpu_millicores: int
    memory_mib: int
    """Requests of these pods."""
    rooms: tuple[Room, ...]
    pending: tuple[Pending, ...]
    """Without a place on as many nodes as help (does not fit), otherwise on the desired nodes."""
    changes: tuple[Change, ...]
    """Numbers of nodes that are enough together, and an instance type that is enough instead."""
    findings: tuple[Finding, ...]


def fit(platform: Platform) -> Fit:
    """Place all known pods of a platform.

    Args:
        platform: platform with valid settings.
    """
    running = workloads(platform)
    open_points = tuple(not_checked(platform, running))
    cluster = platform.cluster
    if not isinstance(cluster, Cluster) or not cluster.node_groups or any(map(unknown_types, cluster.node_groups)):
        return Fit("not checked", *_sums(running), (), (), (), open_points)
    groups = [
        Group(
            node_kind(platform, cluster, group),
            tuple(sizes(platform, cluster, group)),
            group.desired_size,
            group.max_size,
        )
        for group in cluster.node_groups
    ]
    return _judged(platform, running, groups, open_points)


def _judged(
    platform: Platform, running: Sequence[Workload], groups: Sequence[Group], open_points: tuple[Finding, ...]
) -> Fit:
    now = best(running, groups)
    rooms = tuple(
        Room(
            one.kind.group,
            one.kind.instance_type,
            one.desired,
            one.most,
            one.kind.cpu_millicores,
            one.kind.memory_mib,
            one.kind.pods,
        )
        for one in groups
    )
    sums = _sums(running, now)
    if not now.waiting:
        return Fit("fits", *sums, rooms, (), (), (*losses(platform, running, groups), *open_points))
    grown = grow(running, groups, limited=True)
    changes = tuple(_changes(running, groups, grown))
    autoscaler = has_component(platform, "cluster-autoscaler")
    too_small = bool(grown.placement.waiting)
    pending = grown.placement.pending if too_small else now.pending
    if _grows_elsewhere(platform) and (too_small or not autoscaler):
        verdict: Verdict = "not checked"
        kind = kinds.ELSEWHERE
    elif too_small:
        verdict, kind = "does not fit", kinds.DOES_NOT_FIT
    else:
        verdict, kind = "fits after scaling up", kinds.AFTER_SCALING if autoscaler else kinds.NO_AUTOSCALER
    counts = grown.counts if too_small else {one.group: one.desired for one in rooms}
    found = _finding(kind, sums, rooms, pending, changes, counts)
    return Fit(verdict, *sums, rooms, pending, changes, (found, *open_points))


def _grows_elsewhere(platform: Platform) -> bool:
    """Whether pods can run on something other than node groups."""
    cluster = platform.cluster
    pools = platform.kubeflow.node_pools if platform.kubeflow is not None else ()
    return isinstance(cluster, Cluster) and bool(cluster.fargate_profiles or cluster.auto_mode or pools)


def _sums(running: Sequence[Workload], placement: Placement | None = None) -> tuple[int, int, int]:
    """Pods, millicores and MiB of all pods; a DaemonSet counts once on each node that takes it."""
    pods: list[tuple[Workload, int]] = [(one, one.replicas) for one in running if one.replicas is not None]
    if placement is not None:
        daemons = [one for node in placement.nodes for one in node.pods if one.replicas is None]
        daemons += [one.workload for one in placement.pending if one.workload.replicas is None for _ in range(one.pods)]
        pods += [(one, 1) for one in daemons]
    return (
        sum(count for _, count in pods),
        sum(one.cpu_millicores * count for one, count in pods),
        sum(one.memory_mib * count for one, count in pods),
    )


def _changes(running: Sequence[Workload], groups: Sequence[Group], grown: Grown) -> Iterator[Change]:
    """The nodes that are enough, and the type with which the desired nodes are."""
    enough = grow(running, groups, limited=False) if grown.placement.waiting else grown
    if not enough.placement.waiting:
        desired: Mapping[str, int] = {one.kind.group: one.desired for one in groups}
        for name, nodes in enough.counts.items():
            if nodes > desired[name]:
                yield Change(name, nodes=nodes)
    if (larger := larger_type(running, groups)) is not None:
        yield Change(larger.group, instance_type=larger.instance_type)


def _finding(
    kind: Kind,
    sums: tuple[int, int, int],
    rooms: Sequence[Room],
    pending: Sequence[Pending],
    changes: Sequence[Change],
    counts: Mapping[str, int],
) -> Finding:
    pods, cpu, memory = sums
    nodes = " and ".join(_offered(one, counts[one.group]) for one in rooms)
    names = ", ".join(map(str, pending[:SHOWN])) + (f" and {len(pending) - SHOWN} more" if len(pending) > SHOWN else "")
    text = (
        f"{pods} pods request {cpu / 1000:.1f} CPU and {memory / 1024:.1f} GiB; {nodes}. "
        f"{sum(one.pods for one in pending)} stay pending: {names}"
    )
    more = " and ".join(str(one) for one in changes if one.nodes)
    ways = [one for one in (more, *(str(one) for one in changes if not one.nodes)) if one]
    return Finding(kind.id, kind.severity, text, f"what fits: {' or '.join(ways)}" if ways else "")


def _offered(room: Room, nodes: int) -> str:
    return (
        f"{nodes} x {room.instance_type} ({nodes * room.pods} pods, {nodes * room.cpu_millicores / 1000:.1f} CPU, "
        f"{nodes * room.memory_mib / 1024:.1f} GiB for pods)"
    )
