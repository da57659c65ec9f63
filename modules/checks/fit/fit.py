"""The section Fit of `check`: whether a platform's pods find room, and the smallest change that gives it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from modules.checks.finding import Finding, Kind, listed
from modules.checks.fit import kinds
from modules.checks.fit.changes import Change
from modules.checks.fit.devices import plugins
from modules.checks.fit.fargate import OnFargate, Split, split
from modules.checks.fit.losses import losses
from modules.checks.fit.nodes import NodeKind, node_kind, sizes, unknown_types, zones_of
from modules.checks.fit.not_checked import not_checked, own_pools
from modules.checks.fit.placement import Pending, Placement
from modules.checks.fit.pools import pools
from modules.checks.fit.provisioning import Added
from modules.checks.fit.search import Group, best, grow, larger_type
from modules.checks.fit.supply import Settled, Supply, from_zero, scheduled, settle
from modules.checks.fit.teams import teams
from modules.checks.fit.updates import updates
from modules.checks.fit.workloads import Workload, workloads
from modules.kubeflow.chosen import has_component
from modules.settings import Cluster, Platform

Verdict = Literal["fits", "fits after scaling up", "does not fit", "not checked"]
SHOWN = 5
"""Pending workloads in the text of a finding; the JSON has all."""


@dataclass(frozen=True)
class Room:
    """Nodes of a group or of a pool, and what each offers to pods."""

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
    fargate: tuple[OnFargate, ...] = ()
    """Pods on Fargate, with their sizes."""

    @property
    def placed(self) -> bool:
        """Whether all known pods have a place without a change of settings, so that more is evaluated."""
        errors = {kinds.DOES_NOT_FIT.id, kinds.NO_AUTOSCALER.id}
        return self.verdict in ("fits", "fits after scaling up") and not errors & {one.id for one in self.findings}


def fit(platform: Platform) -> Fit:
    """Place all known pods of a platform.

    Args:
        platform: platform with valid settings.
    """
    running = workloads(platform)
    open_points = tuple(not_checked(platform, running))
    cluster = platform.cluster
    if not isinstance(cluster, Cluster) or any(map(unknown_types, cluster.node_groups)):
        return Fit("not checked", *_sums(running), (), (), (), open_points)
    supply = supply_of(platform, cluster)
    placed = split(running, cluster.fargate_profiles)
    return _judged(platform, placed, supply, own_pools=bool(own_pools(platform, cluster)), open_points=open_points)


def live(platform: Platform, nodes: Sequence[NodeKind]) -> tuple[int, Placement]:
    """Number of pods of a platform, those of DaemonSets included, and their places on nodes that exist.

    Args:
        platform: platform with valid settings.
        nodes: what is free on each node.
    """
    running = workloads(platform)
    placement = best(running, [Group(one, (), 1, 1) for one in nodes])
    return _sums(running, placement)[0], placement


def supply_of(platform: Platform, cluster: Cluster) -> Supply:
    """Nodes that a platform has and can get.

    Args:
        platform: platform.
        cluster: its cluster, whose instance types are all known.
    """
    reporting = plugins(platform)
    groups = tuple(
        Group(
            node_kind(platform, cluster, group, reporting),
            tuple(sizes(platform, cluster, group, reporting)),
            group.desired_size,
            group.max_size,
            zones_of(platform, group),
            group.autoscaler_tags,
        )
        for group in cluster.node_groups
    )
    return Supply(groups, pools(platform, cluster, reporting), has_component(platform, "cluster-autoscaler"))


def _judged(
    platform: Platform, placed: Split, supply: Supply, *, own_pools: bool, open_points: tuple[Finding, ...]
) -> Fit:
    running, groups = placed.on_nodes, supply.groups
    everything = [*running, *(one.workload for one in placed.on_fargate), *(one.workload for one in placed.refused)]
    now = best(running, groups)
    settled = settle(running, supply) if now.waiting else Settled(now, {one.kind.group: one.desired for one in groups})
    rooms = (*map(_room, groups), *_added(settled.added))
    sums = _sums(everything, settled.placement)
    if not settled.waiting and not placed.refused:
        beyond = (
            *losses(running, supply),
            *updates(running, settled, supply),
            *teams(platform, running, supply),
            *from_zero(supply),
            *(
                scheduled(running, supply, cluster.node_groups)
                if isinstance(cluster := platform.cluster, Cluster)
                else ()
            ),
        )
        if not now.waiting:
            return Fit("fits", *sums, rooms, (), (), (*beyond, *open_points), placed.on_fargate)
        grown = any(settled.counts[one.kind.group] > one.desired for one in groups)
        changes = tuple(_changes(running, groups, settled.counts)) if grown else ()
        found = [_finding(kinds.AFTER_SCALING, sums, rooms, now.pending, changes)] if grown else []
        findings = (*found, *beyond, *open_points)
        return Fit("fits after scaling up", *sums, rooms, now.pending, changes, findings, placed.on_fargate)
    larger = settle(running, supply, most=True)
    pending = (*(larger.pending if larger.waiting else settled.pending), *placed.refused)
    changes = tuple(_changes(running, groups, _enough(running, supply)))
    if own_pools and larger.waiting and not placed.refused:
        verdict: Verdict = "not checked"
        kind = kinds.ELSEWHERE
    elif larger.waiting or placed.refused:
        verdict, kind = "does not fit", kinds.DOES_NOT_FIT
    else:
        verdict, kind = "fits after scaling up", kinds.NO_AUTOSCALER
    found_now = _finding(kind, sums, rooms, pending, changes, larger.counts if larger.waiting else settled.counts)
    return Fit(verdict, *sums, rooms, pending, changes, (found_now, *open_points), placed.on_fargate)


def _room(one: Group) -> Room:
    kind = one.kind
    return Room(
        *(kind.group, kind.instance_type, one.desired, one.most, kind.cpu_millicores, kind.memory_mib, kind.pods)
    )


def _added(added: Sequence[Added]) -> Iterator[Room]:
    counted = Counter((one.pool.name, one.type) for one in added)
    for (pool, of), nodes in sorted(counted.items(), key=lambda pair: (pair[0][0], pair[0][1].kind.instance_type)):
        kind = of.kind
        yield Room(pool, kind.instance_type, nodes, nodes, kind.cpu_millicores, kind.memory_mib, kind.pods)


def _enough(running: Sequence[Workload], supply: Supply) -> Mapping[str, int]:
    """Nodes of each group that are enough; as many as desired if no number is."""
    grown = grow(running, supply.groups, limited=False)
    return {one.kind.group: one.desired for one in supply.groups} if grown.placement.waiting else grown.counts


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


def _changes(running: Sequence[Workload], groups: Sequence[Group], enough: Mapping[str, int]) -> Iterator[Change]:
    """The nodes that are enough, and the type with which the desired nodes are."""
    for one in groups:
        if enough[one.kind.group] > one.desired:
            yield Change(one.kind.group, nodes=enough[one.kind.group])
    if (larger := larger_type(running, groups)) is not None:
        yield Change(larger.group, instance_type=larger.instance_type)


def _finding(
    kind: Kind,
    sums: tuple[int, int, int],
    rooms: Sequence[Room],
    pending: Sequence[Pending],
    changes: Sequence[Change],
    counts: Mapping[str, int] | None = None,
) -> Finding:
    pods, cpu, memory = sums
    nodes = " and ".join(_offered(one, (counts or {}).get(one.group, one.desired)) for one in rooms) or "no nodes"
    names = listed([str(one) for one in pending], SHOWN)
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
