"""Rules about zones and addresses: what the region has, what nodes stand in, and what they and their pods take."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from modules.aws_data.instance_types import instance_type, known
from modules.aws_data.pods import ADDRESSES_PER_PREFIX
from modules.aws_data.pods import max_pods as pods_with_addresses
from modules.aws_data.regions import REGIONS, region
from modules.network.plan import private_cidrs
from modules.settings.cluster import Cluster
from modules.settings.network import Network
from modules.settings.node_group import NodeGroup
from modules.settings.section import Problem, of_each

if TYPE_CHECKING:
    from modules.settings.platform import Platform

ADDRESSES_RESERVED = 5
"""In each subnet, by AWS. Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html."""


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


def pods_of_a_node(platform: "Platform") -> Iterator[Problem]:
    """vpc-cni has addresses for the pods that a group asks for."""
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
    if platform.custom_networking and isinstance(platform.cluster, Cluster) and not platform.cluster.node_groups:
        yield (
            "network.secondary_cidr",
            "pods take its addresses on nodes of a node group, and there is none; leave it out, or give a node group",
        )


NETWORK_CHECKS = (
    zones_of_the_region,
    zones_of_groups,
    addresses_of_services,
    nodes_have_addresses,
    pods_of_a_node,
    pods_elsewhere,
)
