"""How long AWS usually takes for resources that take minutes, as a range in minutes.

Typical ranges, for a progress line only: AWS guarantees none of them, and they were not measured for this platform.
Source: https://docs.aws.amazon.com/eks/latest/userguide/getting-started-console.html ("several minutes") and
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_GettingStarted.CreatingConnecting.MySQL.html ("up to 20 minutes");
the upper ends are below the default timeouts of the AWS provider, in each resource's page, for example
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/eks_cluster#timeouts
"""

from collections.abc import Mapping

Range = tuple[int, int]

TYPICAL_MINUTES: Mapping[tuple[str, str], Range] = {
    ("aws_acm_certificate_validation", "create"): (1, 30),
    ("aws_cloudfront_distribution", "create"): (3, 10),
    ("aws_db_instance", "create"): (5, 20),
    ("aws_db_instance", "delete"): (3, 15),
    ("aws_db_instance", "update"): (1, 20),
    ("aws_efs_mount_target", "create"): (1, 3),
    ("aws_efs_mount_target", "delete"): (1, 5),
    ("aws_eks_addon", "create"): (1, 5),
    ("aws_eks_cluster", "create"): (7, 15),
    ("aws_eks_cluster", "delete"): (2, 10),
    ("aws_eks_cluster", "update"): (5, 40),
    ("aws_eks_fargate_profile", "create"): (1, 5),
    ("aws_eks_node_group", "create"): (2, 8),
    ("aws_eks_node_group", "delete"): (3, 15),
    ("aws_eks_node_group", "update"): (5, 40),
    ("aws_fsx_lustre_file_system", "create"): (5, 15),
    ("aws_nat_gateway", "create"): (1, 3),
    ("aws_nat_gateway", "delete"): (1, 3),
    ("aws_vpc_endpoint", "create"): (1, 5),
    ("aws_vpc_endpoint", "delete"): (1, 5),
    ("helm_release", "create"): (1, 15),
}
"""Terraform type and action to the shortest and longest usual duration, in minutes."""
