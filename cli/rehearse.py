"""`kubeflow-aws rehearse`: the platforms of main.py from the first apply to the last destroy, offline."""

import json
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from cli.apply_session import console
from cli.main_file import valid_call
from cli.program import ExitCode
from cli.rehearsal.earlier import Earlier
from cli.rehearsal.minutes import release_minutes
from cli.rehearsal.project import offline_process
from cli.rehearsal.report import Rehearsal, document, summary, table
from cli.rehearsal.requirements import chart_folders, check_machine
from cli.signals import Signals
from modules.kubeflow.catalogue import CATALOGUE
from modules.settings import Platform
from stacks.platform import build


def main(platform: str | None, *, revision: str | None, charts: Path | None, as_json: bool) -> None:
    """Play the life of each platform, and print the result.

    Args:
        platform: name of one platform; None: all of main.py.
        revision: git revision whose state is upgraded; None: from nothing. A platform that it does not have is played from nothing.
        charts: folder with published charts; None: those of KUBEFLOW_UPSTREAM.
        as_json: as one JSON document; progress goes to standard error.

    Raises:
        ValueError: main.py has errors, or the machine lacks what a rehearsal requires.
        SystemExit: there is an error among the findings.
    """
    mirror, folders = check_machine(), chart_folders(charts)
    chosen, forget = valid_call(platform, as_json=as_json)
    output, progress = console(), console(stderr=True)
    results = []
    with (
        Signals() as signals,
        tempfile.TemporaryDirectory(prefix="kubeflow-aws-rehearsal-") as temporary,
        offline_process(),
    ):
        # Packages of the extra `rehearse`, which only now are known to be installed.
        from cli.rehearsal.life import Life, Script
        from cli.rehearsal.world import World

        base = Earlier.of(revision, Path(temporary) / "base") if revision else None
        for one in chosen:
            head = build(one)
            unprotected = build(without_protection(one))
            components = [*CATALOGUE, *(one.kubeflow.extra_components if one.kubeflow else ())]
            earlier = base if base and base.documents(one.name) else None
            documents = {**head.documents, **(earlier.documents(one.name) if earlier else {})}
            script = Script(
                one,
                head,
                unprotected,
                documents,
                forget,
                earlier.generated if earlier else None,
                release_minutes(components),
            )
            world = World.of(documents.values(), folders)
            result = Rehearsal(one.name, earlier.commit if earlier else "")
            results.append(result)
            folder = Path(temporary) / one.name

            def say(line: str) -> None:
                progress.print(Text(line, style="dim"), soft_wrap=True)

            Life(script, world, folder / "plain", mirror, result, signals, say).play()
            if not as_json:
                _print(output, result)
    if as_json:
        print(json.dumps(document(results), indent=1, ensure_ascii=False))
    if any(one.failed for one in results):
        sys.exit(ExitCode.PROBLEM)


def _print(output: Console, result: Rehearsal) -> None:
    for life in dict.fromkeys(step.life for step in result.steps):
        output.print(table(result, life))
    for line in summary(result):
        output.print(line, soft_wrap=True)


def without_protection(platform: Platform) -> Platform:
    """The platform as it must be applied before a destroy: docs/day-two.md."""
    return platform.with_changes(deletion_protection=False)
