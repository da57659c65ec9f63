"""Service-linked roles that AWS services need before they create what a platform consists of.

A service creates its role at first use if the caller has iam:CreateServiceLinkedRole for it.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceLinkedRole:
    """One service-linked role."""

    name: str
    service: str
    """Service principal, the argument of `aws iam create-service-linked-role`."""

    @property
    def path(self) -> str:
        """IAM path and name, the last part of its ARN."""
        return f"aws-service-role/{self.service}/{self.name}"


AUTO_SCALING = ServiceLinkedRole("AWSServiceRoleForAutoScaling", "autoscaling.amazonaws.com")
"""Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-service-linked-role.html"""
BACKUP = ServiceLinkedRole("AWSServiceRoleForBackup", "backup.amazonaws.com")
"""Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/using-service-linked-roles-AWSServiceRoleForBackup.html"""
ECR_PULL_THROUGH = ServiceLinkedRole("AWSServiceRoleForECRPullThroughCache", "pullthroughcache.ecr.amazonaws.com")
"""Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/slr-pullthroughcache.html"""
EFS = ServiceLinkedRole("AWSServiceRoleForAmazonElasticFileSystem", "elasticfilesystem.amazonaws.com")
"""Source: https://docs.aws.amazon.com/efs/latest/ug/using-service-linked-roles.html"""
EKS = ServiceLinkedRole("AWSServiceRoleForAmazonEKS", "eks.amazonaws.com")
EKS_NODE_GROUPS = ServiceLinkedRole("AWSServiceRoleForAmazonEKSNodegroup", "eks-nodegroup.amazonaws.com")
EKS_FARGATE = ServiceLinkedRole("AWSServiceRoleForAmazonEKSForFargate", "eks-fargate.amazonaws.com")
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/using-service-linked-roles.html"""
ELASTIC_LOAD_BALANCING = ServiceLinkedRole(
    "AWSServiceRoleForElasticLoadBalancing", "elasticloadbalancing.amazonaws.com"
)
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html"""
FSX = ServiceLinkedRole("AWSServiceRoleForAmazonFSx", "fsx.amazonaws.com")
FSX_S3 = ServiceLinkedRole("AWSServiceRoleForFSxS3Access", "s3.data-source.lustre.fsx.amazonaws.com")
"""Its name ends in the id of the file system.

Source: https://docs.aws.amazon.com/fsx/latest/LustreGuide/using-service-linked-roles.html
"""
RDS = ServiceLinkedRole("AWSServiceRoleForRDS", "rds.amazonaws.com")
"""Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAM.ServiceLinkedRoles.html"""
SPOT = ServiceLinkedRole("AWSServiceRoleForEC2Spot", "spot.amazonaws.com")
"""Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html"""
WAF_LOGGING = ServiceLinkedRole("AWSServiceRoleForWAFV2Logging", "wafv2.amazonaws.com")
"""Source: https://docs.aws.amazon.com/waf/latest/developerguide/using-service-linked-roles.html"""
