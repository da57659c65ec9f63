"""What each Terraform type requires of IAM, by phase: recorded, or, where no recording is possible, from documentation."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from modules.installer_policy.unmeasured import UNMEASURED, WITHOUT_REQUESTS

Phase = Literal["plan", "apply", "destroy"]
PHASES: tuple[Phase, ...] = ("plan", "apply", "destroy")
"""`apply` creates, changes and replaces; each of the other two includes what a plan reads."""
Shapes = Mapping[str, tuple[str, ...]]
"""Action to resources: ARNs with names in braces, and ` if <condition key>` or ` if <condition key>=<value>`."""

FILE = Path(__file__).parents[1] / "aws_data" / "installer_requests.json"
"""Written by `python -m tests.installer_policy.record` from the requests of real Terraform; see docs/installer-policy.md."""
PROVIDER = "provider"
"""Requests of the AWS provider when it is configured, in each stack."""


@cache
def requests() -> Mapping[str, Mapping[str, Shapes]]:
    """Terraform type (`resource.aws_vpc`, `data.aws_vpc`) to phase to what it requires."""
    recorded: dict[str, dict[str, dict[str, tuple[str, ...]]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return {**UNMEASURED, **recorded}


def needed(kinds: Iterable[str], phases: Iterable[Phase]) -> dict[str, set[str]]:
    """Action to shapes that some Terraform types need.

    Args:
        kinds: Terraform types of a stack.
        phases: all of these.

    Raises:
        ValueError: nothing is known about a type.
    """
    known = requests()
    unknown = sorted(set(kinds) - known.keys() - WITHOUT_REQUESTS)
    if unknown:
        raise ValueError(
            f"{', '.join(unknown)}: their requests are not recorded, so the policy would lack their actions; "
            "record a platform that has them (tests/installer_policy), or write their policy by hand"
        )
    found: dict[str, set[str]] = {}
    for kind in (PROVIDER, *kinds):
        for phase in phases:
            for action, shapes in known.get(kind, {}).get(phase, {}).items():
                found.setdefault(action, set()).update(shapes)
    return found
