"""Rules that go across the sections of a platform. One that reads a bad section ends there: the section told its errors."""

import re
from collections.abc import Iterator

from modules.aws_data.eks_addons import ADDONS
from modules.aws_data.regions import REGIONS, SERVICES, region
from modules.naming import aws_name
from modules.rules.rule import Problem, of_each, repeated, rule, unique_names
from modules.rules.state import region_problems
from modules.settings.addons import setting_of
from modules.settings.cluster import Cluster, ExistingCluster
from modules.settings.platform import Moved, Platform, Removed
from modules.settings.section import Section
from modules.settings.service_account_role import ServiceAccountRole

OWN_TAGS = {"kubeflow-platform", "managed-by"}
"""What modules/naming.py tags everything with."""
MOST_TAGS = 40
TAG_KEY, TAG_VALUE = re.compile(r"[\w .:/=+@-]{1,128}"), re.compile(r"[\w .:/=+@-]{0,256}")
"""Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html; IAM takes the fewest characters."""


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


@rule(Platform)
def network_and_cluster(platform: Platform) -> Iterator[Problem]:
    """A cluster made here needs a network, and one that is there has its own."""
    if isinstance(platform.cluster, Cluster) and platform.network is None:
        yield "network", "a cluster made here needs a VPC; give Network() or ExistingNetwork(…)"
    if isinstance(platform.cluster, ExistingCluster) and platform.network is not None:
        yield "network", f"the existing cluster {platform.cluster.name} has its VPC already; leave network out"


@rule(Platform)
def roles_of_service_accounts(platform: Platform) -> Iterator[Problem]:
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


@rule(Platform)
def arns_of_the_place(platform: Platform) -> Iterator[Problem]:
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


@rule(Platform)
def services_of_the_region(platform: Platform) -> Iterator[Problem]:
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


@rule(Platform)
def pod_identity_of_roles(platform: Platform) -> Iterator[Problem]:
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


@rule(Platform)
def state_in_the_partition(platform: Platform) -> Iterator[Problem]:
    """Credentials of one partition open no bucket of another."""
    where = getattr(platform.state, "region", platform.region)
    if {where, platform.region} <= set(REGIONS) and region(where).partition != region(platform.region).partition:
        yield (
            "state.region",
            f"{where} is in partition {region(where).partition}, and {platform.region} in {region(platform.region).partition}; give a "
            "bucket in the platform's partition",
        )


@rule(Moved)
def moved_within_type(moved: Moved) -> Iterator[Problem]:
    """A new address of the same resource type."""
    if moved.from_address == moved.to_address:
        yield "to_address", f"{moved.to_address} is where it was; give its new address, or leave the entry out"
    elif moved.from_address.partition(".")[0] != moved.to_address.partition(".")[0]:
        yield (
            "to_address",
            f"{moved.to_address} is another type than {moved.from_address}; move a resource within its type",
        )


@rule(Platform)
def known_region(platform: Platform) -> Iterator[Problem]:
    """EKS is in the region."""
    yield from region_problems(platform.region)


@rule(Platform)
def tags(platform: Platform) -> Iterator[Problem]:
    """Tags that AWS accepts on every resource."""
    for key, value in sorted(platform.tags.items()):
        if key.lower().startswith("aws:") or not TAG_KEY.fullmatch(key) or not TAG_VALUE.fullmatch(value):
            yield (
                f"tags[{key}]",
                "AWS takes keys of 1 to 128 and values of up to 256 letters, digits, spaces and _ . : / = + - @, and no key that "
                "begins with aws:",
            )
        if key.lower() in OWN_TAGS:
            yield f"tags[{key}]", "is a tag that every platform has already; choose another key"
    for key in repeated(key.lower() for key in platform.tags):
        yield (
            f"tags[{key}]",
            "stands twice, since IAM makes no difference between small and large letters; keep one",
        )
    if len(platform.tags) > MOST_TAGS:
        yield (
            "tags",
            f"{len(platform.tags)} tags; AWS takes 50 a resource, and the platform and EKS use up to 10: give {MOST_TAGS} or fewer",
        )


@rule(Platform)
def external_id(platform: Platform) -> Iterator[Problem]:
    """The external ID is for a role."""
    if platform.assume_role_external_id is not None and platform.assume_role_arn is None:
        yield "assume_role_external_id", "there is no role to take; give assume_role_arn, too"


@rule(Platform)
def account_of_role(platform: Platform) -> Iterator[Problem]:
    """The role is in an allowed account."""
    if platform.assume_role_arn and platform.allowed_account_ids:
        account = platform.assume_role_arn.split(":")[4]
        if account not in platform.allowed_account_ids:
            yield "assume_role_arn", f"its account {account} is not among allowed_account_ids; add it there"


@rule(Platform)
def imported_cluster(platform: Platform) -> Iterator[Problem]:
    """An imported cluster is an existing one."""
    if platform.imported is not None and not isinstance(platform.cluster, ExistingCluster):
        yield "imported", 'what is taken over is there already; give cluster=ExistingCluster(name="…")'


@rule(Platform)
def one_move_each(platform: Platform) -> Iterator[Problem]:
    """Each resource is moved or removed once."""
    leaving: list[Moved | Removed] = [*platform.moved, *platform.removed]
    for address in repeated(f"{entry.layer}/{entry.from_address}" for entry in leaving):
        yield "moved", f"{address} stands twice among moved and removed, and a resource goes one way; keep one"
