"""Rules about availability zones of networks and node groups."""

from collections.abc import Iterator

from modules.aws_data.regions import REGIONS, region
from modules.rules.rule import Problem, each_once, of_each, rule, warning
from modules.settings.cluster import Cluster
from modules.settings.network import Network
from modules.settings.node_group import NodeGroup
from modules.settings.platform import Platform


@rule(Platform)
def zones_of_the_region(platform: Platform) -> Iterator[Problem]:
    """The region has the zones, and every account can use them."""
    if not isinstance(platform.network, Network) or platform.region not in REGIONS:
        return
    facts, zones = region(platform.region), platform.network.zones
    have = ", ".join(facts.zones)
    if isinstance(zones, int) and zones > len(facts.zones):
        yield (
            "network.zones",
            f"{platform.region} has {len(facts.zones)} zones ({have}), not {zones}",
            f"set {len(facts.zones)} or fewer",
        )
    elif isinstance(zones, int) and facts.zones_per_account < len(facts.zones):
        yield (
            "network.zones",
            f"an account can use {facts.zones_per_account} of the zones {have}, and which ones differs",
            "list yours (`aws ec2 describe-availability-zones`)",
        )
    for zone in zones if isinstance(zones, tuple) else ():
        if zone not in facts.zones:
            yield "network.zones", f"{zone} is not a zone of {platform.region}", f"use {have}"


@rule(Platform)
def zones_of_groups(platform: Platform) -> Iterator[Problem]:
    """The network has the zones of each group; of an existing network only the region is known."""
    if not isinstance(platform.cluster, Cluster) or platform.region not in REGIONS:
        return
    made = isinstance(platform.network, Network)
    zones = platform.zone_names() if made else region(platform.region).zones

    def check(group: NodeGroup) -> Iterator[Problem]:
        for zone in sorted(set(group.zones) - set(zones)):
            where = "the network" if made else platform.region
            yield "zones", f"{zone} is not a zone of {where}", f"use {', '.join(zones)}"

    yield from of_each("cluster.node_groups", platform.cluster.node_groups, check)


@rule(Network)
def zone_count(network: Network) -> Iterator[Problem]:
    """Number of zones, each once."""
    count = network.zones if isinstance(network.zones, int) else len(network.zones)
    if not 2 <= count <= 6:
        yield (
            "zones",
            f"EKS requires at least 2 zones, and the subnet plan has room for 6, not {count}",
            "set 2 to 6",
        )
    if isinstance(network.zones, tuple):
        yield from each_once("zones", network.zones)


@warning(Platform)
def zones_of_accelerated_groups(platform: Platform) -> Iterator[Problem]:
    """A volume is in one zone, and the autoscaler chooses the zone of the first node of a group without knowing the volume's.

    Source: https://docs.aws.amazon.com/eks/latest/best-practices/cas.html (EBS volumes)
    """
    cluster = platform.cluster
    if not isinstance(cluster, Cluster) or platform.kubeflow is None:
        return
    count = len(platform.zone_names()) if isinstance(platform.network, Network) else 2
    for index, group in enumerate(cluster.node_groups):
        if group.accelerator is not None and group.min_size == 0 and (len(group.zones) or count) > 1:
            yield (
                f"cluster.node_groups[{index}].zones",
                f"{group.name} starts from 0 nodes in several zones: its first node can be in a zone where the volume of a notebook is not",
                "name one zone, or use a group for each zone",
            )
