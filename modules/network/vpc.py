"""The created VPC: subnets, routes, NAT, endpoints, flow logs."""

from collections.abc import Mapping, Sequence

from cdktf import ITerraformDependable, Precondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_availability_zones import (
    DataAwsAvailabilityZones,
    DataAwsAvailabilityZonesFilter,
)
from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.internet_gateway import InternetGateway
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc as AwsVpc
from cdktf_cdktf_provider_aws.vpc_ipv4_cidr_block_association import VpcIpv4CidrBlockAssociation
from constructs import Construct

from modules.naming import addressed, aws_name
from modules.network.outputs import NetworkOutputs
from modules.network.plan import private_cidrs, public_cidrs
from modules.security_scan import accepted
from modules.settings import Network

PUBLIC_LOAD_BALANCER_TAG = {"kubernetes.io/role/elb": "1"}
INTERNAL_LOAD_BALANCER_TAG = {"kubernetes.io/role/internal-elb": "1"}
"""Subnet discovery tags of load balancer controllers and EKS Auto Mode.

Source: https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html
"""


class Vpc(Construct):
    """A VPC for one platform: private and public subnets in each zone, routes, and an empty default security group.

    Args:
        platform_name: prefix of the Name tags.
        network: network settings.
        zones: at least two zone names.
        excluded_zone_ids: ids of zones of the region where EKS refuses subnets of a control plane.
        private_tags: further discovery tags of the private subnets.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        platform_name: str,
        network: Network,
        zones: Sequence[str],
        excluded_zone_ids: Sequence[str] = (),
        private_tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id_)
        self.platform_name = platform_name
        self.zones = zones
        self.cidrs = [str(block) for block in (network.cidr, network.secondary_cidr) if block is not None]
        """IPv4 blocks of the VPC; known at synthesis."""
        self.resource = self._vpc(network, excluded_zone_ids)
        # The default security group allows traffic among its members; it is emptied, so that accidental members have no access.
        addressed(
            "this", DefaultSecurityGroup(self, "default-security-group", vpc_id=self.resource.id, ingress=[], egress=[])
        )
        self.private = self._subnets(
            "private", private_cidrs(network.cidr, zones), {**INTERNAL_LOAD_BALANCER_TAG, **(private_tags or {})}
        )
        self.public: dict[str, Subnet] = {}
        self.pods: dict[str, Subnet] = {}
        if network.secondary_cidr is not None:
            second = addressed(
                "pods",
                VpcIpv4CidrBlockAssociation(
                    self, "secondary-cidr", vpc_id=self.resource.id, cidr_block=str(network.secondary_cidr)
                ),
            )
            self.pods = self._subnets("pods", private_cidrs(network.secondary_cidr, zones), {}, depends_on=[second])
        self.private_route_tables = {
            zone: self._route_table("private", zone, self.private, self.pods) for zone in zones
        }
        if not network.fully_private:
            self._internet(network)

    def _vpc(self, network: Network, excluded_zone_ids: Sequence[str]) -> AwsVpc:
        names = DataAwsAvailabilityZonesFilter(name="zone-name", values=list(self.zones))
        excluded = list(excluded_zone_ids) or None
        available = addressed(
            "available",
            DataAwsAvailabilityZones(self, "zones", state="available", filter=[names], exclude_zone_ids=excluded),
        )
        except_for = f", except {', '.join(excluded)}, where EKS has no control plane" if excluded else ""
        vpc = addressed(
            "this",
            AwsVpc(
                self,
                "vpc",
                cidr_block=str(network.cidr),
                enable_dns_support=True,
                enable_dns_hostnames=True,  # required by EKS for a private endpoint
                tags={"Name": self.platform_name},
                lifecycle=TerraformResourceLifecycle(
                    precondition=[
                        Precondition(
                            condition=f"${{length({available.fqn}.names) == {len(self.zones)}}}",
                            error_message=f"network.zones: this account cannot use all of {', '.join(self.zones)}; set zones "
                            f"that `aws ec2 describe-availability-zones` lists as available{except_for}.",
                        )
                    ]
                ),
            ),
        )
        if network.flow_logs is None:
            accepted(vpc, CKV2_AWS_11="Disabled by settings: flow_logs=None.")
        return vpc

    def _subnets(
        self, kind: str, cidrs: dict[str, str], tags: dict[str, str], depends_on: Sequence[ITerraformDependable] = ()
    ) -> dict[str, Subnet]:
        return {
            zone: addressed(
                f"{kind}_{zone}",
                Subnet(
                    self,
                    f"{kind}-{zone}",
                    vpc_id=self.resource.id,
                    availability_zone=zone,
                    cidr_block=cidr,
                    tags={"Name": aws_name(self.platform_name, kind, zone), **tags},
                    depends_on=list(depends_on) or None,
                ),
            )
            for zone, cidr in cidrs.items()
        }

    def _route_table(self, kind: str, zone: str, *subnets: dict[str, Subnet]) -> RouteTable:
        """One route table per zone even with a single NAT gateway, so that a change to one per zone changes routes only."""
        name = f"{kind}_{zone}" if zone else kind
        table = addressed(
            name,
            RouteTable(
                self,
                f"{kind}-routes-{zone}",
                vpc_id=self.resource.id,
                tags={"Name": aws_name(self.platform_name, kind, *([zone] if zone else []))},
            ),
        )
        for group in subnets:
            for subnet_zone, subnet in group.items():
                if zone in {"", subnet_zone}:
                    self._associate(table, subnet)
        return table

    def _associate(self, table: RouteTable, subnet: Subnet) -> None:
        addressed(
            subnet.friendly_unique_id,
            RouteTableAssociation(self, f"{subnet.node.id}-routes", route_table_id=table.id, subnet_id=subnet.id),
        )

    def _internet(self, network: Network) -> None:
        self.public = self._subnets("public", public_cidrs(network.cidr, self.zones), PUBLIC_LOAD_BALANCER_TAG)
        gateway = addressed(
            "this", InternetGateway(self, "internet", vpc_id=self.resource.id, tags={"Name": self.platform_name})
        )
        public_routes = self._route_table("public", "", self.public)
        addressed(
            "public_internet",
            Route(
                self,
                "public-internet",
                route_table_id=public_routes.id,
                destination_cidr_block="0.0.0.0/0",
                gateway_id=gateway.id,
            ),
        )
        nat_zones = {"none": [], "single": self.zones[:1], "one_per_zone": self.zones}[network.nat]
        nat = {zone: self._nat_gateway(zone, gateway) for zone in nat_zones}
        for zone, table in self.private_route_tables.items():
            if nat:
                addressed(
                    f"private_{zone}_internet",
                    Route(
                        self,
                        f"private-{zone}-internet",
                        route_table_id=table.id,
                        destination_cidr_block="0.0.0.0/0",
                        nat_gateway_id=nat.get(zone, nat[nat_zones[0]]).id,
                    ),
                )

    def _nat_gateway(self, zone: str, gateway: InternetGateway) -> NatGateway:
        name = {"Name": aws_name(self.platform_name, "nat", zone)}
        address = addressed(
            f"nat_{zone}", Eip(self, f"nat-address-{zone}", domain="vpc", tags=name, depends_on=[gateway])
        )
        return addressed(
            zone,
            NatGateway(
                self,
                f"nat-{zone}",
                allocation_id=address.id,
                subnet_id=self.public[zone].id,
                connectivity_type="public",
                tags=name,
                depends_on=[gateway],
            ),
        )

    @property
    def outputs(self) -> NetworkOutputs:
        """Outputs for later stacks."""
        return NetworkOutputs(
            vpc_id=self.resource.id,
            private_subnet_ids=[subnet.id for subnet in self.private.values()],
            public_subnet_ids=[subnet.id for subnet in self.public.values()],
            private_subnet_ids_by_zone={zone: [subnet.id] for zone, subnet in self.private.items()},
            pod_subnet_id_by_zone={zone: subnet.id for zone, subnet in self.pods.items()},
            vpc_cidr_blocks=self.cidrs,
        )
