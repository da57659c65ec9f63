"""Fields of the network and the endpoint of the API server.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/vpc-configuration.html
"""

import re
from collections.abc import Callable, Mapping

from modules.converting.field import Entry, Field, Outcome, Table, decided, no_home, same, texts
from modules.settings import FULLY_PRIVATE_ENDPOINTS, ExistingNetwork

NAT = {"single": "single", "highlyavailable": "one_per_zone", "disable": "none"}
OWN_GROUPS = no_home(
    "the platform makes the security groups; rules elsewhere that name this group must name the new one, or a CIDR block",
    matters=True,
)
IPV6 = no_home("clusters are IPv4: Kubeflow is not tested upstream with IPv6", matters=True)
ANYWHERE = "0.0.0.0/0"


def existing(entry: Entry) -> bool:
    """Whether the file names subnets or a VPC that exist."""
    return entry.document.get("vpc", "id") is not None


def _cidr(entry: Entry) -> Outcome:
    if existing(entry):
        return Outcome("maps", "a property of the existing VPC")
    return Outcome(
        "changed", "the same range; its subnets are cut in another way (docs/design.md)", {"network.cidr": entry.value}
    )


def _id(entry: Entry) -> Outcome:
    note = "plans check the VPC; missing tags of its subnets: tag_subnets"
    return Outcome("maps", note, {"network.vpc_id": str(entry.value)}, kinds={"network": ExistingNetwork})


def _subnet(setting: str) -> Callable[[Entry], Outcome]:
    def decide(entry: Entry) -> Outcome:
        if not existing(entry):
            raise ValueError("vpc.id is missing, so the subnets' VPC is unknown; set network=ExistingNetwork(vpc_id=…)")
        return Outcome("maps", "", {f"{setting}<{entry.value}>": str(entry.value)})

    return decide


def _part_of_subnet(entry: Entry) -> Outcome:
    around = entry.document.get(*entry.path[:-1])
    if isinstance(around, Mapping) and around.get("id"):
        return Outcome("maps", "a property of the existing subnet")
    if existing(entry):
        return Outcome("by_hand", "look up the id of this subnet and add it to network", {}, True)
    return Outcome("no_home", "the platform cuts the range of the VPC into subnets itself", {}, True)


def _nat(entry: Entry) -> Outcome:
    if existing(entry):
        return Outcome("maps", "a property of the existing VPC")
    name = NAT.get(str(entry.value).lower())
    if name is None:
        raise ValueError(f"{entry.value} is not a kind of NAT gateway; set network.nat")
    if name == "none":
        endpoints = {"network.interface_endpoints": FULLY_PRIVATE_ENDPOINTS}
        return Outcome(
            "changed", "with endpoints of AWS services, which nodes need then", {"network.nat": name, **endpoints}
        )
    return Outcome("maps", "", {"network.nat": name})


def _public(entry: Entry) -> Outcome:
    if not entry.value:
        return Outcome("maps", "no network in public_access_cidrs", {"cluster.public_access_cidrs": ()})
    if entry.document.get("vpc", "publicAccessCIDRs"):
        return Outcome("maps", "for the networks in public_access_cidrs")
    return Outcome(
        "changed", "eksctl opens it to the internet; here the networks are listed (public_access_cidrs)", {}, True
    )


def _private(entry: Entry) -> Outcome:
    if entry.value:
        return Outcome("maps", "always")
    return Outcome("changed", "the private endpoint is always on: nodes reach the API server through it")


def _public_cidrs(entry: Entry) -> Outcome:
    if entry.document.get("vpc", "clusterEndpoints", "publicAccess") is False:
        return Outcome("changed", "not used: publicAccess is false")
    blocks = tuple(map(str, entry.value)) if isinstance(entry.value, list) else entry.value
    settings = {"cluster.public_access_cidrs": blocks}
    if isinstance(blocks, tuple) and ANYWHERE in blocks:
        note = "the API server is reachable from the internet; list your networks"
        return Outcome("changed", note, {**settings, "cluster.public_access_from_anywhere": True}, True)
    return Outcome("maps", "", settings)


def _extra(entry: Entry) -> Outcome:
    blocks = entry.value if isinstance(entry.value, list) else [entry.value]
    if existing(entry):
        return Outcome("maps", "a property of the existing VPC")
    if len(blocks) != 1:
        raise ValueError(
            f"one block in addition to the VPC's is possible, not {len(blocks)}; choose one as network.secondary_cidr"
        )
    return Outcome("changed", "a second block for pods only", {"network.secondary_cidr": str(blocks[0])}, True)


def _control_plane(entry: Entry) -> Outcome:
    if entry.value:
        return Outcome("maps", "always")
    return Outcome("changed", "interfaces of the control plane are in private subnets only")


def _fully_private(entry: Entry) -> Outcome:
    if not entry.value:
        return Outcome("maps", "is off")
    settings: dict[str, object] = {"cluster.public_access_cidrs": ()}
    if existing(entry):
        settings["network.internet_route"] = False
    else:
        settings |= {
            "network.nat": "none",
            "network.fully_private": True,
            "network.interface_endpoints": FULLY_PRIVATE_ENDPOINTS,
        }
    return Outcome("maps", "images of Kubeflow must be mirrored to ECR (services.repositories)", settings, True)


def _endpoints(entry: Entry) -> Outcome:
    if existing(entry):
        return Outcome("by_hand", "the platform makes no endpoints in an existing VPC; make them there", {}, True)
    if not entry.document.get("privateCluster", "enabled"):
        return Outcome("maps", "not used: privateCluster is off")
    return Outcome("maps", "in addition to what nodes need")


def endpoint_name(service: str) -> str:
    """The name of a service without the part of the region: `com.amazonaws.us-west-2.logs` is `logs`."""
    return re.sub(r"^(cn\.)?com\.amazonaws\.[a-z0-9-]+\.", "", service)


def _family(entry: Entry) -> Outcome | None:
    return Outcome("maps") if str(entry.value).lower() == "ipv4" else None


FIELDS: Table = {
    "availabilityZones": same("network.zones", texts),
    "localZones": no_home("Local Zones are not supported", matters=True),
    "vpc.id": decided("network.vpc_id", _id),
    "vpc.cidr": decided("network.cidr", _cidr),
    "vpc.subnets.private.*.id": decided("network.private_subnet_ids", _subnet("network.private_subnet_ids")),
    "vpc.subnets.private.*.cidr": decided("", _part_of_subnet),
    "vpc.subnets.private.*.az": decided("", _part_of_subnet),
    "vpc.subnets.public.*.id": decided("network.public_subnet_ids", _subnet("network.public_subnet_ids")),
    "vpc.subnets.public.*.cidr": decided("", _part_of_subnet),
    "vpc.subnets.public.*.az": decided("", _part_of_subnet),
    "vpc.nat.gateway": decided("network.nat", _nat),
    "vpc.clusterEndpoints.publicAccess": decided("cluster.public_access_cidrs", _public),
    "vpc.clusterEndpoints.privateAccess": decided("", _private),
    "vpc.publicAccessCIDRs": decided("cluster.public_access_cidrs", _public_cidrs),
    "vpc.controlPlaneSubnetIDs": no_home("the control plane uses the private subnets", matters=True),
    "vpc.controlPlaneOnPrivateSubnets": decided("", _control_plane),
    "vpc.controlPlaneEgressMode": no_home("the control plane reaches webhooks and nodes through the VPC"),
    "vpc.controlPlaneSecurityGroupIDs": OWN_GROUPS,
    "vpc.securityGroup": OWN_GROUPS,
    "vpc.sharedNodeSecurityGroup": OWN_GROUPS,
    "vpc.manageSharedNodeSecurityGroupRules": no_home("the platform manages the rules of its groups"),
    "vpc.extraCIDRs": decided("network.secondary_cidr", _extra),
    "vpc.extraIPv6CIDRs": IPV6,
    "vpc.autoAllocateIPv6": Field(
        "no_home", "", IPV6.note, True, lambda entry: None if entry.value else Outcome("maps", "is off")
    ),
    "vpc.ipv6Cidr": IPV6,
    "vpc.ipv6Pool": IPV6,
    "vpc.hostnameType": no_home("nodes have names by their address, as EKS sets them"),
    "kubernetesNetworkConfig.ipFamily": Field("no_home", "", IPV6.note, True, _family),
    "kubernetesNetworkConfig.serviceIPv4CIDR": same("cluster.service_cidr"),
    "kubernetesNetworkConfig.serviceIPv6CIDR": IPV6,
    "privateCluster.enabled": decided("network.fully_private", _fully_private),
    "privateCluster.additionalEndpointServices": decided("network.interface_endpoints", _endpoints),
    "privateCluster.skipEndpointCreation": Field(
        "by_hand",
        note="an existing VPC has the endpoints already: check that it has those of network.interface_endpoints",
        matters=True,
        decide=lambda entry: None if entry.value else Outcome("maps", "is off"),
    ),
}
