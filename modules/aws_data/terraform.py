"""Supported versions of Terraform and the AWS provider."""

TERRAFORM_VERSION = ">= 1.11.0"
"""Oldest supported version: native S3 lock files and write-only arguments."""

OLDEST_AWS_PROVIDER = "5.100.0"
"""Version used in tests."""
NEWER_ARGUMENTS = {
    ("aws_eks_cluster", "deletion_protection"): "6.9.0",
    ("aws_eks_cluster", "control_plane_scaling_config"): "6.23.0",
    ("aws_eks_cluster", "kube_api_server_config"): "6.62.0",
    ("aws_eks_cluster", "kube_scheduler_config"): "6.62.0",
}
"""Type and argument or block to the AWS provider version that introduced it, the minimum for stacks that use it.

6.62.0 is the oldest version whose schema was seen with its arguments, which AWS announced in August 2026.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/CHANGELOG.md (6.9.0, issue 43779),
https://github.com/hashicorp/terraform-provider-aws/releases/tag/v6.23.0,
https://registry.terraform.io/providers/hashicorp/aws/6.62.0/docs/resources/eks_cluster
"""


def aws_provider(oldest: str = OLDEST_AWS_PROVIDER) -> dict[str, str]:
    """An entry of `required_providers`; both major versions accept all arguments used by default.

    Args:
        oldest: minimum version required by the stack's arguments.
    """
    return {"source": "hashicorp/aws", "version": f">= {oldest}, < 7.0.0"}
