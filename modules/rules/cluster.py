"""Rules about cluster."""

from collections.abc import Iterator

from modules.aws_data.kubernetes_versions import KUBERNETES_VERSIONS
from modules.rules.blocks import DOCUMENTATION, NOT_PUBLIC, PRIVATE_RANGES, cover_internet, is_within
from modules.rules.rule import Problem, each_once, repeated, rule, unique_names, warning
from modules.settings.cluster import Cluster

MOST_PUBLIC_CIDRS = 40
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html."""


@rule(Cluster)
def public_endpoint(cluster: Cluster) -> Iterator[Problem]:
    """Never the whole internet unless asked.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/config-cluster-endpoint.html (no reserved addresses)
    """
    blocks = cluster.public_access_cidrs
    yield from each_once("public_access_cidrs", blocks)
    anywhere = cover_internet(blocks)
    if anywhere and not cluster.public_access_from_anywhere:
        yield (
            "public_access_cidrs",
            "0.0.0.0/0 shows the API server to the whole internet; give your networks, or say public_access_from_anywhere=True",
        )
    if cluster.public_access_from_anywhere and not anywhere:
        yield "public_access_from_anywhere", "is said, and 0.0.0.0/0 is not in public_access_cidrs; leave it out"
    for block in blocks:
        if is_within(block, NOT_PUBLIC):
            yield (
                "public_access_cidrs",
                f"nobody on the internet has an address of {block}, and EKS refuses it; give it as private_access_cidrs, and here "
                "the public addresses of your network",
            )
    if len(blocks) > MOST_PUBLIC_CIDRS:
        yield (
            "public_access_cidrs",
            f"{len(blocks)} networks; EKS takes {MOST_PUBLIC_CIDRS}: sum them up to larger blocks",
        )


@rule(Cluster)
def reachable_endpoint(cluster: Cluster) -> Iterator[Problem]:
    """At least one network can reach the API server."""
    if not cluster.public_access_cidrs and not cluster.private_access_cidrs:
        yield (
            "public_access_cidrs",
            "the endpoint is private and nothing is let in; give private_access_cidrs (VPN, peering, or the VPC's own block for "
            "runners in it), or public_access_cidrs",
        )


@rule(Cluster)
def private_endpoint(cluster: Cluster) -> Iterator[Problem]:
    """Networks of the private endpoint."""
    yield from each_once("private_access_cidrs", cluster.private_access_cidrs)
    if cover_internet(cluster.private_access_cidrs):
        yield "private_access_cidrs", "0.0.0.0/0 is every network; give those that people and runners are in"


@rule(Cluster)
def admins(cluster: Cluster) -> Iterator[Problem]:
    """At least one admin."""
    if not cluster.admins:
        yield "admins", "nobody could use the cluster; name at least one admin, such as role/platform-admins"


@rule(Cluster)
def one_entry_per_principal(cluster: Cluster) -> Iterator[Problem]:
    """EKS accepts one access entry per principal."""
    for principal in repeated([*cluster.admins, *cluster.viewers, *(entry.principal for entry in cluster.access)]):
        yield (
            "access",
            f"{principal} stands twice among admins, viewers and access; EKS takes one entry a principal: keep one",
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
            f"{block} is refused by EKS; give a /12 to /24 within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
        )


@rule(Cluster)
def kubernetes_version(cluster: Cluster) -> Iterator[Problem]:
    """EKS supports the Kubernetes version."""
    if cluster.kubernetes_version not in KUBERNETES_VERSIONS:
        yield (
            "kubernetes_version",
            f"{cluster.kubernetes_version!r} is not on EKS; choose one of {', '.join(KUBERNETES_VERSIONS)}",
        )


@warning(Cluster)
def open_endpoint(cluster: Cluster) -> Iterator[Problem]:
    """Networks that can reach the API server, where they are others than were meant."""
    for block in (*cluster.public_access_cidrs, *cluster.private_access_cidrs):
        if is_within(block, DOCUMENTATION):
            yield (
                "",
                f"{block} is a documentation range that nobody has; write your own network in its place in main.py",
            )
    if cluster.public_access_from_anywhere:
        yield "", "the API server answers the whole internet (public_access_from_anywhere)"
