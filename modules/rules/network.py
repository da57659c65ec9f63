"""Rules about zones, blocks, endpoints and the addresses that nodes and pods need."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from modules.aws_data.instance_types import instance_type, known
from modules.aws_data.pods import ADDRESSES_PER_PREFIX
from modules.aws_data.pods import max_pods as pods_with_addresses
from modules.aws_data.regions import REGIONS
from modules.network.plan import private_cidrs
from modules.rules.blocks import PRIVATE_RANGES
from modules.rules.report import problems
from modules.rules.rule import Problem, each_once, of_each, rule, warning
from modules.rules.zones import zones_of_groups, zones_of_the_region
from modules.settings.cluster import Cluster
from modules.settings.network import FULLY_PRIVATE_ENDPOINTS, ExistingNetwork, Network
from modules.settings.node_group import NodeGroup
from modules.settings.platform import Platform


def block_problems(name: str, block: IPv4Network) -> Iterator[Problem]:
    """Size and kind of a block of the VPC."""
    if not 16 <= block.prefixlen <= 20:
        yield (
            name,
            f"{block} is a /{block.prefixlen}, and a block from /16 (AWS's largest) to /20 (507 addresses in each private subnet) is required",
            "use such a block",
        )
    elif block.is_loopback or block.is_link_local or block.is_multicast or block.is_reserved or block[0].packed[0] == 0:
        yield name, f"{block} is a reserved range", "use a private block, such as 10.0.0.0/16"


ADDRESSES_RESERVED = 5
"""In each subnet, by AWS. Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html."""


@rule(Platform)
def addresses_of_services(platform: Platform) -> Iterator[Problem]:
    """The block of Services does not overlap the VPC. Of EKS's two blocks, 10.100.0.0/16 and 172.20.0.0/16, a VPC overlaps one at most."""
    if not isinstance(platform.cluster, Cluster) or not isinstance(platform.network, Network):
        return
    wanted = platform.cluster.service_cidr
    blocks = [block for block in (platform.network.cidr, platform.network.secondary_cidr) if block is not None]
    for block in blocks:
        if wanted is not None and block.overlaps(wanted):
            yield "cluster.service_cidr", f"{wanted} overlaps the network's block {block}", "use a block outside of it"


@rule(Platform)
def nodes_have_addresses(platform: Platform) -> Iterator[Problem]:
    """The private subnets have addresses for all groups at their largest size, with the minimum per node."""
    if not isinstance(platform.network, Network) or not isinstance(platform.cluster, Cluster):
        return
    if any(problems(platform.network)) or any(zones_of_the_region(platform)) or any(zones_of_groups(platform)):
        return  # the plan of subnets is not defined
    if platform.region in REGIONS:
        zone, nodes, needed, free = fullest_zone(platform, per_pod=False)
        if needed > free:
            yield (
                "network.cidr",
                f"{platform.network.cidr} is too small: the private subnet in {zone} has {free:,} addresses, and {nodes} nodes need {needed:,} when they start",
                "use a larger block (up to /16), a secondary_cidr, more zones or a smaller max_size",
            )


def fullest_zone(platform: Platform, *, per_pod: bool) -> tuple[str, int, int, int]:
    """The zone with the fewest free addresses: name, nodes at the groups' largest size, addresses they take, addresses of the subnet.

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
        if platform.custom_networking or not known(kind):
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


@rule(Platform)
def pods_of_a_node(platform: Platform) -> Iterator[Problem]:
    """vpc-cni has addresses for the configured number of pods."""
    cluster = platform.cluster
    if not isinstance(cluster, Cluster) or cluster.addons.vpc_cni is None:
        return
    prefixes = cluster.addons.vpc_cni.prefix_delegation

    def check(group: NodeGroup) -> Iterator[Problem]:
        for kind in filter(known, group.instance_types):
            most = pods_with_addresses(kind, prefix_delegation=prefixes, custom_networking=platform.custom_networking)
            if prefixes and instance_type(kind).hypervisor == "xen":
                yield (
                    "instance_types",
                    f"{kind} does not support prefix delegation, which requires a Nitro type",
                    "use a Nitro type or set addons.vpc_cni.prefix_delegation=False",
                )
            elif group.max_pods is not None and group.max_pods > most:
                yield (
                    "max_pods",
                    f"a node of {kind} supports at most {most} pods (addresses, and EKS's limit), not {group.max_pods}",
                    f"set {most} or fewer",
                )

    yield from of_each("cluster.node_groups", cluster.node_groups, check)


@rule(Platform)
def pods_elsewhere(platform: Platform) -> Iterator[Problem]:
    """Pods use the secondary block through vpc-cni on nodes of a node group."""
    if platform.custom_networking and isinstance(platform.cluster, Cluster) and not platform.cluster.node_groups:
        yield (
            "network.secondary_cidr",
            "only pods on nodes of a node group use its addresses, and there is no node group",
            "remove it or add a node group",
        )


@rule(Network)
def vpc_block(network: Network) -> Iterator[Problem]:
    """The block of the VPC."""
    yield from block_problems("cidr", network.cidr)


@rule(Network)
def secondary_block(network: Network) -> Iterator[Problem]:
    """The secondary block of the VPC."""
    if network.secondary_cidr is not None:
        yield from block_problems("secondary_cidr", network.secondary_cidr)


RESERVED_RANGE = IPv4Network("198.19.0.0/16")
EXCLUDED_WITHIN = {
    IPv4Network("10.0.0.0/15"): IPv4Network("10.0.0.0/16"),
    IPv4Network("172.16.0.0/12"): IPv4Network("172.31.0.0/16"),
}
"""Range of the primary block to a range of the same kind that AWS excludes for secondary blocks."""


@rule(Network)
def combined_blocks(network: Network) -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html (IPv4 CIDR block association restrictions)."""
    first, second = network.cidr, network.secondary_cidr
    if second is None:
        return
    if first.overlaps(second):
        yield (
            "secondary_cidr",
            f"{second} overlaps cidr {first}",
            "use a block outside of it, such as 100.64.0.0/16",
        )
    for block in (*PRIVATE_RANGES, RESERVED_RANGE):
        if second.subnet_of(block) and not first.subnet_of(block):
            yield (
                "secondary_cidr",
                f"AWS does not accept {second} together with cidr {first}: a block of {block} requires a primary block of the same range",
                "use a block such as 100.64.0.0/16",
            )
    for primary, excluded in EXCLUDED_WITHIN.items():
        if first.subnet_of(primary) and second.subnet_of(excluded) and not first.overlaps(second):
            yield (
                "secondary_cidr",
                f"AWS does not accept {second} together with cidr {first}: with a primary block of {primary}, {excluded} is excluded",
                "use a block such as 100.64.0.0/16",
            )


@rule(Network)
def fully_private_nat(network: Network) -> Iterator[Problem]:
    """No NAT gateway without an internet gateway."""
    if network.fully_private and network.nat != "none":
        yield (
            "nat",
            f"a fully private network has no internet gateway, which NAT {network.nat!r} requires",
            'set nat="none"',
        )


@rule(Network)
def interface_endpoints(network: Network) -> Iterator[Problem]:
    """Interface endpoints that are needed without NAT."""
    yield from each_once("interface_endpoints", network.interface_endpoints)
    if "s3" in network.interface_endpoints or "dynamodb" in network.interface_endpoints:
        yield (
            "interface_endpoints",
            "s3 and dynamodb are gateway endpoints, which are free of charge",
            "move them to gateway_endpoints",
        )
    missing = [name for name in FULLY_PRIVATE_ENDPOINTS if name not in network.interface_endpoints]
    if network.nat == "none" and missing:
        yield (
            "interface_endpoints",
            f"without NAT, nodes reach AWS through endpoints only, and these are missing: {', '.join(missing)}",
            "add them (`interface_endpoints=FULLY_PRIVATE_ENDPOINTS`)",
        )


@rule(Network)
def gateway_endpoints(network: Network) -> Iterator[Problem]:
    """Gateway endpoints that are needed without NAT."""
    yield from each_once("gateway_endpoints", network.gateway_endpoints)
    if network.nat == "none" and "s3" not in network.gateway_endpoints:
        yield "gateway_endpoints", "without NAT, image layers require the s3 gateway endpoint", 'add "s3"'


@rule(ExistingNetwork)
def existing_subnet_count(network: ExistingNetwork) -> Iterator[Problem]:
    """EKS needs two subnets."""
    if len(network.private_subnet_ids) < 2:
        yield (
            "private_subnet_ids",
            f"EKS requires subnets in at least two zones, not {len(network.private_subnet_ids)}",
            "list 2 or more",
        )


@rule(ExistingNetwork)
def existing_subnets_unique(network: ExistingNetwork) -> Iterator[Problem]:
    """Each subnet once."""
    yield from each_once("private_subnet_ids", network.private_subnet_ids + network.public_subnet_ids)


SESSION_MANAGER_ENDPOINTS = ("ec2messages", "ssm", "ssmmessages")
"""Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html."""


@warning(Platform)
def network_warnings(platform: Platform) -> Iterator[Problem]:
    """Missing endpoints, and addresses that run out when every node exists and is full."""
    network, cluster = platform.network, platform.cluster
    if not isinstance(network, Network) or not isinstance(cluster, Cluster):
        return
    missing = [name for name in SESSION_MANAGER_ENDPOINTS if name not in network.interface_endpoints]
    if network.nat == "none" and missing and any(group.session_manager for group in cluster.node_groups):
        yield (
            "network.interface_endpoints",
            f"Session Manager cannot reach the nodes without {', '.join(missing)}",
            "add these endpoints or set session_manager=False",
        )
    zone, nodes, needed, free = fullest_zone(platform, per_pod=True)
    if needed > free:
        yield (
            "network.cidr",
            f"{nodes} nodes with the maximum number of pods need {needed:,} addresses in {zone}, and its private subnet has {free:,}",
            "plan a secondary_cidr or a larger block",
        )
