"""Supported versions of Terraform and the AWS provider."""

TERRAFORM_VERSION = ">= 1.11.0"
"""Oldest supported version: native S3 lock files and write-only arguments."""

OLDEST_AWS_PROVIDER = "5.100.0"
"""Version used in tests."""
NEWER_ARGUMENTS = {("aws_eks_cluster", "deletion_protection"): "6.9.0"}
"""Type and argument to the AWS provider version that introduced it, the minimum for stacks that use it.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/CHANGELOG.md (6.9.0, issue 43779)
"""


def aws_provider(oldest: str = OLDEST_AWS_PROVIDER) -> dict[str, str]:
    """An entry of `required_providers`; both major versions accept all arguments used by default.

    Args:
        oldest: minimum version required by the stack's arguments.
    """
    return {"source": "hashicorp/aws", "version": f">= {oldest}, < 7.0.0"}
