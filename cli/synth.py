"""`kubeflow-aws synth`: runs main.py as Python would, with the charts that its platforms install."""

from collections.abc import Sequence

import stacks.platform
from cli.main_file import run_main
from cli.vendor import fetch_missing
from modules.rules import problems_of_all
from modules.settings import Platform
from stacks.platform import wrong_argument


def main() -> None:
    """Run main.py.

    Raises:
        ValueError: main.py is missing or does not call `synthesize`.
        SystemExit: the error of `synthesize`.
    """
    original = stacks.platform.synthesize

    def synthesize(platforms: Sequence[Platform], forget: Sequence[str]) -> None:
        if not wrong_argument(platforms) and not problems_of_all(platforms):  # `original` reports them
            fetch_missing(platforms)
        original(*platforms, forget=forget)

    run_main(synthesize)
