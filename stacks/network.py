"""The network of a platform: a created or existing VPC."""

from constructs import Construct

from modules.kubeflow.chosen import AUTO_MODE_POOLS, has_component
from modules.kubeflow.components.karpenter.infrastructure import DISCOVERY_TAG
from modules.network.endpoints import VpcEndpoints
from modules.network.existing import ExistingVpc
from modules.network.flow_logs import VpcFlowLogs
from modules.network.outputs import NetworkOutputs
from modules.network.vpc import Vpc
from modules.settings import ExistingNetwork, Network, Platform
from stacks.contract import Output, ids
from stacks.stack import PlatformStack


class NetworkStack(PlatformStack):
    """`<platform>-network`: the first stack.

    Raises:
        ValueError: the platform is invalid, or has no network.
    """

    layer = "network"
    about = "VPC, subnets, routes"
    outputs = (
        Output("vpc_id", "string", "Id of the VPC.", 'startswith(value, "vpc-")', "must begin with vpc-"),
        Output("vpc_cidr_blocks", "list(string)", "IPv4 blocks of the VPC."),
        Output(
            "private_subnet_ids",
            "list(string)",
            "Ids of the subnets for nodes and control plane interfaces, in at least two zones.",
            f"{ids('subnet')} && length(value) >= 2",
            "at least two subnet ids are required; each must begin with subnet-",
        ),
        Output(
            "public_subnet_ids",
            "list(string)",
            "Ids of the subnets for public load balancers.",
            ids("subnet"),
            "must begin with subnet-",
        ),
        Output("private_subnet_ids_by_zone", "map(list(string))", "Zone name to the ids of its private subnets."),
        Output(
            "pod_subnet_id_by_zone",
            "map(string)",
            "Zone name to the id of the pod-only subnet; empty without a secondary CIDR.",
        ),
    )

    @classmethod
    def wanted(cls, platform: Platform) -> bool:
        """Wanted unless the cluster exists."""
        return platform.network is not None

    def __init__(self, scope: Construct, platform: Platform) -> None:
        super().__init__(scope, platform)
        match platform.network:
            case Network():
                outputs = self._make(platform.network)
                conditions = {}
            case ExistingNetwork():
                vpc = ExistingVpc(
                    self,
                    "existing-vpc",
                    network=platform.network,
                    excluded_zone_ids=platform.region_facts.excluded_zone_ids,
                )
                outputs = vpc.outputs
                conditions = {"private_subnet_ids": vpc.two_zones}
            case None:
                raise ValueError("network: not set; a network stack requires Network() or ExistingNetwork(…)")
        self.write_outputs(vars(outputs), conditions)

    def _make(self, network: Network) -> NetworkOutputs:
        platform = self.platform
        vpc = Vpc(
            self,
            "vpc",
            platform_name=platform.name,
            network=network,
            zones=platform.zone_names(),
            excluded_zone_ids=platform.region_facts.excluded_zone_ids,
            private_tags={DISCOVERY_TAG: platform.name}
            if has_component(platform, "karpenter") or has_component(platform, AUTO_MODE_POOLS)
            else None,
        )
        VpcEndpoints(
            self,
            "endpoints",
            platform_name=platform.name,
            vpc_id=vpc.resource.id,
            vpc_cidrs=vpc.cidrs,
            route_table_ids=[table.id for table in vpc.private_route_tables.values()],
            subnet_ids=vpc.outputs.private_subnet_ids,
            gateway_services=network.gateway_endpoints,
            interface_services=network.interface_endpoints,
        )
        if network.flow_logs is not None:
            VpcFlowLogs(
                self,
                "flow-logs",
                context=self.context,
                vpc_id=vpc.resource.id,
                settings=network.flow_logs,
            )
        return vpc.outputs
