"""Rules about nodes that cannot hold Kubeflow.

They refuse only what no scheduler could place: a pod that no node takes, or more requests in sum than the largest number of
nodes can have. What is close to the limit is a finding of `check` (`modules/checks/fit`), as are workloads whose requests
settings change.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from modules.aws_data.instance_types import instance_type
from modules.aws_data.node_capacity import HYPERVISOR_SHARE, RESERVES, allocatable
from modules.checks.fit.board import refusal
from modules.checks.fit.nodes import NodeKind, node_kind, unknown_types
from modules.checks.fit.workloads import Workload, of_components, workloads
from modules.rules.required_addons import ebs_volumes
from modules.rules.rule import Problem, rule, warning
from modules.rules.selected import names_of, own, selected
from modules.settings.cluster import Cluster
from modules.settings.kubeflow import Kubeflow
from modules.settings.node_group import NodeGroup
from modules.settings.platform import Platform

SHOWN = 3
"""Workloads and volumes in the text of a problem."""


@dataclass(frozen=True)
class Most:
    """At most what the nodes of a group offer."""

    kind: NodeKind
    """Its constraints."""
    nodes: int
    pods: int
    cpu_millicores: int
    memory_mib: int
    """Of each node."""


@rule(Platform)
def nodes_for_kubeflow(platform: Platform) -> Iterator[Problem]:
    """Node groups have the room that Kubeflow requires, if nothing else adds nodes."""
    cluster, kubeflow = platform.cluster, platform.kubeflow
    if not isinstance(cluster, Cluster) or kubeflow is None or not selected(kubeflow):
        return
    groups = cluster.node_groups
    if not groups or cluster.fargate_profiles or cluster.auto_mode is not None or kubeflow.node_pools:
        return
    if any(unknown_types(group) or RESERVES & group.kubelet.keys() for group in groups):
        return
    offers = [_most(platform, cluster, group, _nodes(group, kubeflow)) for group in groups]
    what = _lacking(workloads(platform, certain=True), offers)
    if what is not None:
        yield "cluster.node_groups", f"Kubeflow cannot start: {what}", _fix(platform, groups)


def _nodes(group: NodeGroup, kubeflow: Kubeflow) -> int:
    """Nodes at most; without an autoscaler nothing adds nodes to the desired ones."""
    if "cluster-autoscaler" in names_of(kubeflow) or own(kubeflow, "autoscaler"):
        return max(group.max_size, *(one.max_size for one in group.schedules), 0)
    return max(group.desired_size, *(one.desired_size for one in group.schedules), 0)


def _most(platform: Platform, cluster: Cluster, group: NodeGroup, nodes: int) -> Most:
    """What a group offers with its largest type, and without what the hypervisor is assumed to keep."""
    kind = node_kind(platform, cluster, group)
    types = [instance_type(name) for name in group.instance_types]
    rooms = [allocatable(one, kind.pods, by_addresses=group.ami_family == "AL2023") for one in types]
    return Most(
        kind,
        nodes,
        kind.pods,
        max(one.cpu_millicores for one in rooms),
        max(room.memory_mib + int(one.memory_mib * HYPERVISOR_SHARE) for room, one in zip(rooms, types, strict=True)),
    )


def _lacking(running: Sequence[Workload], offers: Sequence[Most]) -> str | None:
    """Why the pods cannot all run, with figures; None: they may.

    Pods that only some groups take must find room on these: compared for each combination that occurs.
    """
    takes = {
        one: frozenset(n for n, offer in enumerate(offers) if offer.nodes and not refusal(offer.kind, one))
        for one in running
    }
    if nowhere := [one.name for one, groups in takes.items() if one.replicas and not groups]:
        names = ", ".join(nowhere[:SHOWN]) + (f" and {len(nowhere) - SHOWN} more" if len(nowhere) > SHOWN else "")
        return f"no node takes pods of {names}, because of taints, labels or sizes that start with no node"
    for chosen in sorted({groups for one, groups in takes.items() if one.replicas}, key=sorted):
        counted = [(one, one.replicas) for one, groups in takes.items() if one.replicas and groups <= chosen]
        counted += [
            (one, sum(offers[n].nodes for n in groups & chosen))
            for one, groups in takes.items()
            if one.replicas is None
        ]
        pods = sum(count for _, count in counted)
        cpu = sum(one.cpu_millicores * count for one, count in counted)
        memory = sum(one.memory_mib * count for one, count in counted)
        there = [offers[n] for n in sorted(chosen)]
        most = [
            sum(one.nodes * getattr(one, name) for one in there) for name in ("pods", "cpu_millicores", "memory_mib")
        ]
        if pods > most[0] or cpu > most[1] or memory > most[2]:
            nodes = " and ".join(f"{one.nodes} x {one.kind.instance_type}" for one in there)
            return (
                f"{pods} pods request {cpu / 1000:.1f} CPU and {memory / 1024:.1f} GiB, and {nodes} have at most {most[0]} pods, "
                f"{most[1] / 1000:.1f} CPU and {most[2] / 1024:.1f} GiB for them"
            )
    return None


def _fix(platform: Platform, groups: Sequence[NodeGroup]) -> str:
    """The smallest changes that fit, or what to look at where no number of nodes and no type of the family does."""
    from modules.checks.fit.fit import fit  # the whole search, which no synthesis without this problem loads

    changes = fit(platform).changes
    most = {group.name: group.max_size for group in groups}
    counts = [(one.group, one.nodes) for one in changes if one.nodes is not None]
    types = [one for one in changes if one.instance_type is not None]
    ways = []
    if counts:
        sizes = (
            f"desired_size={nodes}{f' and max_size={nodes}' if nodes > most[name] else ''} for {name}"
            for name, nodes in counts
        )
        ways.append(f"set {', '.join(sizes)}")
    ways += [f'set instance_types=("{one.instance_type}",) for {one.group}' for one in types]
    limited = ", ".join(group.name for group in groups if group.max_pods is not None)
    if not ways and limited:
        ways.append(f"remove max_pods from {limited}")
    return ", or ".join(ways) or "use more or larger nodes without taints, or disable components"


def _by_auto_mode_alone(platform: Platform) -> bool:
    """Whether only EKS Auto Mode adds nodes, and none of its built-in pools takes pods of Kubeflow."""
    cluster, kubeflow = platform.cluster, platform.kubeflow
    if not isinstance(cluster, Cluster) or kubeflow is None or cluster.auto_mode is None:
        return False
    return not cluster.node_groups and not kubeflow.node_pools and "general-purpose" not in cluster.auto_mode.node_pools


@rule(Platform)
def pools_of_auto_mode(platform: Platform) -> Iterator[Problem]:
    """The pool `system` takes only pods that tolerate `CriticalAddonsOnly`.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html
    """
    if not _by_auto_mode_alone(platform) or (platform.kubeflow is not None and platform.kubeflow.extra_components):
        return
    assert isinstance(platform.cluster, Cluster)
    pools = platform.cluster.auto_mode.node_pools if platform.cluster.auto_mode is not None else ()
    why = "the node pool system takes only pods that tolerate CriticalAddonsOnly" if pools else "there is no node pool"
    yield "cluster.auto_mode.node_pools", f"Kubeflow cannot start: {why}", 'add "general-purpose", or a node group'


@warning(Platform)
def own_pools_of_auto_mode(platform: Platform) -> Iterator[Problem]:
    """Node pools of your own are expected among the extra components."""
    if _by_auto_mode_alone(platform):
        yield (
            "cluster.auto_mode.node_pools",
            "no built-in node pool takes pods of Kubeflow",
            "verify that an extra component has a NodePool for them, and that it is installed first",
        )


@rule(Platform)
def nodes_in_addition_to_fargate(platform: Platform) -> Iterator[Problem]:
    """Fargate runs no DaemonSets and mounts no EBS volumes.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/fargate.html
    """
    cluster, kubeflow = platform.cluster, platform.kubeflow
    if not isinstance(cluster, Cluster) or kubeflow is None or not cluster.fargate_profiles or not selected(kubeflow):
        return
    if cluster.node_groups or cluster.auto_mode is not None or kubeflow.node_pools:
        return
    daemons = [one.name for one in of_components(kubeflow) if one.replicas is None]
    if found := [*daemons, *ebs_volumes(kubeflow)]:
        names = ", ".join(found[:SHOWN]) + (f" and {len(found) - SHOWN} more" if len(found) > SHOWN else "")
        yield (
            "cluster.node_groups",
            f"Kubeflow cannot start on Fargate alone, which has no DaemonSets and no EBS volumes: {names}",
            "add a node group or auto_mode",
        )
