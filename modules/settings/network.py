"""Settings of the network: a VPC made here, or one that is there already."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field

from modules.settings.section import Problem, Section, each_once, rule
from modules.settings.types import PRIVATE_RANGES, Block, Retention, SubnetId, VpcId, Zones, matching

EndpointService = Annotated[
    str,
    matching(
        r"(?!(cn\.)?com\.)[a-z0-9-]+(\.[a-z0-9-]+)*",
        "a service name such as ecr.api, without the com.amazonaws.<region> before it",
    ),
]


class FlowLogs(Section):
    """Flow logs of the VPC in CloudWatch, encrypted with a key of their own."""

    traffic: Literal["ALL", "ACCEPT", "REJECT"] = Field(
        "ALL", description="Which traffic is recorded. ALL: an investigation needs what was let through, too."
    )
    retention_days: Retention = Field(
        365, description="Days the records are kept. A year: what auditors ask for (CKV_AWS_338)."
    )


class Network(Section):
    """A VPC made for the platform.

    Every subnet's place follows from its zone's letter and never from the number of zones, so that a zone can be added
    or taken away without moving another subnet (a moved subnet is a replaced cluster).
    """

    cidr: Block = Field(
        IPv4Network("10.0.0.0/16"),
        description="IPv4 block of the VPC, /16 to /20. Private subnets get an eighth each (a /19, 8,187 addresses, of a /16), "
        "since with prefix delegation a node takes addresses for its pods 16 at a time.",
    )
    zones: Zones = Field(
        3,
        description="Number of zones (the region's first by name), or the zones by name. At least 2, as EKS demands; three "
        "keep a quorum when one is lost.",
    )
    secondary_cidr: Block | None = Field(
        None,
        description="A second block of the VPC, /16 to /20, that only pods take addresses from (vpc-cni custom networking); "
        "100.64.0.0/16 is usual where company addresses are scarce. None: pods share the private subnets.",
    )
    nat: Literal["none", "single", "one_per_zone"] = Field(
        "single",
        description="NAT gateways of the private subnets. `single` costs least and is lost with its zone; `one_per_zone` survives; "
        "`none` leaves only VPC endpoints as a way out.",
    )
    fully_private: bool = Field(
        False,
        description="No internet gateway and no public subnets at all: nodes reach AWS through `interface_endpoints`, and images "
        "come from ECR. Needs `nat` none.",
    )
    gateway_endpoints: tuple[Literal["s3", "dynamodb"], ...] = Field(
        ("s3",), description="Gateway endpoints, free of charge. s3: image layers and artifacts do not pay for NAT."
    )
    interface_endpoints: tuple[EndpointService, ...] = Field(
        (),
        description="Interface endpoints by service name (`ecr.api`, `sts`, …), each paid by the hour and zone; none by default. "
        "A fully private network needs those in FULLY_PRIVATE_ENDPOINTS.",
    )
    flow_logs: FlowLogs | None = Field(
        FlowLogs(),
        description="Flow logs; on, since they cannot be had afterwards for the day they are needed. None: no logs.",
    )

    @rule
    def _sizes(self) -> Iterator[Problem]:
        yield from block_problems("cidr", self.cidr)

    @rule
    def _secondary_size(self) -> Iterator[Problem]:
        if self.secondary_cidr is not None:
            yield from block_problems("secondary_cidr", self.secondary_cidr)

    @rule
    def _blocks_beside_each_other(self) -> Iterator[Problem]:
        """Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html (IPv4 CIDR block association restrictions)."""
        first, second = self.cidr, self.secondary_cidr
        if second is None:
            return
        if first.overlaps(second):
            yield (
                "secondary_cidr",
                f"{second} overlaps cidr {first}; give a block outside of it, such as 100.64.0.0/16",
            )
        for block in PRIVATE_RANGES:
            if second.subnet_of(block) and not first.subnet_of(block):
                yield (
                    "secondary_cidr",
                    f"{second} cannot stand beside cidr {first}: AWS takes a block of {block} only beside another of it; give a block "
                    "such as 100.64.0.0/16",
                )

    @rule
    def _zones(self) -> Iterator[Problem]:
        count = self.zones if isinstance(self.zones, int) else len(self.zones)
        if not 2 <= count <= 6:
            yield (
                "zones",
                f"the number of zones is {count}; EKS needs 2 or more, and the subnet plan has room for 6: give 2 to 6",
            )
        if isinstance(self.zones, tuple):
            yield from each_once("zones", self.zones)

    @rule
    def _no_internet(self) -> Iterator[Problem]:
        if self.fully_private and self.nat != "none":
            yield "nat", f'a fully private network has no internet gateway for NAT {self.nat!r} to use; set nat="none"'

    @rule
    def _interface_endpoints(self) -> Iterator[Problem]:
        yield from each_once("interface_endpoints", self.interface_endpoints)
        if "s3" in self.interface_endpoints or "dynamodb" in self.interface_endpoints:
            yield (
                "interface_endpoints",
                "s3 and dynamodb are gateway endpoints, free of charge; name them in gateway_endpoints",
            )
        missing = [name for name in FULLY_PRIVATE_ENDPOINTS if name not in self.interface_endpoints]
        if self.nat == "none" and missing:
            yield (
                "interface_endpoints",
                f"without NAT, nodes reach AWS only through endpoints, and these are missing: {', '.join(missing)}; add them "
                "(`interface_endpoints=FULLY_PRIVATE_ENDPOINTS`)",
            )

    @rule
    def _gateway_endpoints(self) -> Iterator[Problem]:
        yield from each_once("gateway_endpoints", self.gateway_endpoints)
        if self.nat == "none" and "s3" not in self.gateway_endpoints:
            yield "gateway_endpoints", 'without NAT, image layers come through the s3 gateway endpoint; add "s3"'


def block_problems(name: str, block: IPv4Network) -> Iterator[Problem]:
    """Size and kind of a block of the VPC."""
    if not 16 <= block.prefixlen <= 20:
        yield (
            name,
            f"{block} is a /{block.prefixlen}; give a block from /16 (the largest AWS takes) to /20 (an eighth of which "
            "still has 507 addresses for nodes and pods)",
        )
    elif block.is_loopback or block.is_link_local or block.is_multicast or block.is_reserved or block[0].packed[0] == 0:
        yield name, f"{block} is not for hosts; give a private block, such as 10.0.0.0/16"


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

    vpc_id: VpcId = Field(description="Id of the VPC.")
    private_subnet_ids: tuple[SubnetId, ...] = Field(
        description="Subnets for nodes, pods and the control plane's interfaces, in 2 zones or more. Checked at plan: zones, free "
        "addresses, tags, and a default route (also by the VPC's main route table)."
    )
    public_subnet_ids: tuple[SubnetId, ...] = Field((), description="Subnets for public load balancers; none is fine.")
    minimum_free_addresses: int = Field(
        64,
        ge=6,
        description="Free addresses that each private subnet must have at plan. 64: four nodes' first prefixes of 16. AWS's own "
        "minimum for a cluster is 6.",
    )
    internet_route: bool = Field(
        True,
        description="Whether private subnets must have a default route (NAT, transit gateway, …). False: you have VPC endpoints.",
    )
    tag_subnets: bool = Field(
        False,
        description="Add the `kubernetes.io/role/…` tags that load balancers look for, if they are missing. False: a missing tag "
        "fails the plan and is named.",
    )

    @rule
    def _two_or_more(self) -> Iterator[Problem]:
        if len(self.private_subnet_ids) < 2:
            yield (
                "private_subnet_ids",
                f"the number of subnets is {len(self.private_subnet_ids)}; EKS needs them in 2 zones: give 2 or more",
            )

    @rule
    def _subnets_once(self) -> Iterator[Problem]:
        yield from each_once("private_subnet_ids", self.private_subnet_ids + self.public_subnet_ids)
