"""IAM's decision about a request, under the policies of the product."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from modules.iam.policy_engine import Request, allows, is_allowed
from modules.installer_policy.measured import Phase
from modules.installer_policy.names import Names
from modules.installer_policy.statement import PolicyStatement
from modules.installer_policy.statements import statements
from modules.naming import PLATFORM_TAG
from modules.settings import Platform
from tests.installer_policy.need import Need
from tests.stand_ins.moto_extension.names import ACCOUNT

TAGS = ("aws:RequestTag", "aws:ResourceTag")


def policy(
    platform: Platform, layer: str, documents: Iterable[Mapping[str, Any]], phase: Phase
) -> list[PolicyStatement]:
    """The product's statements for a stack, in moto's account."""
    return statements(platform, layer, documents, phase, Names.of(platform, account=ACCOUNT))


def refused(found: Sequence[PolicyStatement], asks: Iterable[Need], platform: str) -> list[Need]:
    """Decisions that some statements do not allow, sorted."""
    return sorted({one for one in asks if not is_allowed(found, as_request(one, platform))})


def superfluous(found: Sequence[PolicyStatement], asks: Iterable[Need], platform: str) -> list[PolicyStatement]:
    """Statements that could be taken away with every decision still allowed.

    A statement is needed if it alone allows some decision.
    """
    needed: set[int] = set()
    for one in asks:
        request = as_request(one, platform)
        allowing = [number for number, statement in enumerate(found) if allows(statement, request)]
        if len(allowing) == 1:
            needed.add(allowing[0])
    return [one for number, one in enumerate(found) if number not in needed]


def as_request(need: Need, platform: str) -> Request:
    """A decision as the policy engine takes it."""
    context = {
        f"{key}/{PLATFORM_TAG}" if key in TAGS else key: (platform,) if key in TAGS else values
        for key, values in need.conditions
    }
    return Request(need.action, need.resource, context)
