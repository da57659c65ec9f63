"""`kubeflow-aws rehearse`: the platforms of main.py from the first apply to the last destroy, offline."""

import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.text import Text

from cli.apply_session import console
from cli.main_file import valid_call
from cli.program import ExitCode
from cli.rehearsal.earlier import Earlier
from cli.rehearsal.failing import FailingLife
from cli.rehearsal.life import Life, Script, Stage
from cli.rehearsal.minutes import release_minutes
from cli.rehearsal.project import offline_process
from cli.rehearsal.report import Rehearsal, document, summary, table
from cli.rehearsal.requirements import chart_folders, check_machine
from cli.signals import Signals
from modules.kubeflow.catalogue import CATALOGUE
from modules.settings import Platform
from modules.settings.state import NoState
from stacks.platform import build


def main(platform: str | None, *, revision: str | None, failures: bool, charts: Path | None, as_json: bool) -> None:
    """Play the life of each platform, and print the result.

    Args:
        platform: name of one platform; None: all of main.py.
        revision: git revision whose state is upgraded; None: from nothing. A platform that it does not have is played from nothing.
        failures: whether to play a second life, with a failure at each step.
        charts: folder with published charts; None: those of KUBEFLOW_UPSTREAM.
        as_json: as one JSON document; progress goes to standard error.

    Raises:
        ValueError: main.py has errors, a platform is in module form, or the machine lacks what a rehearsal requires.
        SystemExit: there is an error among the findings.
    """
    mirror, folders = check_machine(), chart_folders(charts)
    chosen, forget = valid_call(platform, as_json=as_json)
    refuse_modules(chosen)
    output, progress = console(), console(stderr=True)
    results = []

    def say(line: str) -> None:
        progress.print(Text(line, style="dim"), soft_wrap=True)

    with (
        Signals() as signals,
        tempfile.TemporaryDirectory(prefix="kubeflow-aws-rehearsal-") as temporary,
        offline_process(),
    ):
        # It imports packages of the extra `rehearse`, which only now are known to be installed.
        from cli.rehearsal.world import World

        folder = Path(temporary)
        earlier = Earlier.of(revision, folder / "earlier") if revision else None
        for one in chosen:
            script, commit = _script(one, forget, earlier)
            result = Rehearsal(one.name, commit)
            results.append(result)
            with closing(World.of(script.documents.values(), folders)) as world:
                stage = Stage(script, world, mirror, result, signals, say)
                Life(stage, folder / one.name / "plain").play()
                if failures and not result.stopped:
                    FailingLife(stage, folder / one.name / "failures").play()
            if not as_json:
                _print(output, result)
    if as_json:
        print(json.dumps(document(results), indent=1, ensure_ascii=False))
    if any(one.failed for one in results):
        sys.exit(ExitCode.PROBLEM)


def refuse_modules(platforms: Sequence[Platform]) -> None:
    """Stacks in module form cannot be applied by themselves.

    Raises:
        ValueError: a platform is in module form.
    """
    for one in platforms:
        if isinstance(one.state, NoState) and one.state.form == "module":
            raise ValueError(
                f'{one.name}: a rehearsal applies each stack by itself, and a module requires a root; set form="root" for it'
            )


def _script(platform: Platform, forget: Sequence[str], earlier: Earlier | None) -> tuple[Script, str]:
    """What is played, and the commit that it begins with; empty: nothing."""
    base = earlier.documents(platform.name) if earlier else {}
    head, unprotected = build(platform), build(without_protection(platform))
    components = [*CATALOGUE, *(platform.kubeflow.extra_components if platform.kubeflow else ())]
    generated = earlier.generated if earlier and base else None
    documents = {**head.documents, **base}
    script = Script(platform, head, unprotected, documents, forget, generated, release_minutes(components))
    return script, earlier.commit if earlier and base else ""


def _print(output: Console, result: Rehearsal) -> None:
    for life in dict.fromkeys(step.life for step in result.steps):
        output.print(table(result, life))
    for line in summary(result):
        output.print(line, soft_wrap=True)


def without_protection(platform: Platform) -> Platform:
    """The platform as it must be applied before a destroy: docs/day-two.md."""
    return platform.with_changes(deletion_protection=False)
