"""What the section Fit does not look at, for one platform."""

from collections.abc import Iterator, Sequence

from modules.checks.finding import Finding, Kind
from modules.checks.fit import kinds
from modules.checks.fit.nodes import unknown_types
from modules.checks.fit.scheduling import unevaluated
from modules.checks.fit.workloads import Workload
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.workloads_lock import known
from modules.settings import Cluster, ExistingCluster, Platform

RESERVES = frozenset({"kubeReserved", "systemReserved", "evictionHard", "enforceNodeAllocatable", "podsPerCore"})
"""Fields of KubeletConfiguration that change what a node offers."""

ALWAYS = {
    kinds.UPDATES: "surge of updates, PodDisruptionBudgets, zones of an existing network",
    kinds.VOLUMES: "EBS volumes per node, zones of volumes",
    kinds.LATER: "pods that are started later: Jobs, notebooks, pipeline steps, models, trials, training",
}
"""Kind of finding to its text, the same for all platforms."""


def not_checked(platform: Platform, running: Sequence[Workload]) -> Iterator[Finding]:
    """All that a result does not cover.

    Args:
        platform: platform with valid settings.
        running: its workloads.
    """
    if isinstance(platform.cluster, ExistingCluster):
        yield _of(kinds.NO_NODES, f"nodes of the existing cluster {platform.cluster.name}")
    else:
        yield from _of_cluster(platform.cluster)
    yield from _of_components(platform)
    found = {one.name: ", ".join(unevaluated(one.spec)) for one in running}
    constrained = [f"{name} ({words})" for name, words in found.items() if words]
    if constrained:
        yield _of(kinds.CONSTRAINTS, f"constraints of workloads: {', '.join(constrained)}")
    for kind, text in ALWAYS.items():
        yield _of(kind, text)


def _of_cluster(cluster: Cluster) -> Iterator[Finding]:
    if not cluster.node_groups:
        yield _of(kinds.NO_NODES, "the cluster has no managed node group")
    for group in cluster.node_groups:
        if unknown := unknown_types(group):
            yield _of(kinds.NO_NODES, f"node group {group.name}: not in the table of types: {', '.join(unknown)}")
        if changed := sorted(RESERVES & group.kubelet.keys()):
            yield _of(kinds.CHANGED, f"node group {group.name}: kubelet sets {', '.join(changed)}")
        if group.schedules:
            yield _of(
                kinds.SCHEDULES,
                f"node group {group.name}: scheduled sizes {', '.join(one.name for one in group.schedules)}",
            )
    if cluster.fargate_profiles:
        yield _of(kinds.FARGATE, f"Fargate profiles {', '.join(one.name for one in cluster.fargate_profiles)}")
    if cluster.auto_mode is not None:
        yield _of(kinds.AUTO_MODE, "nodes of EKS Auto Mode")
    configured = [facts.name for facts, addon in cluster.addons.chosen() if addon.configuration]
    if configured:
        yield _of(kinds.CHANGED, f"requests of add-ons with a configuration: {', '.join(configured)}")


def _of_components(platform: Platform) -> Iterator[Finding]:
    kubeflow = platform.kubeflow
    if kubeflow is None:
        return
    if kubeflow.node_pools:
        yield _of(kinds.KARPENTER, f"Karpenter's node pools {', '.join(one.name for one in kubeflow.node_pools)}")
    chosen = chosen_components(kubeflow)
    if unknown := [*(one.name for one in chosen if not known(one)), *kubeflow.preinstalled]:
        yield _of(kinds.CHARTS, f"pods of components that are not in the lock: {', '.join(unknown)}")
    if changed := [one.name for one in chosen if known(one) and kubeflow.values.get(one.name)]:
        yield _of(
            kinds.CHANGED, f"replicas, requests and constraints of components with own values: {', '.join(changed)}"
        )


def _of(kind: Kind, text: str) -> Finding:
    return Finding(kind.id, kind.severity, text)
