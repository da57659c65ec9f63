"""A stack as a module: the root that calls it configures the providers."""

from typing import Any

from modules.aws_providers import LOCAL
from stacks.stack import PlatformStack

REQUIRED = f"local.{LOCAL}[0]"

TOKEN = "aws_eks_cluster_auth"
"""Type of the ephemeral resource that only the Helm and Kubernetes providers read."""


def as_module(stack: PlatformStack) -> None:
    """Remove what Terraform does not allow in a module that is called with `count`, `for_each` or `depends_on`.

    What the providers of the root form have is a local value, and data sources compare the providers of the calling root
    with it: in another region or account, or without the platform's tags, a plan fails.

    Args:
        stack: a complete stack in root form, without backend.

    Source: https://developer.hashicorp.com/terraform/language/modules/develop/providers
    """
    document = stack.to_terraform()
    providers: list[dict[str, Any]] = document["provider"]["aws"]
    stack.write_locals({LOCAL: providers})
    stack.add_override("provider", None)
    ephemeral = document.get("ephemeral", {})
    if TOKEN in ephemeral:
        stack.add_override("ephemeral" if set(ephemeral) == {TOKEN} else f"ephemeral.{TOKEN}", None)
    aliases = [f"aws.{one['alias']}" for one in providers if "alias" in one]
    if aliases:
        stack.add_override("terraform.required_providers.aws.configuration_aliases", aliases)
    _require(
        stack,
        "aws_region.provider",
        f"self.id == {REQUIRED}.region",
        f"The provider aws of this module must have the region ${{{REQUIRED}.region}}; set it in the block `provider` or `providers`.",
    )
    if providers[0].get("allowed_account_ids"):
        _require(
            stack,
            "aws_caller_identity.current",
            f"contains({REQUIRED}.allowed_account_ids, self.account_id)",
            f'The provider aws of this module must be of the account ${{join(", ", {REQUIRED}.allowed_account_ids)}}.',
        )
    if providers[0].get("default_tags"):
        wanted = f"{REQUIRED}.default_tags[0].tags"
        _require(
            stack,
            "aws_default_tags.provider",
            f'alltrue([for key, value in {wanted} : lookup(self.tags, key, "") == value])',
            f"The provider aws of this module must have these default_tags, others may be added: ${{jsonencode({wanted})}}.",
        )


def _require(stack: PlatformStack, data_source: str, condition: str, message: str) -> None:
    stack.add_override(
        f"data.{data_source}.lifecycle.postcondition",
        [{"condition": f"${{{condition}}}", "error_message": message}],
    )
