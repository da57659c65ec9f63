"""Rules that go across the sections of a platform. One that reads a bad section ends there: the section told its errors."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from modules.facts.eks_addons import ADDONS
from modules.facts.instance_types import instance_type, known
from modules.facts.pods import ADDRESSES_PER_PREFIX
from modules.facts.pods import max_pods as pods_with_addresses
from modules.facts.regions import REGIONS, SERVICES, region
from modules.naming import aws_name
from modules.network.plan import private_cidrs
from modules.settings.addons import setting_of
from modules.settings.auth_checks import AUTH_CHECKS
from modules.settings.cluster import Cluster, ExistingCluster
from modules.settings.credential_checks import CREDENTIAL_CHECKS
from modules.settings.database_checks import DATABASE_CHECKS
from modules.settings.exposure_checks import EXPOSURE_CHECKS
from modules.settings.network import Network
from modules.settings.node_group import NodeGroup
from modules.settings.runner_checks import RUNNER_CHECKS
from modules.settings.section import Problem, Section, of_each, unique_names
from modules.settings.service_account_role import ServiceAccountRole
from modules.settings.storage_checks import STORAGE_CHECKS

if TYPE_CHECKING:
    from modules.settings.platform import Platform
from modules.settings.team_checks import TEAM_CHECKS

ADDRESSES_RESERVED = 5
"""In each subnet, by AWS. Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html."""
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


def zones_of_the_region(platform: "Platform") -> Iterator[Problem]:
    """The region has the network's zones, and every account sees them."""
    if not isinstance(platform.network, Network) or platform.region not in REGIONS:
        return
    facts, zones = region(platform.region), platform.network.zones
    have = ", ".join(facts.zones)
    if isinstance(zones, int) and zones > len(facts.zones):
        yield (
            "network.zones",
            f"{zones} zones, and {platform.region} has {len(facts.zones)}: {have}; give {len(facts.zones)} or fewer",
        )
    elif isinstance(zones, int) and facts.zones_per_account < len(facts.zones):
        yield (
            "network.zones",
            f"an account sees only {facts.zones_per_account} of {have}, and which ones differs; name yours "
            "(`aws ec2 describe-availability-zones`)",
        )
    for zone in zones if isinstance(zones, tuple) else ():
        if zone not in facts.zones:
            yield "network.zones", f"{zone} is not a zone of {platform.region}; it has {have}: choose among them"


def zones_of_groups(platform: "Platform") -> Iterator[Problem]:
    """The network has the zones of each group; of an existing one only the region is known."""
    if not isinstance(platform.cluster, Cluster) or platform.region not in REGIONS:
        return
    made = isinstance(platform.network, Network)
    zones = platform.zone_names() if made else region(platform.region).zones

    def check(group: NodeGroup) -> Iterator[Problem]:
        for zone in sorted(set(group.zones) - set(zones)):
            where = "the network" if made else platform.region
            yield "zones", f"{zone} is not a zone of {where}, which has {', '.join(zones)}; choose among them"

    yield from of_each("cluster.node_groups", platform.cluster.node_groups, check)


def addresses_of_services(platform: "Platform") -> Iterator[Problem]:
    """Services have addresses of their own. Of EKS's two blocks, 10.100.0.0/16 and 172.20.0.0/16, a VPC overlaps one at most."""
    if not isinstance(platform.cluster, Cluster) or not isinstance(platform.network, Network):
        return
    wanted = platform.cluster.service_cidr
    blocks = [block for block in (platform.network.cidr, platform.network.secondary_cidr) if block is not None]
    for block in blocks:
        if wanted is not None and block.overlaps(wanted):
            yield "cluster.service_cidr", f"{wanted} overlaps the network's {block}; give a block outside of it"


def nodes_have_addresses(platform: "Platform") -> Iterator[Problem]:
    """The largest size of all groups finds addresses in the private subnets, at the least that a node takes."""
    if not isinstance(platform.network, Network) or not isinstance(platform.cluster, Cluster):
        return
    if any(platform.network.problems()) or any(zones_of_the_region(platform)) or any(zones_of_groups(platform)):
        return  # there is no plan yet
    if platform.region in REGIONS:
        zone, nodes, needed, free = fullest_zone(platform, per_pod=False)
        if needed > free:
            yield (
                "network.cidr",
                f"{platform.network.cidr} is too small: its private subnet in {zone} has {free:,} addresses, and {nodes} nodes take "
                f"{needed:,} when they start; give a larger block (up to /16), a secondary_cidr, more zones, or a smaller max_size",
            )


def fullest_zone(platform: "Platform", *, per_pod: bool) -> tuple[str, int, int, int]:
    """The zone with the least room: name, nodes at the groups' largest size, addresses they take, addresses of the subnet.

    Args:
        platform: with a network and a cluster made here.
        per_pod: with every pod that the nodes run; else at their start.
    """
    network, cluster = platform.network, platform.cluster
    assert isinstance(network, Network)
    assert isinstance(cluster, Cluster)
    zones = platform.zone_names()
    prefixes = cluster.addons.vpc_cni is not None and cluster.addons.vpc_cni.prefix_delegation
    nodes, needed = dict.fromkeys(zones, 0), dict.fromkeys(zones, 0)
    for group in cluster.node_groups:
        kind = group.instance_types[0]
        if network.secondary_cidr is not None or not known(kind):
            each = 2  # the node's own interface and the first one of the pods, which are elsewhere
        else:
            pods = pods_with_addresses(kind, prefix_delegation=prefixes) if per_pod else 1
            # WARM_PREFIX_TARGET=1 and WARM_ENI_TARGET=1: one more is always kept ready
            ready = -(-pods // ADDRESSES_PER_PREFIX) * ADDRESSES_PER_PREFIX + ADDRESSES_PER_PREFIX
            each = 1 + (ready if prefixes else max(pods, instance_type(kind).ipv4_per_eni))
        for zone in group.zones or zones:
            nodes[zone] += -(-group.max_size // len(group.zones or zones))
            needed[zone] += -(-group.max_size // len(group.zones or zones)) * each
    free = {
        zone: IPv4Network(block).num_addresses - ADDRESSES_RESERVED
        for zone, block in private_cidrs(network.cidr, zones).items()
    }
    zone = max(zones, key=lambda zone: needed[zone] - free[zone])
    return zone, nodes[zone], needed[zone], free[zone]


def pods_of_a_node(platform: "Platform") -> Iterator[Problem]:
    """vpc-cni has addresses for the pods that a group asks for."""
    cluster = platform.cluster
    if not isinstance(cluster, Cluster) or cluster.addons.vpc_cni is None:
        return
    prefixes = cluster.addons.vpc_cni.prefix_delegation
    elsewhere = isinstance(platform.network, Network) and platform.network.secondary_cidr is not None

    def check(group: NodeGroup) -> Iterator[Problem]:
        for kind in filter(known, group.instance_types):
            most = pods_with_addresses(kind, prefix_delegation=prefixes, custom_networking=elsewhere)
            if prefixes and instance_type(kind).hypervisor == "xen":
                yield (
                    "instance_types",
                    f"{kind} is not a Nitro type and takes no prefixes; choose a Nitro type, or set "
                    "addons.vpc_cni.prefix_delegation=False",
                )
            elif group.max_pods is not None and group.max_pods > most:
                yield (
                    "max_pods",
                    f"{group.max_pods}, and a node of {kind} takes {most} (addresses, and EKS's own limit): the others would wait for "
                    f"ever; give {most} or fewer",
                )

    yield from of_each("cluster.node_groups", cluster.node_groups, check)


def pods_elsewhere(platform: "Platform") -> Iterator[Problem]:
    """It is the vpc-cni add-on that puts pods in the secondary block."""
    if not isinstance(platform.network, Network) or platform.network.secondary_cidr is None:
        return
    if isinstance(platform.cluster, Cluster) and not platform.cluster.node_groups:
        yield (
            "network.secondary_cidr",
            "pods take its addresses on nodes of a node group, and there is none; leave it out, or give a node group",
        )


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
    zones_of_the_region,
    zones_of_groups,
    addresses_of_services,
    nodes_have_addresses,
    pods_of_a_node,
    pods_elsewhere,
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
)
