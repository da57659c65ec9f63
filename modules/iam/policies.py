"""IAM policies of the catalogue's service accounts: policy name to its statements, restricted to known resource names.

`*` is used only for actions without resource-level permissions or that require it in every call (`Describe…`); a test
compares this with AWS's service authorization reference.
"""

import difflib
from collections.abc import Callable, Mapping

from modules.iam.karpenter_policy import karpenter
from modules.iam.load_balancer_policy import aws_load_balancer_controller
from modules.iam.pipelines_policy import pipelines, pipelines_ui
from modules.iam.policy_context import PolicyContext, needed
from modules.settings import Statement


def cluster_autoscaler(context: PolicyContext) -> tuple[Statement, ...]:
    """Reads scaling options; changes only Auto Scaling groups that EKS tagged for this cluster.

    Source: https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md#iam-policy,
        https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html (the tags)
    """
    return (
        Statement(
            actions=(
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeScalingActivities",
                "autoscaling:DescribeTags",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetInstanceTypesFromInstanceRequirements",
            ),
            resources=("*",),
        ),
        Statement(
            actions=("autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"),
            resources=(context.arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/*"),),
            conditions={
                "StringEquals": {
                    "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled": ("true",),
                    f"aws:ResourceTag/k8s.io/cluster-autoscaler/{context.cluster_name}": ("owned",),
                }
            },
        ),
        Statement(  # labels and taints of a node group that has had no nodes
            actions=("eks:DescribeNodegroup",),
            resources=(context.arn("eks", f"nodegroup/{context.cluster_name}/*"),),
        ),
    )


def external_dns(context: PolicyContext) -> tuple[Statement, ...]:
    """Writes records of the configured zones.

    Source: https://kubernetes-sigs.github.io/external-dns/latest/docs/tutorials/aws/#iam-policy
    """
    zone_ids = needed("external-dns", "dns_zone_ids", context.dns_zone_ids)
    return (
        Statement(
            actions=(
                "route53:ChangeResourceRecordSets",
                "route53:ListResourceRecordSets",
                "route53:ListTagsForResources",
            ),
            resources=tuple(f"arn:{context.partition}:route53:::hostedzone/{zone_id}" for zone_id in zone_ids),
        ),
        Statement(actions=("route53:ListHostedZones",), resources=("*",)),
    )


def aws_for_fluent_bit(context: PolicyContext) -> tuple[Statement, ...]:
    """Writes to one existing log group.

    Source: https://docs.fluentbit.io/manual/pipeline/outputs/cloudwatch
    """
    group = needed("aws-for-fluent-bit", "pod_log_group_name", context.pod_log_group_name)
    return (
        Statement(
            actions=("logs:CreateLogStream", "logs:PutLogEvents"),
            resources=(context.arn("logs", f"log-group:{group}:*"),),
        ),
    )


POLICIES: Mapping[str, Callable[[PolicyContext], tuple[Statement, ...]]] = {
    "aws-for-fluent-bit": aws_for_fluent_bit,
    "aws-load-balancer-controller": aws_load_balancer_controller,
    "cluster-autoscaler": cluster_autoscaler,
    "external-dns": external_dns,
    "karpenter": karpenter,
    "pipelines": pipelines,
    "pipelines-ui": pipelines_ui,
}
"""Policy name (`AwsAccess.policy`) to the function that builds its statements."""


def statements_of(component: str, policy: str, context: PolicyContext) -> tuple[Statement, ...]:
    """Statements of a policy named by a catalogue entry.

    Raises:
        ValueError: the policy does not exist.
    """
    if policy not in POLICIES:
        near = difflib.get_close_matches(policy, POLICIES, n=1)
        meant = f"did you mean {near[0]!r}?" if near else "add it to POLICIES in modules/iam/policies.py"
        raise ValueError(f"catalogue: {component}: aws: {policy!r} is not a policy; {meant}")
    return POLICIES[policy](context)
