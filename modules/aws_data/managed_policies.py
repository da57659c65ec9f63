"""Services that the AWS managed policies of a platform's roles use, for a permissions boundary.

Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html; a test compares moto's copy of the policies.
"""

from collections.abc import Mapping

SERVICES: Mapping[str, tuple[str, ...]] = {
    "AmazonEBSCSIDriverPolicyV2": ("ec2",),
    "AmazonEC2ContainerRegistryPullOnly": ("ecr",),
    "AmazonEFSCSIDriverPolicy": ("ec2", "elasticfilesystem"),
    "AmazonEKSBlockStoragePolicy": ("ec2",),
    "AmazonEKSClusterPolicy": ("autoscaling", "ec2", "elasticloadbalancing", "iam", "kms"),
    "AmazonEKSComputePolicy": ("ec2", "iam"),
    "AmazonEKSFargatePodExecutionRolePolicy": ("ecr",),
    "AmazonEKSLoadBalancingPolicy": (*("acm", "cognito-idp", "ec2", "elasticloadbalancing", "iam", "shield", "wafv2"),),
    "AmazonEKSNetworkingPolicy": ("ec2",),
    "AmazonEKSWorkerNodeMinimalPolicy": ("eks-auth",),
    "AmazonEKSWorkerNodePolicy": ("ec2", "eks", "eks-auth"),
    "AmazonEKS_CNI_Policy": ("ec2",),
    "AmazonFSxFullAccess": ("ds", "ec2", "firehose", "fsx", "iam", "logs"),
    "AmazonRDSEnhancedMonitoringRole": ("logs",),
    "AmazonSSMManagedInstanceCore": ("ec2messages", "ssm", "ssmmessages"),
}
"""Policy to prefixes of its actions."""
IAM_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "AmazonEKSClusterPolicy": ("iam:CreateServiceLinkedRole",),
    "AmazonEKSComputePolicy": ("iam:AddRoleToInstanceProfile", "iam:CreateServiceLinkedRole", "iam:PassRole"),
    "AmazonEKSLoadBalancingPolicy": ("iam:CreateServiceLinkedRole",),
    "AmazonFSxFullAccess": ("iam:CreateServiceLinkedRole",),
}
"""Policy to its actions of IAM, which a boundary lists one by one."""
