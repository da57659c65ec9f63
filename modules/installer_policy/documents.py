"""Policies as IAM takes them: each within the size of a managed policy."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from modules.installer_policy.statement import PolicyStatement

MANAGED_LIMIT = 6144
"""Characters of a managed policy, without white space.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""
ATTACHED_LIMIT = 10
"""Managed policies of a role, unless AWS raises the quota."""
REFERENCE = re.compile(r"\$\{(?!aws:)[^}]*\}|\$\{TfToken\[[^]]*\]\}")
"""A reference of Terraform, which becomes the id of an account."""


def policy_document(statements: Iterable[PolicyStatement]) -> dict[str, Any]:
    """A policy, as JSON has it."""
    return {"Version": "2012-10-17", "Statement": [one.document() for one in statements]}


def policy_text(statements: Iterable[PolicyStatement]) -> str:
    """A policy without white space."""
    return json.dumps(policy_document(statements), separators=(",", ":"))


def characters(statements: Sequence[PolicyStatement]) -> int:
    """Size of a policy as IAM counts it; a reference to the account counts as its id."""
    return len(REFERENCE.sub("0" * 12, policy_text(statements)))


def split(statements: Sequence[PolicyStatement], limit: int = MANAGED_LIMIT) -> list[list[PolicyStatement]]:
    """Statements, distributed to as few policies as keep their order.

    Args:
        statements: of one phase.
        limit: characters of a policy.

    Raises:
        ValueError: one action with its resources is larger than a policy.
    """
    policies: list[list[PolicyStatement]] = []
    for statement in (part for one in statements for part in _parts(one, limit)):
        if policies and characters([*policies[-1], statement]) <= limit:
            policies[-1].append(statement)
        else:
            policies.append([statement])
    return policies


def _parts(statement: PolicyStatement, limit: int) -> Iterator[PolicyStatement]:
    """A statement, in halves while it is larger than a policy."""
    if characters([statement]) <= limit:
        yield statement
        return
    for name in ("actions", "resources"):
        values = getattr(statement, name)
        if len(values) > 1:
            half = len(values) // 2
            yield from _parts(replace(statement, **{name: values[:half]}), limit)
            yield from _parts(replace(statement, **{name: values[half:]}), limit)
            return
    raise ValueError(f"{statement.actions[0]}: one statement has more than {limit} characters; shorten its conditions")
