"""`kubeflow-aws synth`: runs main.py as Python would, with the charts that its platforms install."""

import contextlib
import json
import sys
from collections.abc import Sequence

from cli.main_file import run_main
from cli.vendor import fetch_missing
from modules.rules import problems_of_all
from modules.settings import Platform
from modules.settings.section import given
from stacks.platform import write_and_report
from stacks.summary import Report, as_document, print_report


def main(*, as_json: bool = False) -> None:
    """Run main.py.

    Args:
        as_json: print the report as one JSON document; what main.py prints goes to standard error.

    Raises:
        ValueError: main.py is missing, or does not call `synthesize` with platforms.
        SystemExit: the error of `synthesize`.
    """
    reports: list[Report] = []

    def synthesize(platforms: Sequence[Platform], forget: Sequence[str]) -> None:
        installs = any(given(platform).get("kubeflow") for platform in platforms)
        if installs and not problems_of_all(platforms):  # reported below
            fetch_missing(platforms)
        reports.append(write_and_report(platforms, forget))
        if not as_json:
            print_report(reports[-1])

    with contextlib.redirect_stdout(sys.stderr) if as_json else contextlib.nullcontext():
        run_main(synthesize)
    if as_json:
        print(json.dumps(as_document(reports[-1]), indent=1, ensure_ascii=False))
