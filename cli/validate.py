"""`kubeflow-aws validate`: checks the settings in main.py against all rules, without synthesis."""

import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from cli.main_file import MAIN, run_main
from cli.program import ExitCode
from modules.rules import Finding, findings_of_all, warnings_of_all
from modules.settings import Platform
from stacks import rules  # noqa: F401 - registers its rules


@dataclass(frozen=True)
class Checked:
    """What was found in the settings."""

    platforms: tuple[str, ...]
    """Names of the platforms that main.py passes to `synthesize`."""
    problems: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    """Empty if there are problems: warnings are looked for in valid settings only."""


def check(platforms: Sequence[Platform]) -> Checked:
    """All problems, or else all warnings, of some platforms."""
    found = findings_of_all(platforms)
    if found:
        return Checked((), tuple(found), ())
    warnings = dict.fromkeys(warnings_of_all(platforms))
    return Checked(tuple(platform.name for platform in platforms), (), tuple(warnings))


def main(*, as_json: bool = False) -> None:
    """Print problems and warnings.

    Args:
        as_json: as one JSON document; what main.py prints goes to standard error.

    Raises:
        ValueError: main.py is missing, or does not call `synthesize` with platforms.
        SystemExit: there are problems.
    """
    found: list[Checked] = []
    with contextlib.redirect_stdout(sys.stderr) if as_json else contextlib.nullcontext():
        run_main(lambda platforms, _: found.append(check(platforms)))
    checked = Checked(*(tuple(value for one in found for value in getattr(one, name)) for name in vars(found[0])))
    if as_json:
        print(json.dumps(asdict(checked), indent=1, ensure_ascii=False))
    else:
        _say(checked)
    if checked.problems:
        sys.exit(ExitCode.PROBLEM)


def _say(checked: Checked) -> None:
    if checked.problems:
        lines = [f"{len(checked.problems)} error(s) in {MAIN}:", *(f"  {problem}" for problem in checked.problems)]
        print("\n".join(lines), file=sys.stderr)
        return
    for warning in checked.warnings:
        print(f"warning: {warning}")
    print(f"{MAIN}: {', '.join(checked.platforms)}: settings are valid, {len(checked.warnings)} warning(s)")
