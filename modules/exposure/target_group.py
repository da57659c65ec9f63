"""Where a load balancer sends requests: the pods of the ingress gateway, by their addresses."""

from collections.abc import Sequence

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.lb_listener_rule import (
    LbListenerRule,
    LbListenerRuleAction,
    LbListenerRuleCondition,
    LbListenerRuleConditionHostHeader,
)
from cdktf_cdktf_provider_aws.lb_target_group import LbTargetGroup, LbTargetGroupHealthCheck
from constructs import Construct

from modules.naming import addressed
from modules.security_scan import accepted

GATEWAY_PORT = 8080
"""Of the gateway's pods; the Service has it at 80."""
STATUS_PORT = 15021
"""Where they say that they are ready.

Source: https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
"""
DEREGISTRATION_SECONDS = 60
"""For requests that are under way when a pod leaves; AWS's 300 would hold up each upgrade of the gateway."""


class GatewayTargetGroup(Construct):
    """The target group, and the rule of a listener that sends the hosts to it.

    It is empty until the release `gateway-target-group` binds the gateway's pods to it. It has no tag of the load balancer
    controller: the controller may register targets in any group, and change or delete those with its tag.

    Args:
        vpc_id: the VPC (token).
        listener_arn: HTTPS listener (token, or an ARN).
        hosts: names that are sent here.
        priority: place of the rule in the listener.
    """

    def __init__(
        self, scope: Construct, id_: str, *, vpc_id: str, listener_arn: str, hosts: Sequence[str], priority: int
    ) -> None:
        super().__init__(scope, id_)
        group = addressed(
            "gateway",
            LbTargetGroup(
                self,
                "group",
                name_prefix="kf-",  # AWS makes the rest: a fixed name could not be made before the old one goes
                vpc_id=vpc_id,
                target_type="ip",
                port=GATEWAY_PORT,
                protocol="HTTP",
                deregistration_delay=str(DEREGISTRATION_SECONDS),
                health_check=LbTargetGroupHealthCheck(
                    port=str(STATUS_PORT),
                    path="/healthz/ready",
                    matcher="200",
                    interval=10,
                    timeout=5,
                    healthy_threshold=2,
                    unhealthy_threshold=3,
                ),
                # A group in use by a listener cannot be deleted.
                lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            ),
        )
        accepted(
            group,
            CKV_AWS_378="TLS ends at the load balancer; the gateway's own port is plain HTTP, and only the load balancer's group reaches it.",
        )
        self.arn = group.arn
        self.name = group.name
        """Another one for each group that is made, and fit to be the name of an object in Kubernetes (token)."""
        addressed(
            "gateway",
            LbListenerRule(
                self,
                "rule",
                listener_arn=listener_arn,
                priority=priority,
                condition=[LbListenerRuleCondition(host_header=LbListenerRuleConditionHostHeader(values=list(hosts)))],
                action=[LbListenerRuleAction(type="forward", target_group_arn=group.arn)],
            ),
        )
