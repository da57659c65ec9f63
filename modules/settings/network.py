"""Settings of the network: a new VPC, or an existing one."""

from ipaddress import IPv4Network
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from modules.settings.section import NotSettings, Section
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


IPV6 = (
    "is not a setting: the platform is IPv4 only, since VPC, security groups, policies of the pod network and Kubeflow's charts are",
    "remove it; secondary_cidr of Network has addresses for more pods",
)


class FlowLogs(Section):
    """Flow logs of the VPC in CloudWatch, encrypted with their own key."""

    traffic: Literal["ALL", "ACCEPT", "REJECT"] = "ALL"
    """Recorded traffic. ALL: investigations need accepted traffic as well."""
    retention_days: Retention = 365
    """Retention in days. Audits usually require a year (CKV_AWS_338)."""


class Network(Section):
    """A VPC created by the platform.

    The address range of each subnet depends on its zone's letter, not on the number of zones, so that a change of zones
    does not replace other subnets. Choose the zones before the first apply: EKS accepts no zone for its control plane that
    the cluster was not created with.
    """

    NOT_SETTINGS: ClassVar[NotSettings] = dict.fromkeys(("assign_ipv6_cidr", "enable_ipv6", "ipv6", "ipv6_cidr"), IPV6)

    cidr: Block = parsed_default(IPv4Network("10.0.0.0/16"))
    """IPv4 block of the VPC, /16 to /20. Each private subnet gets an eighth (a /19 of a /16: 8,187 addresses), since
    with prefix delegation a node allocates pod addresses in blocks of 16.
    """
    zones: Zones = 3
    """Number of zones (the first of the region by name), or zone names. EKS requires at least 2; three keep a quorum if
    one fails.
    """
    secondary_cidr: OptionalBlock = parsed_default(None)
    """A second block of the VPC for pods only, /16 to /20 (vpc-cni custom networking); 100.64.0.0/16 is common where
    company addresses are scarce. None: pods use the private subnets.
    """
    nat: Literal["none", "single", "one_per_zone"] = "single"
    """NAT gateways of the private subnets. `single` is cheapest and fails with its zone; `one_per_zone` tolerates a
    zone failure; `none` leaves VPC endpoints only.
    """
    fully_private: bool = False
    """No internet gateway and no public subnets: nodes reach AWS through `interface_endpoints`, and images come from
    ECR. Requires `nat` none.
    """
    gateway_endpoints: tuple[Literal["s3", "dynamodb"], ...] = ("s3",)
    """Gateway endpoints, free of charge. s3: image layers and artifacts bypass NAT."""
    interface_endpoints: tuple[EndpointService, ...] = ()
    """Interface endpoints by service name (`ecr.api`, `sts`, …), billed per hour and zone; none by default. A fully
    private network requires those in FULLY_PRIVATE_ENDPOINTS.
    """
    flow_logs: FlowLogs | None = FlowLogs()
    """Flow logs. Enabled: flow logs cannot be created retroactively. None: no flow logs."""


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
    """An existing VPC. It is not changed unless a setting says so; requirements are verified at plan."""

    vpc_id: VpcId
    """Id of the VPC."""
    private_subnet_ids: tuple[SubnetId, ...]
    """Subnets for nodes, pods and the control plane's interfaces, in 2 zones or more. Verified at plan: zones, free
    addresses, tags, and a default route (also in the VPC's main route table).
    """
    public_subnet_ids: tuple[SubnetId, ...] = ()
    """Subnets for public load balancers; can be empty."""
    minimum_free_addresses: int = Field(default=64, ge=6)
    """Free addresses required in each private subnet at plan. 64: the first prefixes of 16 addresses of four nodes. The
    minimum of EKS is 6.
    """
    internet_route: bool = True
    """Require a default route (NAT, transit gateway, …) for private subnets. False: for VPC endpoints only."""
    tag_subnets: bool = False
    """Add missing `kubernetes.io/role/…` tags, which load balancers require. False: the plan fails and names a missing
    tag.
    """
