"""Instance types that the zones of the platform offer."""

from collections.abc import Iterator

from modules.doctor.account import Place
from modules.doctor.finding import Finding
from modules.settings import Cluster, ExistingNetwork, Network, NodeGroup


def zones_of(place: Place, group: NodeGroup) -> tuple[str, ...]:
    """Zones in which a node group starts nodes."""
    network = place.platform.network
    if group.zones:
        return group.zones
    if isinstance(network, Network):
        return place.platform.zone_names()
    assert isinstance(network, ExistingNetwork)
    subnets = place.aws.get("ec2", "describe_subnets", SubnetIds=list(network.private_subnet_ids))["Subnets"]
    return tuple(sorted({one["AvailabilityZone"] for one in subnets}))


def types_are_offered(place: Place) -> Iterator[Finding]:
    """Every zone of a node group offers one of its instance types."""
    cluster = place.platform.cluster
    if not isinstance(cluster, Cluster) or not cluster.node_groups:
        return
    missing = [one for group in cluster.node_groups for one in _missing(place, group)]
    yield from missing
    if not missing:
        names = sorted({name for group in cluster.node_groups for name in group.instance_types})
        yield Finding("ok", f"{', '.join(names)} offered in all zones of the node groups")


def _missing(place: Place, group: NodeGroup) -> Iterator[Finding]:
    zones = zones_of(place, group)
    offers = place.aws.get(
        "ec2",
        "describe_instance_type_offerings",
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": list(group.instance_types)}],
    )["InstanceTypeOfferings"]
    offered = {one["Location"] for one in offers}
    without = [zone for zone in zones if zone not in offered]
    if without:
        choice = f"or zones that offer them: {', '.join(sorted(offered))}" if offered else "which this region offers"
        yield Finding(
            "error",
            f"node group {group.name}: {', '.join(group.instance_types)} not offered in {', '.join(without)}",
            f"choose other instance_types, {choice}",
        )
