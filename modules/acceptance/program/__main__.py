"""`python -m modules.acceptance.program FILE`: the checks inside the cluster; a line of JSON for each.

Runs in an image of the platform, from a ConfigMap: only Python's standard library is required, boto3 and scikit-learn are used where
the image has them, and nothing is downloaded.
"""

import signal
import sys
from functools import partial
from pathlib import Path

from modules.acceptance.program.forbidden import FORBIDDEN
from modules.acceptance.program.required import REQUIRED
from modules.acceptance.program.running import outcomes, title_of
from modules.acceptance.program.world import read_world

CHECKS = {**REQUIRED, **FORBIDDEN}


def main(file: Path) -> int:
    """Run all checks; 1 if one failed."""
    world = read_world(file)
    checks = {name: (title_of(check), partial(check, world)) for name, check in CHECKS.items()}
    failed = 0
    for outcome in outcomes(checks, world.skip):
        print(outcome.line, flush=True)
        failed |= outcome.status == "failed"
    return failed


if __name__ == "__main__":
    # A pod that is deleted first deletes what its current check created.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("the pod is deleted"))
    sys.exit(main(Path(sys.argv[1])))
