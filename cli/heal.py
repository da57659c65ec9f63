"""`make heal`: find what an interrupted apply left in Helm's records, and remove those records after asking.

    python -m cli.heal                  list, then ask
    python -m cli.heal --yes            list and remove without asking
    python -m cli.heal --context NAME   by a context of kubeconfig instead of the AWS credentials

No object of a release is touched. `make deploy` runs it before the first apply.
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
    """What is left, and what would be removed."""
    record = found.record
    minutes = max(0, round((now - record.changed) / 60))
    return (
        f"  {record.namespace}/{record.release}: revision {record.revision} is {record.status} for {minutes} minute(s); "
        f"removes Secret {record.secret}"
    )


def chosen(platform: str | None) -> list[Target]:
    """The platforms of generated/, or one of them.

    Raises:
        ValueError: there is no such platform.
    """
    found = [one for one in targets(GENERATED) if platform in (None, one.platform)]
    if platform is not None and not found:
        raise ValueError(f"{platform}: no platform of this name has releases in {GENERATED}/")
    return found


def heal(api: Api, target: Target, *, yes: bool) -> bool:
    """List what is left of one platform, and remove it.

    Returns:
        Whether nothing is left.
    """
    found = pending.of_platform(api, target)
    if not found:
        return True
    print(
        f"{target.platform}: an apply or destroy was interrupted, and these records of Helm are in the way of the next apply:"
    )
    print("\n".join(sentence(one, time.time()) for one in found))
    print(
        "Only these records go; objects stay and are taken over. Make sure that no other apply or destroy is running."
    )
    if not yes and not (sys.stdin.isatty() and input(f"Remove {len(found)} record(s)? [y/N] ").strip().lower() == "y"):
        print("Nothing was removed. Without a question: python -m cli.heal --yes")
        return False
    pending.remove(api, found)
    print(f"{target.platform}: {len(found)} record(s) removed; the next apply takes the objects over.")
    return True


def main(arguments: Sequence[str]) -> None:
    """The command line; ends with 1 when something is left, or a cluster cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m cli.heal", description=__doc__)
    parser.add_argument("platform", nargs="?", help="one platform; all of generated/ by default")
    parser.add_argument("--yes", action="store_true", help="remove without asking")
    parser.add_argument("--context", help="context of kubeconfig; the AWS credentials by default")
    parser.add_argument(
        "--before-apply", action="store_true", help="a cluster that does not exist or cannot be reached is no error"
    )
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
                    print(f"heal: {error}; going on without looking at Helm's records", file=sys.stderr)
    except ValueError as error:
        sys.exit(f"heal: {error}")
    sys.exit(0 if healed else 1)


if __name__ == "__main__":
    main(sys.argv[1:])
