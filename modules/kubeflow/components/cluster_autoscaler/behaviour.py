"""Run-time behaviour: its rights in AWS."""

from modules.iam.policy_context import PolicyContext
from modules.kubeflow.behaviour import Behaviour
from modules.settings.service_account_role import Statement


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


BEHAVIOUR = Behaviour("cluster-autoscaler", policies={"cluster-autoscaler": cluster_autoscaler})
