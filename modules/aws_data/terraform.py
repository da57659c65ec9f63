"""Which Terraform and which AWS provider run what we write."""

TERRAFORM_VERSION = ">= 1.11.0"
"""Native S3 lock files and write-only arguments."""

OLDEST_AWS_PROVIDER = "5.100.0"
"""Every apply here runs on it."""
NEWER_ARGUMENTS = {("aws_eks_cluster", "deletion_protection"): "6.9.0"}
"""Type and argument to the version of the AWS provider that brought it. A stack that writes one wants at least that version.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/CHANGELOG.md (6.9.0, issue 43779)
"""


def aws_provider(oldest: str = OLDEST_AWS_PROVIDER) -> dict[str, str]:
    """An entry of `required_providers`: both majors take every argument that we write by default.

    Args:
        oldest: version of the newest argument in the stack.
    """
    return {"source": "hashicorp/aws", "version": f">= {oldest}, < 7.0.0"}
