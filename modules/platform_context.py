"""What the constructs of one stack have in common."""

from dataclasses import dataclass

from modules.account import Account
from modules.iam.role import Iam


@dataclass(frozen=True)
class PlatformContext:
    """Passed to each construct that names, protects or grants access to AWS resources; one per stack."""

    platform_name: str
    """First part of AWS names."""
    account: Account
    """Account, region and partition of the stack; the account ID is a token, known at plan."""
    iam: Iam
    """Settings of every IAM role: name prefix, path, permissions boundary."""
    protect: bool
    """Whether Terraform refuses to destroy stateful resources (`deletion_protection`)."""
