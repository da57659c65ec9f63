"""The network of a platform: a VPC made here, or one looked up."""

from constructs import Construct

from modules.kubeflow.chosen import has_component
from modules.kubeflow.karpenter import DISCOVERY_TAG
from modules.network.endpoints import VpcEndpoints
from modules.network.existing import ExistingVpc
from modules.network.flow_logs import VpcFlowLogs
from modules.network.outputs import NetworkOutputs
from modules.network.vpc import Vpc
from modules.settings import ExistingNetwork, Network, Platform
from stacks.stack import PlatformStack


class NetworkStack(PlatformStack):
    """`<platform>-network`: first of all stacks.

    Raises:
        ValueError: the platform has problems, or no network.
    """

    def __init__(self, scope: Construct, platform: Platform) -> None:
        super().__init__(scope, platform, "network")
        match platform.network:
            case Network():
                outputs = self._make(platform.network)
                conditions = {}
            case ExistingNetwork():
                vpc = ExistingVpc(self, "existing-vpc", network=platform.network)
                outputs = vpc.outputs
                conditions = {"private_subnet_ids": vpc.two_zones}
            case None:
                raise ValueError(
                    "network: this platform has none; a network stack is made of Network() or ExistingNetwork(…)"
                )
        self.write_outputs(vars(outputs), conditions)

    def _make(self, network: Network) -> NetworkOutputs:
        platform = self.platform
        vpc = Vpc(
            self,
            "vpc",
            platform_name=platform.name,
            network=network,
            zones=platform.zone_names(),
            private_tags={DISCOVERY_TAG: platform.name} if has_component(platform, "karpenter") else None,
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
                account=self.account,
                iam=self.iam,
                vpc_id=vpc.resource.id,
                settings=network.flow_logs,
                protect=platform.deletion_protection,
            )
        return vpc.outputs
