"""`make heal`: find stale Helm records of an interrupted apply, and remove them after confirmation.

    python -m cli.heal                  list, then ask
    python -m cli.heal --yes            list and remove without confirmation
    python -m cli.heal --context NAME   use a kubeconfig context instead of the AWS credentials

Objects of a release are not changed. `make deploy` runs it before the first apply.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from modules.live import pending
from modules.live.api import Api, MissingClusterError, UnreachableError, of_context, of_eks
from modules.live.pending import Leftover
from modules.live.target import Target, targets

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
    found = [one for one in targets(GENERATED) if platform in (None, one.platform)]
    if platform is not None and not found:
        raise ValueError(f"{platform}: not found among platforms with releases in {GENERATED}/")
    return found


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
        print("Nothing was removed. Without confirmation: python -m cli.heal --yes")
        return False
    pending.remove(api, found)
    print(f"{target.platform}: {len(found)} record(s) removed; the next apply adopts the objects.")
    return True


def main(arguments: Sequence[str]) -> None:
    """The command line; exits with 1 if stale records remain or a cluster is unreachable."""
    parser = argparse.ArgumentParser(prog="python -m cli.heal", description=__doc__)
    parser.add_argument("platform", nargs="?", help="one platform; all of generated/ by default")
    parser.add_argument("--yes", action="store_true", help="remove without confirmation")
    parser.add_argument("--context", help="kubeconfig context; default: the AWS credentials")
    parser.add_argument("--before-apply", action="store_true", help="ignore a missing or unreachable cluster")
    given = parser.parse_args(arguments)
    healed = True
    try:
        for target in chosen(given.platform):
            try:
                api = of_context(given.context) if given.context else of_eks(target)
                healed &= heal(api, target, yes=given.yes)
            except (MissingClusterError, UnreachableError) as error:
                if not given.before_apply:
                    raise
                if not isinstance(error, MissingClusterError):
                    print(f"heal: {error}; continuing without a check of Helm's records", file=sys.stderr)
    except ValueError as error:
        sys.exit(f"heal: {error}")
    sys.exit(0 if healed else 1)


if __name__ == "__main__":
    main(sys.argv[1:])
