"""Leftovers in EC2: instances, volumes, snapshots, network interfaces, security groups, endpoints and the VPC itself."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.checks.finding import Kind
from modules.checks.teardown import kinds
from modules.checks.teardown.outside import CNI_TAG, EBS_TAG, EKS_TAG, ELB_TAG, GUARDDUTY_TAG
from modules.live.aws import Aws
from modules.live.leftovers.found import Leftover
from modules.live.leftovers.identity import Identity, Tags, tags_of

Item = Mapping[str, Any]
ENDED = frozenset({"terminated", "shutting-down", "deleted", "deleting", "Deleted", "Deleting"})
"""States of what AWS still lists for a while."""
GUARDDUTY_GROUP = "GuardDutyManagedSecurityGroup"
"""Source: https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring-agent-resource-clean-up.html"""
CNI_DESCRIPTION = "aws-K8S-"
"""Source: https://github.com/aws/amazon-vpc-cni-k8s/blob/master/pkg/awsutils/awsutils.go"""
NODE_INTERFACES = frozenset({"interface", "efa", "trunk", "branch"})
"""Types of interfaces that the VPC CNI and users create; other types are managed by a service of AWS.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html
"""
MANAGED_DESCRIPTIONS = ("VPC Endpoint Interface", "ELB ", "Interface for NAT Gateway")
"""Of interfaces that AWS deletes with what they are for."""
CLASSIC_GROUP = "k8s-elb-"
"""Source: https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/aws.go"""
MADE_KINDS = (kinds.LOAD_BALANCERS, kinds.VOLUMES, kinds.INTERFACES, kinds.NODES, kinds.GUARDDUTY)
"""Kinds that belong to the platform by their form alone, inside its VPC."""


@dataclass(frozen=True)
class Type:
    """One type of EC2 resource and how it is listed."""

    type: str
    operation: str
    items: Callable[[Any], Iterator[Item]]
    id: str
    """Key of the id."""
    kind: Callable[[Item, Tags], Kind]
    name: Callable[[Item], str] = lambda _: ""
    ends: Callable[[Item], bool] = lambda _: False
    """Whether AWS is already deleting it."""
    vpc: str = "VpcId"
    """Key of its VPC; empty: it is in none."""
    parameters: tuple[tuple[str, Any], ...] = ()


def leftovers(aws: Aws, identity: Identity) -> Iterator[Leftover]:
    """All of EC2 that belongs to a platform, or prevents the deletion of its VPC."""
    for one in TYPES:
        answer = aws.get("ec2", one.operation, **dict(one.parameters))
        for item in one.items(answer):
            tags = tags_of(item.get("Tags") or item.get("TagSet"))
            id_ = str(item[one.id])
            if one.ends(item) or id_ in identity.recorded:
                continue
            kind = one.kind(item, tags)
            name = one.name(item) or tags.get("Name", "")
            if mark := identity.mark(tags) or ("named by a PersistentVolume" if id_ in identity.handles else ""):
                yield Leftover(kind, one.type, id_, name, mark)
            elif one.vpc and item.get(one.vpc) in identity.vpc_ids:
                known = kind in MADE_KINDS and not identity.is_of_other(tags)
                yield Leftover(
                    kind if known else kinds.IN_NETWORK, one.type, id_, name, f"in {item[one.vpc]}", removable=known
                )


def _listed(key: str) -> Callable[[Any], Iterator[Item]]:
    return lambda answer: iter(answer[key])


def _instances(answer: Any) -> Iterator[Item]:
    return (one for reservation in answer["Reservations"] for one in reservation["Instances"])


def _interfaces(answer: Any) -> Iterator[Item]:
    """Without those that end with their instance, load balancer, endpoint, gateway or database."""
    return (
        one
        for one in answer["NetworkInterfaces"]
        if not one.get("RequesterManaged")
        and one.get("InterfaceType", "interface") in NODE_INTERFACES
        and "InstanceId" not in one.get("Attachment", {})
        and not str(one.get("Description", "")).startswith(MANAGED_DESCRIPTIONS)
    )


def _groups(answer: Any) -> Iterator[Item]:
    """Without default groups, which end with their VPC."""
    return (one for one in answer["SecurityGroups"] if one["GroupName"] != "default")


def _own_vpc(answer: Any) -> Iterator[Item]:
    return (one for one in answer["Vpcs"] if not one.get("IsDefault"))


def _of_nodes(item: Item, tags: Tags) -> Kind:
    karpenter = any(key.startswith(("karpenter.", EKS_TAG)) for key in tags)
    return (
        kinds.NODES
        if karpenter or str(item.get("LaunchTemplateName", "")).startswith("karpenter.")
        else kinds.NOT_DESTROYED
    )


def _of_volumes(_: Item, tags: Tags) -> Kind:
    return kinds.VOLUMES if EBS_TAG in tags or any(key.startswith("CSIVolume") for key in tags) else kinds.NOT_DESTROYED


def _of_interfaces(item: Item, tags: Tags) -> Kind:
    cni = CNI_TAG in tags or str(item.get("Description", "")).startswith(CNI_DESCRIPTION)
    return kinds.INTERFACES if cni else kinds.NOT_DESTROYED


def _of_groups(item: Item, tags: Tags) -> Kind:
    name = item["GroupName"]
    if GUARDDUTY_TAG in tags or name.startswith(GUARDDUTY_GROUP):
        return kinds.GUARDDUTY
    if ELB_TAG in tags or name.startswith(CLASSIC_GROUP):
        return kinds.LOAD_BALANCERS
    return kinds.NOT_DESTROYED


def _of_endpoints(item: Item, tags: Tags) -> Kind:
    guardduty = GUARDDUTY_TAG in tags or item["ServiceName"].endswith(".guardduty-data")
    return kinds.GUARDDUTY if guardduty else kinds.NOT_DESTROYED


def _of_terraform(_: Item, __: Tags) -> Kind:
    return kinds.NOT_DESTROYED


def _ended(item: Item) -> bool:
    state = item.get("State")
    return (state["Name"] if isinstance(state, Mapping) else state) in ENDED


TYPES = (
    Type("instance", "describe_instances", _instances, "InstanceId", _of_nodes, ends=_ended),
    Type("volume", "describe_volumes", _listed("Volumes"), "VolumeId", _of_volumes, ends=_ended, vpc=""),
    Type(
        "snapshot",
        "describe_snapshots",
        _listed("Snapshots"),
        "SnapshotId",
        _of_volumes,
        vpc="",
        parameters=(("OwnerIds", ["self"]),),
    ),
    Type(
        "VPC endpoint",
        "describe_vpc_endpoints",
        _listed("VpcEndpoints"),
        "VpcEndpointId",
        _of_endpoints,
        name=lambda item: str(item["ServiceName"]),
        ends=_ended,
    ),
    Type(
        "network interface",
        "describe_network_interfaces",
        _interfaces,
        "NetworkInterfaceId",
        _of_interfaces,
        name=lambda item: str(item.get("Description", "")),
    ),
    Type(
        "security group",
        "describe_security_groups",
        _groups,
        "GroupId",
        _of_groups,
        name=lambda item: str(item["GroupName"]),
    ),
    Type(
        "launch template",
        "describe_launch_templates",
        _listed("LaunchTemplates"),
        "LaunchTemplateId",
        _of_nodes,
        name=lambda item: str(item["LaunchTemplateName"]),
        vpc="",
    ),
    Type("NAT gateway", "describe_nat_gateways", _listed("NatGateways"), "NatGatewayId", _of_terraform, ends=_ended),
    Type("elastic IP", "describe_addresses", _listed("Addresses"), "AllocationId", _of_terraform, vpc=""),
    Type(
        "internet gateway",
        "describe_internet_gateways",
        _listed("InternetGateways"),
        "InternetGatewayId",
        _of_terraform,
        vpc="",
    ),
    Type("subnet", "describe_subnets", _listed("Subnets"), "SubnetId", _of_terraform),
    Type("route table", "describe_route_tables", _listed("RouteTables"), "RouteTableId", _of_terraform, vpc=""),
    Type("flow log", "describe_flow_logs", _listed("FlowLogs"), "FlowLogId", _of_terraform, vpc=""),
    Type("VPC", "describe_vpcs", _own_vpc, "VpcId", _of_terraform, vpc=""),
)
"""In the order in which they are listed."""
