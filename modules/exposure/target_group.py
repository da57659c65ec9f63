"""Target group with the pods of the ingress gateway as IP targets."""

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
"""Port of the gateway's pods; port 80 of the Service."""
STATUS_PORT = 15021
"""Readiness port.

Source: https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
"""
DEREGISTRATION_SECONDS = 60
"""Deregistration delay for requests in flight; AWS's default of 300 would delay each gateway upgrade."""

AUTO_MODE_TAG = "eks:eks-cluster-name"
"""Tag with the cluster's name: without it EKS Auto Mode has no permission to register targets in a group.

Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html
"""


class GatewayTargetGroup(Construct):
    """The target group, and the listener rule that forwards the hosts to it.

    It is empty until the release `gateway-target-group` binds the gateway's pods to it. It does not have the tag of the load
    balancer controller, which can register targets in any group, but change or delete only groups with its tag.

    Args:
        vpc_id: the VPC (token).
        listener_arn: HTTPS listener (token, or an ARN).
        hosts: forwarded host names.
        priority: priority of the rule in the listener.
        auto_mode_cluster: name of the cluster whose EKS Auto Mode registers the pods; None: a controller does.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        vpc_id: str,
        listener_arn: str,
        hosts: Sequence[str],
        priority: int,
        auto_mode_cluster: str | None,
    ) -> None:
        super().__init__(scope, id_)
        group = addressed(
            "gateway",
            LbTargetGroup(
                self,
                "group",
                name_prefix="kf-",  # AWS appends a suffix: a fixed name prevents create_before_destroy
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
                tags={AUTO_MODE_TAG: auto_mode_cluster} if auto_mode_cluster is not None else None,
                # A target group in use by a listener cannot be deleted.
                lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            ),
        )
        accepted(
            group,
            CKV_AWS_378="TLS ends at the load balancer; the gateway's own port is plain HTTP, accessible only from the load balancer's security group.",
        )
        self.arn = group.arn
        self.name = group.name
        """Unique per target group and valid as a Kubernetes object name (token)."""
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
