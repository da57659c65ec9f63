"""Quotas of IAM for the policies of one role, which several settings share.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

import json
from collections.abc import Iterator, Sequence

from modules.rules.rule import Problem, each_once
from modules.settings.service_account_role import Statement

MOST_POLICIES = 20
"""Managed policies: ten, unless the account's quota is raised, which ends at 20."""
MOST_POLICY_CHARACTERS = 10_240
"""Limit for all inline policies together, without whitespace."""


def policy_problems(setting: str, arns: Sequence[str], fix: str, *, own: int = 0) -> Iterator[Problem]:
    """Each managed policy once, and not more than a role can have.

    Args:
        setting: field with the policies.
        arns: of the policies.
        fix: what to do about too many.
        own: number of policies that the platform attaches itself.
    """
    yield from each_once(setting, arns)
    if own + len(arns) > MOST_POLICIES:
        number = f"of which the platform uses {own}, not {len(arns)} more" if own else f"not {len(arns)}"
        yield setting, f"IAM accepts at most {MOST_POLICIES} policies per role, {number}", fix


def statement_problems(statements: Sequence[Statement], fix: str, *, own: int = 0) -> Iterator[Problem]:
    """Not more characters than the inline policies of a role can have.

    Args:
        statements: the field `statements`.
        fix: what to do about too many.
        own: characters of the platform's own statements.
    """
    if (size := policy_characters(statements)) > MOST_POLICY_CHARACTERS - own:
        used = f", of which the platform uses {own:,}" if own else ""
        yield (
            "statements",
            f"the statements have {size:,} characters, and IAM accepts {MOST_POLICY_CHARACTERS:,} per role{used}",
            fix,
        )


def policy_characters(statements: Sequence[Statement]) -> int:
    """Approximate number of characters that IAM counts for statements."""
    return sum(
        len(
            json.dumps(
                {
                    "Effect": "Allow",
                    "Action": statement.actions,
                    "Resource": statement.resources,
                    "Condition": statement.conditions,
                },
                separators=(",", ":"),
            )
        )
        for statement in statements
    )
