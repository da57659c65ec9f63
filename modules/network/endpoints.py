"""VPC endpoints for AWS services."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.data_aws_vpc_endpoint_service import DataAwsVpcEndpointService
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from modules.naming import addressed, aws_name, slug


class VpcEndpoints(Construct):
    """Gateway and interface endpoints of a VPC.

    A service's endpoint name differs between partitions (China has `cn.com.amazonaws…` for some), so it is resolved by a data source
    at plan, which fails for a service without an endpoint in the region.

    Args:
        platform_name: name prefix.
        vpc_id: the VPC (token).
        vpc_cidrs: IPv4 CIDR blocks allowed to use the interface endpoints.
        route_table_ids: route tables for the gateway endpoints' routes.
        subnet_ids: one subnet per zone for the interfaces.
        gateway_services: `s3`, `dynamodb`.
        interface_services: service names such as `ecr.api`.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        platform_name: str,
        vpc_id: str,
        vpc_cidrs: Sequence[str],
        route_table_ids: Sequence[str],
        subnet_ids: Sequence[str],
        gateway_services: Sequence[str],
        interface_services: Sequence[str],
    ) -> None:
        super().__init__(scope, id_)
        self.platform_name = platform_name
        self.vpc_id = vpc_id
        for service in gateway_services:
            self._endpoint(service, "Gateway", route_table_ids=list(route_table_ids))
        if interface_services:
            group = self._security_group(vpc_cidrs)
            for service in interface_services:
                self._endpoint(
                    service,
                    "Interface",
                    subnet_ids=list(subnet_ids),
                    security_group_ids=[group.id],
                    private_dns_enabled=True,
                )

    def _endpoint(self, service: str, kind: str, **where: object) -> None:
        name = addressed(
            service,
            DataAwsVpcEndpointService(self, f"{slug(service)}-service", service=service, service_type=kind),
        ).service_name
        addressed(
            service,
            VpcEndpoint(
                self,
                slug(service),
                vpc_id=self.vpc_id,
                service_name=name,
                vpc_endpoint_type=kind,
                tags={"Name": aws_name(self.platform_name, service, limit=255)},
                **where,  # type: ignore[arg-type]
            ),
        )

    def _security_group(self, vpc_cidrs: Sequence[str]) -> SecurityGroup:
        name = aws_name(self.platform_name, "vpc-endpoints")
        group = addressed(
            "vpc_endpoints",
            SecurityGroup(
                self,
                "security-group",
                vpc_id=self.vpc_id,
                name=name,
                description="Interface endpoints of the VPC",
                tags={"Name": name},
            ),
        )
        for cidr in vpc_cidrs:
            addressed(
                f"vpc_endpoints_{cidr}",
                VpcSecurityGroupIngressRule(
                    self,
                    f"https-{slug(cidr)}",
                    security_group_id=group.id,
                    cidr_ipv4=cidr,
                    ip_protocol="tcp",
                    from_port=443,
                    to_port=443,
                    description="HTTPS from hosts of the VPC",
                ),
            )
        return group
