"""Settings of the network: a VPC made here, or one that is there already."""

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field

from modules.settings.section import Section
from modules.settings.types import (
    Block,
    OptionalBlock,
    Retention,
    SubnetId,
    VpcId,
    Zones,
    matching,
    parsed_default,
)

EndpointService = Annotated[
    str,
    matching(
        r"(?!(cn\.)?com\.)[a-z0-9-]+(\.[a-z0-9-]+)*",
        "a service name such as ecr.api, without the com.amazonaws.<region> before it",
    ),
]


class FlowLogs(Section):
    """Flow logs of the VPC in CloudWatch, encrypted with a key of their own."""

    traffic: Literal["ALL", "ACCEPT", "REJECT"] = "ALL"
    """Which traffic is recorded. ALL: an investigation needs what was let through, too."""
    retention_days: Retention = 365
    """Days the records are kept. A year: what auditors ask for (CKV_AWS_338)."""


class Network(Section):
    """A VPC made for the platform.

    Every subnet's place follows from its zone's letter and never from the number of zones, so that a zone can be added
    or taken away without moving another subnet (a moved subnet is a replaced cluster).
    """

    cidr: Block = parsed_default(IPv4Network("10.0.0.0/16"))
    """IPv4 block of the VPC, /16 to /20. Private subnets get an eighth each (a /19, 8,187 addresses, of a /16), since with
    prefix delegation a node takes addresses for its pods 16 at a time.
    """
    zones: Zones = 3
    """Number of zones (the region's first by name), or the zones by name. At least 2, as EKS demands; three keep a quorum
    when one is lost.
    """
    secondary_cidr: OptionalBlock = parsed_default(None)
    """A second block of the VPC, /16 to /20, that only pods take addresses from (vpc-cni custom networking); 100.64.0.0/16
    is usual where company addresses are scarce. None: pods share the private subnets.
    """
    nat: Literal["none", "single", "one_per_zone"] = "single"
    """NAT gateways of the private subnets. `single` costs least and is lost with its zone; `one_per_zone` survives; `none`
    leaves only VPC endpoints as a way out.
    """
    fully_private: bool = False
    """No internet gateway and no public subnets at all: nodes reach AWS through `interface_endpoints`, and images come
    from ECR. Needs `nat` none.
    """
    gateway_endpoints: tuple[Literal["s3", "dynamodb"], ...] = ("s3",)
    """Gateway endpoints, free of charge. s3: image layers and artifacts do not pay for NAT."""
    interface_endpoints: tuple[EndpointService, ...] = ()
    """Interface endpoints by service name (`ecr.api`, `sts`, …), each paid by the hour and zone; none by default. A fully
    private network needs those in FULLY_PRIVATE_ENDPOINTS.
    """
    flow_logs: FlowLogs | None = FlowLogs()
    """Flow logs; on, since they cannot be had afterwards for the day they are needed. None: no logs."""


FULLY_PRIVATE_ENDPOINTS = (
    "autoscaling",
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "elasticloadbalancing",
    "logs",
    "sts",
)
"""What nodes, add-ons and autoscaler call when there is no way to the internet.

Source: https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
"""


class ExistingNetwork(Section):
    """A VPC that is there already. Nothing of it is changed unless a setting says so; its fitness is checked at plan."""

    vpc_id: VpcId
    """Id of the VPC."""
    private_subnet_ids: tuple[SubnetId, ...]
    """Subnets for nodes, pods and the control plane's interfaces, in 2 zones or more. Checked at plan: zones, free
    addresses, tags, and a default route (also by the VPC's main route table).
    """
    public_subnet_ids: tuple[SubnetId, ...] = ()
    """Subnets for public load balancers; none is fine."""
    minimum_free_addresses: int = Field(default=64, ge=6)
    """Free addresses that each private subnet must have at plan. 64: four nodes' first prefixes of 16. AWS's own minimum
    for a cluster is 6.
    """
    internet_route: bool = True
    """Whether private subnets must have a default route (NAT, transit gateway, …). False: you have VPC endpoints."""
    tag_subnets: bool = False
    """Add the `kubernetes.io/role/…` tags that load balancers look for, if they are missing. False: a missing tag fails
    the plan and is named.
    """
