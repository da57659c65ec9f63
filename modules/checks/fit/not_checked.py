"""What the section Fit does not look at, for one platform."""

from collections.abc import Iterator, Sequence

from modules.aws_data.eks_addon_pods import ADDON_PODS
from modules.aws_data.node_capacity import RESERVES
from modules.checks.finding import Finding, Kind, listed
from modules.checks.fit import kinds
from modules.checks.fit.constraints import unevaluated
from modules.checks.fit.nodes import unknown_types, zones_of
from modules.checks.fit.teams import unlimited_teams
from modules.checks.fit.workloads import Workload
from modules.kubeflow.chosen import chosen_components, has_component
from modules.kubeflow.workloads_lock import known
from modules.settings import Cluster, ExistingCluster, Platform


def not_checked(platform: Platform, running: Sequence[Workload]) -> Iterator[Finding]:
    """All that a result does not cover.

    Args:
        platform: platform with valid settings.
        running: its workloads.
    """
    if isinstance(platform.cluster, ExistingCluster):
        yield _of(kinds.NO_NODES, f"nodes of the existing cluster {platform.cluster.name}")
    else:
        yield from _of_cluster(platform, platform.cluster)
    yield from _of_components(platform)
    zones = isinstance(platform.cluster, Cluster) and not _without_zones(platform, platform.cluster)
    found = {one.name: ", ".join(unevaluated(one.spec, zones=zones)) for one in running}
    constrained = [f"{name} ({words})" for name, words in found.items() if words]
    if constrained:
        yield _of(kinds.CONSTRAINTS, f"constraints of workloads: {', '.join(constrained)}")
    unlimited = unlimited_teams(platform)
    teams = f"; pods of the teams {listed(unlimited)}, which have no quota of CPU and memory" if unlimited else ""
    yield _of(kinds.LATER, f"Jobs, and pods that operators start: pipeline steps, models, trials, training{teams}")


def _of_cluster(platform: Platform, cluster: Cluster) -> Iterator[Finding]:
    for group in cluster.node_groups:
        if unknown := unknown_types(group):
            yield _of(kinds.NO_NODES, f"node group {group.name}: not in the table of types: {', '.join(unknown)}")
        if changed := sorted(RESERVES & group.kubelet.keys()):
            yield _of(kinds.CHANGED, f"node group {group.name}: kubelet sets {', '.join(changed)}")
    if cluster.fargate_profiles:
        profiles = ", ".join(one.name for one in cluster.fargate_profiles)
        yield _of(
            kinds.FARGATE, f"privileged containers and hostPath volumes of pods of the Fargate profiles {profiles}"
        )
    if own := own_pools(platform, cluster):
        yield _of(kinds.OWN_POOLS, f"NodePools that are not in the settings: {own}")
    if without := _without_zones(platform, cluster):
        yield _of(kinds.ZONES, f"zones of node groups {', '.join(without)}")
    if unknown := [facts.name for facts, _ in cluster.addons.chosen() if facts.name not in ADDON_PODS]:
        yield _of(kinds.CHARTS, f"pods of EKS add-ons whose requests are not known: {', '.join(unknown)}")
    configured = [facts.name for facts, addon in cluster.addons.chosen() if addon.configuration]
    if configured:
        yield _of(kinds.CHANGED, f"requests of add-ons with a configuration: {', '.join(configured)}")


def _of_components(platform: Platform) -> Iterator[Finding]:
    kubeflow = platform.kubeflow
    if kubeflow is None:
        return
    chosen = chosen_components(kubeflow)
    if unknown := [*(one.name for one in chosen if not known(one)), *kubeflow.preinstalled]:
        yield _of(kinds.CHARTS, f"pods of components that are not in the lock: {', '.join(unknown)}")
    if changed := [one.name for one in chosen if known(one) and kubeflow.values.get(one.name)]:
        yield _of(
            kinds.CHANGED, f"replicas, requests and constraints of components with own values: {', '.join(changed)}"
        )


def own_pools(platform: Platform, cluster: Cluster) -> str:
    """What runs NodePools that are not in the settings; empty: all are there."""
    if cluster.auto_mode is not None and not cluster.auto_mode.node_pools:
        return "EKS Auto Mode"
    pools = platform.kubeflow is not None and platform.kubeflow.node_pools
    return "Karpenter" if has_component(platform, "karpenter") and not pools else ""


def _without_zones(platform: Platform, cluster: Cluster) -> list[str]:
    return [group.name for group in cluster.node_groups if not zones_of(platform, group)]


def _of(kind: Kind, text: str) -> Finding:
    return Finding(kind.id, kind.severity, text)
