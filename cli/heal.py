"""`kubeflow-aws heal`: find stale Helm records of an interrupted apply, and remove them after confirmation.

Objects of a release are not changed. `make deploy` runs it before the first apply.
"""

import json
import sys
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from cli.program import ExitCode
from modules.live import pending
from modules.live.api import Api, MissingClusterError, UnreachableError, of_context, of_eks
from modules.live.pending import Leftover
from modules.live.target import Target, targets
from modules.program import run_on

GENERATED = Path("generated")


def sentence(found: Leftover, now: float) -> str:
    """Report of stale records."""
    record = found.record
    minutes = max(0, round((now - record.changed) / 60))
    return (
        f"  {record.namespace}/{record.release}: revision {record.revision} is {record.status} for {minutes} minute(s); "
        f"removes Secret {record.secret}"
    )


def chosen(platform: str | None) -> list[Target]:
    """The platforms of generated/, or one of them.

    Raises:
        ValueError: the platform does not exist.
    """
    known = targets(GENERATED)
    found = [one for one in known if platform in (None, one.platform)]
    if platform is not None and not found:
        names = ", ".join(one.platform for one in known) or "none"
        raise ValueError(
            f"{platform}: not found among platforms with releases in {GENERATED}/; use one of them: {names}"
        )
    return found


def _of_stacks(target: Target, stacks: Collection[str]) -> Target:
    """A platform with the releases of some stacks only."""
    return replace(target, releases=tuple(one for one in target.releases if one.stack in stacks))


def heal(api: Api, target: Target, *, yes: bool) -> bool:
    """List and remove stale records of one platform.

    Returns:
        Whether no stale record remains.
    """
    found = pending.of_platform(api, target)
    if not found:
        return True
    print(f"{target.platform}: an apply or destroy was interrupted, and these Helm records block the next apply:")
    print("\n".join(sentence(one, time.time()) for one in found))
    print(
        "Only these records are removed; objects are kept and adopted. Make sure that no other apply or destroy is running."
    )
    if not yes and not (sys.stdin.isatty() and input(f"Remove {len(found)} record(s)? [y/N] ").strip().lower() == "y"):
        print(f"Nothing was removed. Without confirmation: {run_on('heal', option='--yes')}")
        return False
    pending.remove(api, found)
    print(f"{target.platform}: {len(found)} record(s) removed; the next apply adopts the objects.")
    return True


def records(api: Api, target: Target, *, yes: bool) -> list[dict[str, Any]]:
    """Stale records of one platform as JSON; with `yes` they are removed."""
    found = pending.of_platform(api, target)
    if yes:
        pending.remove(api, found)
    return [
        {
            "platform": target.platform,
            **{name: getattr(one.record, name) for name in ("namespace", "release", "revision", "status", "secret")},
            "removed": yes,
        }
        for one in found
    ]


def main(
    platform: str | None = None,
    context: str | None = None,
    *,
    yes: bool = False,
    before_apply: Collection[str] | None = None,
    as_json: bool = False,
) -> None:
    """Remove stale records after confirmation.

    Args:
        platform: one platform; None: all of `generated/`.
        context: kubeconfig context; None: the AWS credentials.
        yes: without confirmation.
        before_apply: names of the stacks that are applied next: only their releases matter, since another run may apply the
            others now; a missing or unreachable cluster is not an error. None: no apply follows.
        as_json: print one JSON document, and remove nothing without `yes`.

    Raises:
        ValueError: the platform does not exist, or its cluster is unreachable.
        SystemExit: stale records remain.
    """
    healed = True
    found: list[dict[str, Any]] = []
    every = chosen(platform)
    if before_apply is not None:
        every = [one for one in (_of_stacks(target, before_apply) for target in every) if one.releases]
    for target in every:
        try:
            api = of_context(context) if context else of_eks(target)
            if as_json:
                found += records(api, target, yes=yes)
            else:
                healed &= heal(api, target, yes=yes)
        except (MissingClusterError, UnreachableError) as error:
            if before_apply is None:
                raise
            if not isinstance(error, MissingClusterError):
                print(f"heal: {error}; continuing without a check of Helm's records", file=sys.stderr)
    if as_json:
        print(json.dumps({"records": found}, indent=1))
    if not healed or not all(one["removed"] for one in found):
        sys.exit(ExitCode.PROBLEM)
