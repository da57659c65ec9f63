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
EKS = ServiceLinkedRole("AWSServiceRoleForAmazonEKS", "eks.amazonaws.com")
EKS_NODE_GROUPS = ServiceLinkedRole("AWSServiceRoleForAmazonEKSNodegroup", "eks-nodegroup.amazonaws.com")
EKS_FARGATE = ServiceLinkedRole("AWSServiceRoleForAmazonEKSForFargate", "eks-fargate.amazonaws.com")
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/using-service-linked-roles.html"""
ELASTIC_LOAD_BALANCING = ServiceLinkedRole(
    "AWSServiceRoleForElasticLoadBalancing", "elasticloadbalancing.amazonaws.com"
)
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html"""
RDS = ServiceLinkedRole("AWSServiceRoleForRDS", "rds.amazonaws.com")
"""Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAM.ServiceLinkedRoles.html"""
SPOT = ServiceLinkedRole("AWSServiceRoleForEC2Spot", "spot.amazonaws.com")
"""Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html"""
