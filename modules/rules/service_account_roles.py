"""Rules about service account roles."""

from collections.abc import Iterator

from modules.rules.rule import Problem, each_once, rule
from modules.settings.service_account_role import ServiceAccountRole

MOST_POLICIES = 20
"""Ten, unless the account's quota is raised, which ends at 20.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""


@rule(ServiceAccountRole)
def role_permissions(role: ServiceAccountRole) -> Iterator[Problem]:
    """At least one permission, within the quotas of IAM."""
    yield from each_once("policy_arns", role.policy_arns)
    if len(role.policy_arns) > MOST_POLICIES:
        yield (
            "policy_arns",
            f"IAM accepts at most {MOST_POLICIES} policies per role, not {len(role.policy_arns)}",
            "replace some by statements",
        )
    if not role.policy_arns and not role.statements:
        yield (
            "policy_arns",
            "the role has no permissions",
            "set policy_arns or statements",
        )
