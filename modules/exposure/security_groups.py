"""Security groups of the load balancer, and rules to the gateway's pods."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any

from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from modules.cluster.security_groups import named
from modules.exposure.target_group import GATEWAY_PORT, STATUS_PORT
from modules.naming import addressed, aws_name
from modules.security_scan import accepted

TO_PODS = {GATEWAY_PORT: "HTTP to the pods of the ingress gateway", STATUS_PORT: "health checks of the ingress gateway"}


class EntranceGroup(Construct):
    """Security group of the load balancer: ports 80 and 443 for some networks.

    Args:
        platform_name: prefix of its name.
        vpc_id: the VPC (token).
        cidrs: allowed networks.
    """

    def __init__(
        self, scope: Construct, id_: str, *, platform_name: str, vpc_id: str, cidrs: Sequence[IPv4Network]
    ) -> None:
        super().__init__(scope, id_)
        name = aws_name(platform_name, "entrance")
        group = addressed(
            "entrance",
            SecurityGroup(
                self,
                "group",
                name=name,
                vpc_id=vpc_id,
                description="Who may reach the load balancer of Kubeflow",
                tags={"Name": name},
            ),
        )
        self.id = group.id
        for part, cidr in named(cidrs):
            for port, reason in {443: "HTTPS of people and programs", 80: "HTTP, which is redirected to HTTPS"}.items():
                rule = addressed(
                    f"entrance_{port}_{part}",
                    VpcSecurityGroupIngressRule(
                        self,
                        f"in-{port}-{part}",
                        security_group_id=group.id,
                        cidr_ipv4=cidr,
                        ip_protocol="tcp",
                        from_port=port,
                        to_port=port,
                        description=reason,
                    ),
                )
                if port == 80 and cidr == "0.0.0.0/0":
                    accepted(rule, CKV_AWS_260="Configured by settings: from_anywhere=True; port 80 only redirects.")


class RulesToPods(Construct):
    """Rules from a load balancer's security group to those of the gateway's pods, if not created by an earlier stack.

    They are additive: each is a separate rule resource, and existing rules of these security groups are not changed.

    Args:
        balancer_group_id: security group of the load balancer (token, or an id).
        pod_group_ids: name to security group of pods (tokens, or ids).
    """

    def __init__(self, scope: Construct, id_: str, *, balancer_group_id: str, pod_group_ids: Mapping[str, str]) -> None:
        super().__init__(scope, id_)
        for name, group_id in pod_group_ids.items():
            for port, reason in TO_PODS.items():
                common: dict[str, Any] = {
                    "ip_protocol": "tcp",
                    "from_port": port,
                    "to_port": port,
                    "description": reason,
                }
                addressed(
                    f"load_balancer_to_{name}_{port}",
                    VpcSecurityGroupIngressRule(
                        self,
                        f"in-{name}-{port}",
                        security_group_id=group_id,
                        referenced_security_group_id=balancer_group_id,
                        **common,
                    ),
                )
                addressed(
                    f"load_balancer_to_{name}_{port}",
                    VpcSecurityGroupEgressRule(
                        self,
                        f"out-{name}-{port}",
                        security_group_id=balancer_group_id,
                        referenced_security_group_id=group_id,
                        **common,
                    ),
                )
