"""Webhook ports on nodes of an existing cluster that the control plane must be able to reach."""

from collections.abc import Sequence

from cdktf import TerraformLocal
from cdktf_cdktf_provider_aws.data_aws_vpc import DataAwsVpc
from cdktf_cdktf_provider_aws.data_aws_vpc_security_group_rule import DataAwsVpcSecurityGroupRule
from cdktf_cdktf_provider_aws.data_aws_vpc_security_group_rules import (
    DataAwsVpcSecurityGroupRules,
    DataAwsVpcSecurityGroupRulesFilter,
)
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from modules.cluster.security_groups import RULES, Rule
from modules.naming import addressed

WEBHOOK_RULES: tuple[Rule, ...] = tuple(
    rule for rule in RULES if (rule.source, rule.target) == ("control_plane", "nodes") and rule.port not in {None, 443}
)
"""Webhook ports without 443, which every working cluster allows."""
WEBHOOK_PORTS = tuple(sorted(rule.port for rule in WEBHOOK_RULES if rule.port is not None))


class WebhookPorts(Construct):
    """Check that the nodes' security group allows the control plane, and add rules for configured ports.

    An added rule is a separate resource. If the group's owner defines rules inside its own block, that Terraform
    configuration would remove the added rule: then open the port there, as the message of `missing` says.

    Args:
        cluster_data: address of the cluster's data source.
        node_security_group_id: security group of the nodes, which gets rules (token).
        node_security_group_ids: all security groups that every node has (token of type list(string)).
        add: ports to open.

    Source: https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3285 (15017 of istiod)
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        cluster_data: str,
        node_security_group_id: str,
        node_security_group_ids: list[str],
        add: Sequence[int],
    ) -> None:
        super().__init__(scope, id_)
        self._group = node_security_group_id
        vpc_config = f"{cluster_data}.vpc_config[0]"
        ids = addressed(
            "nodes",
            DataAwsVpcSecurityGroupRules(
                self,
                "ids",
                filter=[DataAwsVpcSecurityGroupRulesFilter(name="group-id", values=node_security_group_ids)],
            ),
        )
        rules = addressed("nodes", DataAwsVpcSecurityGroupRule(self, "rules", security_group_rule_id="${each.value}"))
        rules.add_override("for_each", f"${{toset({ids.fqn}.ids)}}")
        vpc = addressed("of_the_cluster", DataAwsVpc(self, "vpc", id=f"${{{vpc_config}.vpc_id}}"))
        for rule in WEBHOOK_RULES:
            if rule.port in add:
                addressed(
                    rule.name,
                    VpcSecurityGroupIngressRule(
                        self,
                        rule.name,
                        security_group_id=node_security_group_id,
                        referenced_security_group_id=f"${{{vpc_config}.cluster_security_group_id}}",
                        ip_protocol="tcp",
                        from_port=rule.port,
                        to_port=rule.port,
                        description=rule.reason,
                    ),
                )
        self.missing = addressed(
            "missing_webhook_ports",
            TerraformLocal(
                self, "missing", _missing(rules.fqn, vpc_config, vpc.fqn, [p for p in WEBHOOK_PORTS if p not in add])
            ),
        )

    @property
    def condition(self) -> tuple[str, str]:
        """Condition and message of a precondition: no port is missing."""
        missing = self.missing.fqn
        ports = f'${{join(", ", {missing})}}'
        return (
            f"${{length({missing}) == 0}}",
            f"cluster.node_security_group_id: the security group {self._group} of the nodes does not allow the control plane on port {ports}, "
            f"where webhooks listen; open it where the security group is defined, or set open_webhook_ports=({ports},).",
        )


def _missing(rules: str, vpc_config: str, vpc: str, ports: Sequence[int]) -> str:
    """Ports without a rule for the control plane, by its security groups or by a CIDR block that contains the VPC."""
    groups = f"concat([{vpc_config}.cluster_security_group_id], tolist({vpc_config}.security_group_ids))"
    # Terraform has no CIDR containment function: the VPC's network address, masked with the rule's prefix, must equal the rule's.
    wide = (
        f'tonumber(split("/", rule.cidr_ipv4)[1]) <= tonumber(split("/", {vpc}.cidr_block)[1]) && '
        f'cidrhost("${{split("/", {vpc}.cidr_block)[0]}}/${{split("/", rule.cidr_ipv4)[1]}}", 0) == split("/", rule.cidr_ipv4)[0]'
    )
    from_control_plane = (
        f'(contains({groups}, coalesce(rule.referenced_security_group_id, "none")) || try({wide}, false))'
    )
    on_port = (
        '(rule.ip_protocol == "-1" || (rule.ip_protocol == "tcp" && rule.from_port <= port && port <= rule.to_port))'
    )
    return (
        f"${{[for port in {list(ports)} : port if !anytrue([for rule in {rules} : "
        f"!rule.is_egress && {on_port} && {from_control_plane}])]}}"
    )
