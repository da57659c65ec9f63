"""What constructs take from their stack, for tests of one construct."""

from cdktf import TerraformStack

from modules.account import Account
from modules.iam.role import Iam
from modules.platform_context import PlatformContext


def context_of(
    stack: TerraformStack, *, protect: bool = True, region: str = "us-west-2", iam: Iam | None = None
) -> PlatformContext:
    """The context of a platform named prod."""
    return PlatformContext("prod", Account(stack, "account", region=region), iam or Iam("prod"), protect)
