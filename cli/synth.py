"""`make synth`: runs main.py as Python would, and makes sure that it synthesized."""

import runpy
import sys
from collections.abc import Sequence

import stacks.platform
from cli.main_file import MAIN
from modules.settings import Platform


def main() -> None:
    """Run main.py.

    Raises:
        SystemExit: main.py is missing or does not call `synthesize`; or the error of `synthesize`.
    """
    if not MAIN.is_file():
        sys.exit(f"{MAIN}: is missing; copy one: cp examples/quickstart/main.py main.py")
    synthesize, called = stacks.platform.synthesize, False

    def noted(*platforms: Platform, forget: Sequence[str] = ()) -> None:
        nonlocal called
        called = True
        synthesize(*platforms, forget=forget)

    stacks.platform.synthesize = noted
    runpy.run_path(str(MAIN), run_name="__main__")
    if not called:
        sys.exit(f"{MAIN}: does not call synthesize(), so nothing was written; end it with: synthesize(PROD)")


if __name__ == "__main__":
    main()
