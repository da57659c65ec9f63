"""Rules that go across the sections of a platform. One that reads a bad section ends there: the section told its errors."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modules.aws_data.eks_addons import ADDONS
from modules.aws_data.regions import REGIONS, SERVICES, region
from modules.naming import aws_name
from modules.rules.auth import AUTH_CHECKS
from modules.rules.credentials import CREDENTIAL_CHECKS
from modules.rules.database import DATABASE_CHECKS
from modules.rules.exposure import EXPOSURE_CHECKS
from modules.rules.network import NETWORK_CHECKS
from modules.rules.private_network import PRIVATE_NETWORK_CHECKS
from modules.rules.runner import RUNNER_CHECKS
from modules.rules.storage import STORAGE_CHECKS
from modules.rules.teams import TEAM_CHECKS
from modules.settings.addons import setting_of
from modules.settings.cluster import Cluster, ExistingCluster
from modules.settings.section import Problem, Section, of_each, unique_names
from modules.settings.service_account_role import ServiceAccountRole

if TYPE_CHECKING:
    from modules.settings.platform import Platform

ROLES_OF_THE_PLATFORM = (
    "auto-mode-node",
    "cluster",
    "database-monitoring",
    "fargate",
    "flow-logs",
    "hcp-apply",
    "hcp-plan",
    "prometheus",
    *ADDONS,
)
"""Last parts of the names of roles that stacks make, besides `node-<group>` (a test compares)."""


def network_and_cluster(platform: "Platform") -> Iterator[Problem]:
    """A cluster made here needs a network, and one that is there has its own."""
    if isinstance(platform.cluster, Cluster) and platform.network is None:
        yield "network", "a cluster made here needs a VPC; give Network() or ExistingNetwork(…)"
    if isinstance(platform.cluster, ExistingCluster) and platform.network is not None:
        yield "network", f"the existing cluster {platform.cluster.name} has its VPC already; leave network out"


def roles_of_service_accounts(platform: "Platform") -> Iterator[Problem]:
    """Each has a name that IAM takes and no other role has, and each account has one role."""
    roles = platform.service_account_roles
    yield from unique_names("service_account_roles", roles)
    groups = platform.cluster.node_groups if isinstance(platform.cluster, Cluster) else ()
    taken = {*ROLES_OF_THE_PLATFORM, *(f"node-{group.name}" for group in groups)}
    accounts: set[tuple[str, str]] = set()

    def check(role: ServiceAccountRole) -> Iterator[Problem]:
        parts = (platform.name, role.name)
        try:
            aws_name(*parts)
        except ValueError as error:
            yield "role_name", f"the role's name would be {error}, or set role_name"
        if role.name in taken:
            yield "role_name", f"the platform has a role {platform.name}-{role.name} already; set another role_name"
        account = (role.namespace, role.service_account)
        if account in accounts:
            yield "service_account", f"{'/'.join(account)} has a role already; put all its rights in one"
        accounts.add(account)

    yield from of_each("service_account_roles", roles, check)


def arns_of_the_place(platform: "Platform") -> Iterator[Problem]:
    """ARNs are of the region's partition, and keys of the region itself (the state's may be elsewhere)."""
    if platform.region not in REGIONS:
        return
    partition = region(platform.region).partition
    for path, arn in arns_in("", platform):
        parts = arn.split(":")
        if parts[1] != partition:
            yield (
                path,
                f"{arn} is of another partition than region {platform.region}; give one that begins with arn:{partition}:",
            )
        elif parts[2] == "kms" and parts[3] != platform.region and not path.startswith("state."):
            yield (
                path,
                f"the key is in {parts[3]}, and what it encrypts in {platform.region}; give a key of that region",
            )


def arns_in(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Every ARN in the settings that can be read, with its dotted path."""
    if isinstance(value, Section):
        for name, item in vars(value).items():
            yield from arns_in(f"{path}.{name}" if path else name, item)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from arns_in(f"{path}[{index}]", item)
    elif isinstance(value, str) and value.startswith("arn:"):
        yield path, value


def services_of_the_region(platform: "Platform") -> Iterator[Problem]:
    """The region has the services that settings ask for."""
    cluster = platform.cluster
    if not isinstance(cluster, Cluster) or platform.region not in REGIONS:
        return
    facts = region(platform.region)
    asked = {
        "eks-fargate": ("fargate_profiles", bool(cluster.fargate_profiles)),
        "eks-auto-mode": ("auto_mode", cluster.auto_mode is not None),
        "eks-auth": ("service_account_auth", cluster.service_account_auth == "pod_identity"),
        "arc-zonal-shift": ("zonal_shift", cluster.zonal_shift),
    }
    for service, (setting, wanted) in asked.items():
        if wanted and service in facts.lacks:
            yield f"cluster.{setting}", f"{platform.region} has no {SERVICES[service]}; leave it out there"
    for addon, _ in cluster.addons.chosen():
        if facts.partition in addon.lacks:
            yield (
                f"cluster.addons.{setting_of(addon)}",
                f"EKS does not have the add-on {addon.name} in {facts.partition}; set it to None there, and install its Helm chart",
            )


def pod_identity_of_roles(platform: "Platform") -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html."""
    cluster = platform.cluster
    if not isinstance(cluster, Cluster):
        return

    def check(role: ServiceAccountRole) -> Iterator[Problem]:
        if role.auth == "pod_identity" and cluster.fargate_profiles:
            yield "auth", 'pods on Fargate cannot use EKS Pod Identity; set auth="irsa"'
        elif role.auth == "pod_identity" and cluster.auto_mode is None and not cluster.addons.eks_pod_identity_agent:
            yield "auth", 'the cluster has no eks_pod_identity_agent; leave that add-on on, or set auth="irsa"'

    yield from of_each("service_account_roles", platform.service_account_roles, check)


def state_in_the_partition(platform: "Platform") -> Iterator[Problem]:
    """Credentials of one partition open no bucket of another."""
    where = getattr(platform.state, "region", platform.region)
    if {where, platform.region} <= set(REGIONS) and region(where).partition != region(platform.region).partition:
        yield (
            "state.region",
            f"{where} is in partition {region(where).partition}, and {platform.region} in {region(platform.region).partition}; give a "
            "bucket in the platform's partition",
        )


CROSS_CHECKS = (
    network_and_cluster,
    *NETWORK_CHECKS,
    roles_of_service_accounts,
    arns_of_the_place,
    services_of_the_region,
    pod_identity_of_roles,
    state_in_the_partition,
    *DATABASE_CHECKS,
    *EXPOSURE_CHECKS,
    *STORAGE_CHECKS,
    *CREDENTIAL_CHECKS,
    *RUNNER_CHECKS,
    *AUTH_CHECKS,
    *TEAM_CHECKS,
    *PRIVATE_NETWORK_CHECKS,
)
