"""An existing VPC, read and checked by data sources and not changed."""

from collections.abc import Sequence

from cdktf import Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_route_table import DataAwsRouteTable
from cdktf_cdktf_provider_aws.data_aws_route_tables import DataAwsRouteTables, DataAwsRouteTablesFilter
from cdktf_cdktf_provider_aws.data_aws_subnet import DataAwsSubnet
from cdktf_cdktf_provider_aws.data_aws_vpc import DataAwsVpc
from cdktf_cdktf_provider_aws.ec2_tag import Ec2Tag
from constructs import Construct

from modules.naming import addressed
from modules.network.outputs import NetworkOutputs
from modules.network.vpc import INTERNAL_LOAD_BALANCER_TAG, PUBLIC_LOAD_BALANCER_TAG
from modules.settings import ExistingNetwork


class ExistingVpc(Construct):
    """Look up a VPC and its subnets, and fail the plan if they do not meet the requirements.

    Args:
        network: ids and requirements.
        excluded_zone_ids: ids of zones of the region where EKS refuses subnets of a control plane.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
    """

    def __init__(
        self, scope: Construct, id_: str, *, network: ExistingNetwork, excluded_zone_ids: Sequence[str] = ()
    ) -> None:
        super().__init__(scope, id_)
        self.network = network
        self.excluded_zone_ids = excluded_zone_ids
        self.vpc = addressed(
            "this",
            DataAwsVpc(
                self,
                "vpc",
                id=network.vpc_id,
                lifecycle=TerraformResourceLifecycle(
                    postcondition=[
                        Postcondition(
                            condition="${self.enable_dns_support && self.enable_dns_hostnames}",
                            error_message=f"network.vpc_id: {network.vpc_id} requires DNS support and DNS hostnames, otherwise nodes cannot "
                            "resolve the cluster; enable both in the VPC.",
                        )
                    ]
                ),
            ),
        )
        self.private = [self._subnet("private", subnet_id) for subnet_id in network.private_subnet_ids]
        self.public = [self._subnet("public", subnet_id) for subnet_id in network.public_subnet_ids]
        if network.internet_route:
            main = addressed(
                "main",
                DataAwsRouteTable(
                    self,
                    "main-routes",
                    vpc_id=network.vpc_id,
                    filter=[{"name": "association.main", "values": ["true"]}],
                ),
            )
            for subnet in self.private:
                self._default_route(subnet, main)

    def _subnet(self, kind: str, subnet_id: str) -> DataAwsSubnet:
        """One subnet with its checks as postconditions, so that messages name the subnet."""
        tags = INTERNAL_LOAD_BALANCER_TAG if kind == "private" else PUBLIC_LOAD_BALANCER_TAG
        key = next(iter(tags))
        checks = [
            Postcondition(
                condition=f'${{self.vpc_id == "{self.network.vpc_id}"}}',
                error_message=f"network.{kind}_subnet_ids: {subnet_id} is not in {self.network.vpc_id}; set subnets of that VPC.",
            )
        ]
        if kind == "private":
            checks.append(
                Postcondition(
                    condition=f"${{self.available_ip_address_count >= {self.network.minimum_free_addresses}}}",
                    error_message=f"network.private_subnet_ids: {subnet_id} has fewer than {self.network.minimum_free_addresses} free "
                    "addresses; use a larger subnet, or lower minimum_free_addresses.",
                )
            )
            checks += [
                Postcondition(
                    condition=f'${{self.availability_zone_id != "{zone_id}"}}',
                    error_message=f"network.private_subnet_ids: {subnet_id} is in {zone_id}, where EKS has no control plane; use a "
                    "subnet in another zone.",
                )
                for zone_id in self.excluded_zone_ids
            ]
        if not self.network.tag_subnets:
            checks.append(
                Postcondition(
                    condition=f'${{lookup(self.tags, "{key}", "") == "1"}}',
                    error_message=f'network.{kind}_subnet_ids: {subnet_id} lacks the tag {key} = "1" required by load balancers; '
                    "add the tag, or set tag_subnets=True.",
                )
            )
        subnet = addressed(
            f"{kind}_{subnet_id.removeprefix('subnet-')}",
            DataAwsSubnet(
                self, f"{kind}-{subnet_id}", id=subnet_id, lifecycle=TerraformResourceLifecycle(postcondition=checks)
            ),
        )
        if self.network.tag_subnets:
            addressed(
                f"{kind}_{subnet_id.removeprefix('subnet-')}",
                Ec2Tag(self, f"{kind}-{subnet_id}-tag", resource_id=subnet_id, key=key, value="1"),
            )
        return subnet

    def _default_route(self, subnet: DataAwsSubnet, main: DataAwsRouteTable) -> None:
        """Route table of a subnet.

        A subnet without an explicit association uses the VPC's main route table, for which `data.aws_route_table` by subnet id
        fails; therefore the table is searched by filter, which may be empty.
        """
        name = subnet.friendly_unique_id
        own = addressed(
            name,
            DataAwsRouteTables(
                self,
                f"{subnet.node.id}-tables",
                vpc_id=self.network.vpc_id,
                filter=[DataAwsRouteTablesFilter(name="association.subnet-id", values=[f"${{{subnet.fqn}.id}}"])],
            ),
        )
        addressed(
            name,
            DataAwsRouteTable(
                self,
                f"{subnet.node.id}-table",
                route_table_id=f"${{try({own.fqn}.ids[0], {main.fqn}.id)}}",
                lifecycle=TerraformResourceLifecycle(
                    postcondition=[
                        Postcondition(
                            condition='${anytrue([for route in self.routes : route.cidr_block == "0.0.0.0/0"])}',
                            error_message=f"network.private_subnet_ids: {subnet.node.id.removeprefix('private-')} has no route to "
                            "0.0.0.0/0, so nodes can reach neither image registries nor AWS; add one (NAT, transit gateway), or set "
                            "internet_route=False if VPC endpoints provide access.",
                        ),
                        Postcondition(
                            condition='${!anytrue([for route in self.routes : try(startswith(route.gateway_id, "igw-"), false)])}',
                            error_message=f"network.private_subnet_ids: {subnet.node.id.removeprefix('private-')} is public: it has a route "
                            "to an internet gateway, and nodes are always private, since the internet could reach a node with a public "
                            "address; set a subnet whose way out is NAT, a transit gateway or VPC endpoints.",
                        ),
                    ]
                ),
            ),
        )

    @property
    def two_zones(self) -> tuple[str, str]:
        """Condition and message: the private subnets are in at least two zones."""
        zones = ", ".join(f"{subnet.fqn}.availability_zone" for subnet in self.private)
        return (
            f"${{length(distinct([{zones}])) >= 2}}",
            "network.private_subnet_ids: all in one zone; EKS requires subnets in at least two zones, add one in another zone.",
        )

    @property
    def outputs(self) -> NetworkOutputs:
        """Outputs for later stacks."""
        subnets = ", ".join(subnet.fqn for subnet in self.private)
        return NetworkOutputs(
            vpc_id=self.vpc.id,
            private_subnet_ids=[f"${{{subnet.fqn}.id}}" for subnet in self.private],
            public_subnet_ids=[f"${{{subnet.fqn}.id}}" for subnet in self.public],
            private_subnet_ids_by_zone=f"${{{{for subnet in [{subnets}] : subnet.availability_zone => subnet.id...}}}}",
            pod_subnet_id_by_zone={},
            vpc_cidr_blocks=[self.vpc.cidr_block],
        )
