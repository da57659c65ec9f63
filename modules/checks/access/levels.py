"""What the extra `kubeflow-aws[check]` adds: AWS's reference of actions, and an analysis of policies.

`policy_sentry` and `cloudsplaining` are imported in functions only: the package works without them, and loading takes a second.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from modules.checks.access.policies import IamStatement

PACKAGES = ("policy_sentry", "cloudsplaining")
LEVELS = ("Permissions management", "Write", "Tagging", "Read", "List")
"""Access levels of AWS, those with more consequences first."""


def installed() -> bool:
    """Whether the extra is installed."""
    return all(find_spec(name) is not None for name in PACKAGES)


@dataclass(frozen=True)
class Analysis:
    """What the statements of one role allow together."""

    levels: tuple[tuple[str, tuple[str, ...]], ...]
    """Service to access levels of its actions."""
    unrestricted: tuple[str, ...]
    """Actions that change something, on every resource and without condition, although AWS can restrict them."""
    escalations: tuple[tuple[str, tuple[str, ...]], ...]
    """Method of privilege escalation, and its actions."""
    data: tuple[str, ...]
    """Actions that read all data of a kind."""


def analysis(statements: Sequence[IamStatement]) -> Analysis:
    """Analyse the identity policies of one role; the extra must be installed.

    Args:
        statements: all statements of its policies.
    """
    from cloudsplaining.scan.policy_document import PolicyDocument

    found = PolicyDocument({"Version": "2012-10-17", "Statement": [one.as_json() for one in statements]})
    levels: dict[str, set[str]] = {}
    for action in found.all_allowed_actions:
        levels.setdefault(action.partition(":")[0].lower(), set()).add(level(action))
    return Analysis(
        tuple((service, tuple(sorted(names, key=_rank))) for service, names in sorted(levels.items())),
        tuple(dict.fromkeys(found.infrastructure_modification)),
        tuple((one["type"], tuple(one["actions"])) for one in found.allows_privilege_escalation),
        tuple(found.allows_data_exfiltration_actions),
    )


@functools.cache
def level(action: str) -> str:
    """Access level of an action, such as `Read`; `unknown` for one that the reference does not have."""
    from policy_sentry.querying.actions import get_action_data

    service, _, name = action.partition(":")
    found = get_action_data(service, name)
    return str(found[service][0]["access_level"]) if found else "unknown"


def _rank(name: str) -> int:
    return LEVELS.index(name) if name in LEVELS else len(LEVELS)
