"""Rules about cluster."""

from collections.abc import Iterator

from modules.aws_data.kubernetes_versions import KUBERNETES_VERSIONS
from modules.rules.blocks import (
    MOST_NETWORKS,
    NOT_PUBLIC,
    PRIVATE_RANGES,
    cover_internet,
    documentation_blocks,
    is_within,
)
from modules.rules.rule import Problem, each_once, placeholder, repeated, rule, unique_names, warning
from modules.settings.cluster import AccessEntry, Cluster, NodePorts, SchedulerScoring

SCORED = ("cpu", "memory", "nvidia.com/gpu", "aws.amazon.com/neuron", "aws.amazon.com/neuroncore")
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-configuration.html."""
MOST_PUBLIC_CIDRS = 40
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html."""


@rule(Cluster)
def public_endpoint(cluster: Cluster) -> Iterator[Problem]:
    """Reject the whole internet unless it is set explicitly.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/config-cluster-endpoint.html (no reserved addresses)
    """
    blocks = cluster.public_access_cidrs
    yield from each_once("public_access_cidrs", blocks)
    anywhere = cover_internet(blocks)
    if anywhere and not cluster.public_access_from_anywhere:
        yield (
            "public_access_cidrs",
            "0.0.0.0/0 exposes the API server to the internet",
            "list your networks or set public_access_from_anywhere=True",
        )
    if cluster.public_access_from_anywhere and not anywhere:
        yield "public_access_from_anywhere", "0.0.0.0/0 is not in public_access_cidrs", "set it to False"
    for block in blocks:
        if is_within(block, NOT_PUBLIC):
            yield (
                "public_access_cidrs",
                f"{block} is not a public range, and EKS rejects it",
                f"list the public addresses of your network here and {block} in private_access_cidrs",
            )
    if len(blocks) > MOST_PUBLIC_CIDRS:
        yield (
            "public_access_cidrs",
            f"EKS accepts at most {MOST_PUBLIC_CIDRS} networks, not {len(blocks)}",
            "merge them into larger blocks",
        )


@rule(Cluster)
def reachable_endpoint(cluster: Cluster) -> Iterator[Problem]:
    """At least one network can reach the API server."""
    if not cluster.public_access_cidrs and not cluster.private_access_cidrs:
        yield (
            "public_access_cidrs",
            "no network can reach the API server: the endpoint is private",
            "set private_access_cidrs (VPN, peering, or the VPC's own block for runners in it) or public_access_cidrs",
        )


@rule(Cluster)
def private_endpoint(cluster: Cluster) -> Iterator[Problem]:
    """Networks of the private endpoint."""
    yield from each_once("private_access_cidrs", cluster.private_access_cidrs)
    if cover_internet(cluster.private_access_cidrs):
        yield "private_access_cidrs", "0.0.0.0/0 includes every network", "list the networks of users and runners"
    if len(cluster.private_access_cidrs) > MOST_NETWORKS:
        yield (
            "private_access_cidrs",
            f"the security group of the API server has room for {MOST_NETWORKS} networks, not {len(cluster.private_access_cidrs)}",
            "merge them into larger blocks",
        )


@rule(Cluster)
def admins(cluster: Cluster) -> Iterator[Problem]:
    """At least one admin."""
    if not cluster.admins:
        yield "admins", "at least one admin is required", "add one, such as role/platform-admins"


@rule(Cluster)
def one_entry_per_principal(cluster: Cluster) -> Iterator[Problem]:
    """EKS accepts one access entry per principal."""
    for principal in repeated([*cluster.admins, *cluster.viewers, *(entry.principal for entry in cluster.access)]):
        yield (
            "access",
            f"{principal} occurs more than once in admins, viewers and access, and EKS accepts one entry per principal",
            "keep one, with further policies in AccessEntry(more_policies=…)",
        )


@rule(AccessEntry)
def policies_of_an_entry(entry: AccessEntry) -> Iterator[Problem]:
    """Each policy has one scope, and the entry gives some permission.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_AssociateAccessPolicy.html
    """
    if entry.policy is None:
        if entry.namespaces or entry.more_policies:
            yield "policy", "namespaces and more_policies are in addition to policy", "set the first policy here"
        elif not entry.kubernetes_groups:
            yield (
                "policy",
                f"{entry.principal} has no permission in the cluster",
                "set a policy, or kubernetes_groups with RBAC rules for them",
            )
        return
    for policy in repeated([entry.policy, *(one.policy for one in entry.more_policies)]):
        yield (
            "more_policies",
            f"{policy} occurs more than once, and EKS has one scope per policy and principal",
            "list all its namespaces in one place",
        )


@rule(Cluster)
def unique_cluster_names(cluster: Cluster) -> Iterator[Problem]:
    """Unique names of access entries, node groups and Fargate profiles."""
    yield from unique_names("access", cluster.access)
    yield from unique_names("node_groups", cluster.node_groups)
    yield from unique_names("fargate_profiles", cluster.fargate_profiles)


@rule(Cluster)
def log_types(cluster: Cluster) -> Iterator[Problem]:
    """Each log type once."""
    yield from each_once("log_types", cluster.log_types)


@rule(Cluster)
def service_cidr(cluster: Cluster) -> Iterator[Problem]:
    """The block of Services is one that EKS accepts."""
    block = cluster.service_cidr
    if block is not None and not (12 <= block.prefixlen <= 24 and is_within(block, PRIVATE_RANGES)):
        yield (
            "service_cidr",
            f"EKS rejects {block}",
            "use a block from /12 to /24 within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
        )


@rule(Cluster)
def kubernetes_version(cluster: Cluster) -> Iterator[Problem]:
    """EKS supports the Kubernetes version."""
    if cluster.kubernetes_version not in KUBERNETES_VERSIONS:
        yield (
            "kubernetes_version",
            f"EKS does not support Kubernetes {cluster.kubernetes_version!r}",
            f"use one of {', '.join(KUBERNETES_VERSIONS)}",
        )


@placeholder(Cluster)
def documentation_networks(cluster: Cluster) -> Iterator[Problem]:
    """Networks reserved for documentation, from which no connection is possible."""
    yield from documentation_blocks((*cluster.public_access_cidrs, *cluster.private_access_cidrs))


@warning(Cluster)
def open_endpoint(cluster: Cluster) -> Iterator[Problem]:
    """Networks that can reach the API server, where they may not be intended."""
    if cluster.public_access_from_anywhere:
        yield (
            "",
            "the API server is reachable from the internet (public_access_from_anywhere)",
            "list your networks in public_access_cidrs unless that is intended",
        )


@rule(NodePorts)
def node_ports_in_order(ports: NodePorts) -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-configuration.html."""
    if ports.first > ports.last:
        yield "first", f"{ports.first} is above the last port, {ports.last}", f"set {ports.last} or less"


@rule(SchedulerScoring)
def weights(scoring: SchedulerScoring) -> Iterator[Problem]:
    """Resources and weights that EKS takes."""
    for name, weight in scoring.weights.items():
        if name not in SCORED:
            yield f"weights[{name}]", "is not a resource that EKS scores", f"use one of {', '.join(SCORED)}"
        if not 1 <= weight <= 100:
            yield f"weights[{name}]", f"a weight is 1 to 100, not {weight}", "set a number from 1 to 100"
