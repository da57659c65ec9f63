"""Private subnets of an existing cluster, found by their routes."""

from collections.abc import Sequence

from cdktf import Precondition, TerraformLocal, TerraformResourceLifecycle, Token
from cdktf_cdktf_provider_aws.data_aws_route_table import DataAwsRouteTable
from cdktf_cdktf_provider_aws.data_aws_route_tables import DataAwsRouteTables, DataAwsRouteTablesFilter
from cdktf_cdktf_provider_aws.data_aws_subnets import DataAwsSubnets, DataAwsSubnetsFilter
from constructs import Construct

from modules.naming import addressed


class PrivateSubnets(Construct):
    """Subnets of a cluster whose route table has no internet gateway; the plan fails if there is none.

    A subnet without a route table of its own uses the VPC's main one.

    Args:
        cluster_data: address of the cluster's data source.
        cluster_name: its name, for the message.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types
    """

    def __init__(self, scope: Construct, id_: str, *, cluster_data: str, cluster_name: str) -> None:
        super().__init__(scope, id_)
        vpc_config = f"{cluster_data}.vpc_config[0]"
        main = addressed(
            "main",
            DataAwsRouteTable(
                self,
                "main",
                vpc_id=f"${{{vpc_config}.vpc_id}}",
                filter=[{"name": "association.main", "values": ["true"]}],
            ),
        )
        own = addressed(
            "of_the_cluster",
            DataAwsRouteTables(
                self,
                "tables",
                vpc_id=f"${{{vpc_config}.vpc_id}}",
                filter=[DataAwsRouteTablesFilter(name="association.subnet-id", values=["${each.value}"])],
            ),
        )
        own.add_override("for_each", f"${{{vpc_config}.subnet_ids}}")
        tables = addressed(
            "of_the_cluster",
            DataAwsRouteTable(self, "table", route_table_id=f"${{try(each.value.ids[0], {main.fqn}.id)}}"),
        )
        tables.add_override("for_each", f"${{{own.fqn}}}")
        private = addressed(
            "private_subnets_of_the_cluster",
            TerraformLocal(
                self,
                "private",
                f"${{[for id, table in {tables.fqn} : id if !anytrue("
                '[for route in table.routes : try(startswith(route.gateway_id, "igw-"), false)])]}',
            ),
        )
        self._found = addressed(
            "private",
            DataAwsSubnets(
                self,
                "subnets",
                filter=[DataAwsSubnetsFilter(name="subnet-id", values=Token.as_list(f"${{{private.fqn}}}"))],
                lifecycle=TerraformResourceLifecycle(
                    precondition=[
                        Precondition(
                            condition=f"${{length({private.fqn}) > 0}}",
                            error_message=f"cluster.private_subnet_ids: each subnet of {cluster_name} has a route to an internet gateway, and the "
                            "database and file systems belong in private subnets; set subnets of the VPC without such a route.",
                        )
                    ]
                ),
            ),
        )

    @property
    def ids(self) -> Sequence[str]:
        """Their ids, sorted (token of type list(string))."""
        return Token.as_list(f"${{sort({self._found.fqn}.ids)}}")
