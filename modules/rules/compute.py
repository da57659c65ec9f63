"""Rules about compute: node groups, Fargate, EKS Auto Mode, and the add-ons on them."""

import json
from collections.abc import Iterator

from modules.aws_data.eks_addons import EksAddon
from modules.aws_data.kubernetes_versions import KUBERNETES_VERSIONS
from modules.rules.rule import Problem, of_each, rule
from modules.settings.addons import setting_of
from modules.settings.cluster import Cluster
from modules.settings.node_group import NodeGroup


@rule(Cluster)
def something_runs_pods(cluster: Cluster) -> Iterator[Problem]:
    """A cluster has compute."""
    if not cluster.node_groups and not cluster.fargate_profiles and cluster.auto_mode is None:
        yield "node_groups", "the cluster has no compute", "add a node group, a Fargate profile or auto_mode"


@rule(Cluster)
def amis_of_the_version(cluster: Cluster) -> Iterator[Problem]:
    """The AMI family of each group has an AMI of the Kubernetes version, and a pinned release is of that version."""
    version = cluster.kubernetes_version

    def check(group: NodeGroup) -> Iterator[Problem]:
        ami = group.ami_type_if_any()
        if ami is not None and not ami.supports(version):
            yield (
                "ami_family",
                f"{group.ami_family} has no AMI after Kubernetes {ami.last_kubernetes_version}, and the cluster runs {version}",
                'use "AL2023"',
            )
        release = group.ami_release_version
        if release and group.ami_family != "BOTTLEROCKET" and not release.startswith(f"{version}."):
            yield (
                "ami_release_version",
                f"{release} is not a release for Kubernetes {version}",
                f"use one that begins with {version}., or remove it",
            )

    if version in KUBERNETES_VERSIONS:
        yield from of_each("node_groups", cluster.node_groups, check)


@rule(Cluster)
def version_of_kube_proxy(cluster: Cluster) -> Iterator[Problem]:
    """EKS has kube-proxy in the minor version of Kubernetes alone.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html
    """
    addon, version = cluster.addons.kube_proxy, cluster.kubernetes_version
    if addon is not None and addon.version is not None and not addon.version.startswith(f"v{version}."):
        yield (
            "addons.kube_proxy.version",
            f"{addon.version} is not for Kubernetes {version}, which the cluster runs",
            f"use one that begins with v{version}., or remove it for the default of EKS",
        )


@rule(Cluster)
def pod_network(cluster: Cluster) -> Iterator[Problem]:
    """Node groups require vpc-cni; nodes of EKS Auto Mode include it."""
    if cluster.node_groups and cluster.addons.vpc_cni is None:
        yield (
            "addons.vpc_cni",
            "node groups require the pod network: nodes stay NotReady without it",
            "do not set it to None",
        )


@rule(Cluster)
def pod_identity_works(cluster: Cluster) -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html."""
    if cluster.service_account_auth != "pod_identity":
        return
    if cluster.fargate_profiles:
        yield "service_account_auth", "EKS Pod Identity is not available on Fargate", 'set service_account_auth="irsa"'
    if cluster.addons.eks_pod_identity_agent is None and (cluster.auto_mode is None or cluster.node_groups):
        yield (
            "addons.eks_pod_identity_agent",
            "EKS Pod Identity requires the agent on each node",
            "do not set it to None",
        )


@rule(Cluster)
def auto_mode_brings_its_own(cluster: Cluster) -> Iterator[Problem]:
    """An add-on that Auto Mode includes is not installed, so its settings have no effect."""
    if cluster.auto_mode is None or cluster.node_groups:
        return
    for facts, addon in cluster.addons.chosen():
        if facts.in_auto_mode and addon.model_fields_set:
            yield (
                f"addons.{setting_of(facts)}",
                "EKS Auto Mode includes this add-on, without settings",
                "remove it, or add a node group that uses it",
            )


@rule(Cluster)
def add_ons_start_on_nodes(cluster: Cluster) -> Iterator[Problem]:
    """EKS waits 20 minutes for the pods of an add-on and then fails, so compute must exist from the start."""
    if cluster.auto_mode is not None or cluster.fargate_profiles or not cluster.node_groups:
        return
    waiting = waiting_for_compute(cluster)
    if waiting and not any(group.desired_size and not group.repels() for group in cluster.node_groups):
        yield (
            "node_groups",
            f"pods of {names(waiting)} cannot be scheduled: no group starts with an untainted node",
            "set desired_size=1 or more in a group whose only taints are PREFER_NO_SCHEDULE",
        )


@rule(Cluster)
def add_ons_start_on_fargate(cluster: Cluster) -> Iterator[Problem]:
    """Without nodes, pods of add-ons must run on Fargate."""
    if cluster.auto_mode is not None or cluster.node_groups or not cluster.fargate_profiles:
        return
    waiting = waiting_for_compute(cluster)
    for facts in waiting:
        if not facts.fargate:
            yield (
                f"addons.{setting_of(facts)}",
                f"{facts.name} does not run on Fargate",
                "set it to None or add a node group",
            )
    namespaces = {selector.namespace for profile in cluster.fargate_profiles for selector in profile.selectors}
    if waiting and "kube-system" not in namespaces:
        yield (
            "fargate_profiles",
            f"pods of {names(waiting)} cannot be scheduled",
            'add a profile with FargateSelector(namespace="kube-system")',
        )


def waiting_for_compute(cluster: Cluster) -> list[EksAddon]:
    """Add-ons with Deployments, unless their configuration sets tolerations."""
    return [
        facts
        for facts, addon in cluster.addons.chosen()
        if facts.deployment_pods and "tolerations" not in json.dumps(addon.configuration)
    ]


def names(addons: list[EksAddon]) -> str:
    """Names of add-ons for a message."""
    return ", ".join(facts.name for facts in addons)
