"""Services that the AWS managed policies of a platform's roles use, for a permissions boundary.

Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html; a test compares moto's copy of the policies.
"""

from collections.abc import Mapping

SERVICES: Mapping[str, tuple[str, ...]] = {
    "AWSBackupServiceRolePolicyForBackup": (
        "backup",
        "backup-gateway",
        "cloudformation",
        "dsql",
        "dynamodb",
        "ec2",
        "eks",
        "elasticfilesystem",
        "fsx",
        "guardduty",
        "iam",
        "kms",
        "rds",
        "redshift",
        "redshift-serverless",
        "ssm",
        "ssm-sap",
        "storagegateway",
        "tag",
        "timestream",
    ),
    "AWSBackupServiceRolePolicyForRestores": (
        "backup",
        "backup-gateway",
        "cloudformation",
        "ds",
        "dsql",
        "dynamodb",
        "ebs",
        "ec2",
        "eks",
        "elasticfilesystem",
        "fsx",
        "iam",
        "kms",
        "rds",
        "redshift",
        "redshift-serverless",
        "storagegateway",
        "timestream",
    ),
    "AWSBackupServiceRolePolicyForS3Backup": ("backup", "cloudwatch", "events", "kms", "s3"),
    "AWSBackupServiceRolePolicyForS3Restore": ("kms", "s3"),
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
    "AWSBackupServiceRolePolicyForBackup": ("iam:PassRole",),
    "AWSBackupServiceRolePolicyForRestores": ("iam:GetRole", "iam:ListAttachedRolePolicies", "iam:PassRole"),
    "AmazonEKSClusterPolicy": ("iam:CreateServiceLinkedRole",),
    "AmazonEKSComputePolicy": ("iam:AddRoleToInstanceProfile", "iam:CreateServiceLinkedRole", "iam:PassRole"),
    "AmazonEKSLoadBalancingPolicy": ("iam:CreateServiceLinkedRole",),
    "AmazonFSxFullAccess": ("iam:CreateServiceLinkedRole",),
}
"""Policy to its actions of IAM, which a boundary lists one by one."""
