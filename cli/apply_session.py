"""What surrounds `deploy`, `destroy` and `diff`: the steps before them, the order, the closing table."""

import json
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence

from rich.console import Console
from rich.text import Text

from cli.doctor import findings_before
from cli.last_apply import State, account_of_caller, account_problem
from cli.lasting_output import LastingOutput
from cli.main_file import platforms
from cli.plan_table import Row, table
from cli.signals import InterruptedRunError
from cli.stack_list import Stack, read_stacks, selected
from cli.stack_run import StackRun
from modules.errors import ProblemsError
from modules.program import run as run_line
from modules.program import run_on
from modules.settings.runner import IN_HCP
from stacks.summary import LOG_WIDTH_COLUMNS

FAILED = "failed"
"""Result of a stack in which Terraform failed."""
CONTINUE = "run the same command again; it continues from there."
"""What to do after a run that did not reach its end."""


def console(*, stderr: bool = False) -> Console:
    """Output of a command: the terminal's width, or that of logs; a reader that ends does not end the command."""
    found = Console(file=LastingOutput.of(sys.stderr if stderr else sys.stdout), highlight=False)
    if not found.is_terminal:
        found.width = LOG_WIDTH_COLUMNS
    return found


def need_answer(name: str, patterns: Sequence[str], *, auto_approve: bool) -> None:
    """Refuse a run that would wait for an answer without a terminal.

    Args:
        name: of the command.
        patterns: names or globs of stacks, as given.
        auto_approve: whether it has no questions.

    Raises:
        ValueError: no terminal and no `--auto-approve`.
    """
    if not auto_approve and not (sys.stdin and sys.stdin.isatty()):  # None: closed, as by some services
        raise ValueError(
            f"no terminal for confirmation; without confirmation: {run_on(name, *patterns, option='--auto-approve')}"
        )


def synthesize(*, quiet: bool = False) -> None:
    """Write `generated/` in a process of its own, which ends with Node and the bindings, and print one line.

    Its own summary would end in `Next: … deploy`, in the middle of a deploy or before a destroy.

    Args:
        quiet: print nothing on standard output.

    Raises:
        ValueError: it failed, and has printed why.
    """
    command = [sys.executable, "-m", __name__.rpartition(".")[0], "synth", "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise ValueError("nothing was changed, since synthesis failed; see above")
    report = json.loads(done.stdout)
    counted = f"{len(report['stacks'])} stacks"
    if report["warnings"]:
        counted += f", {len(report['warnings'])} warnings; the warnings: {run_line('synth')}"
    print(f"generated/ from main.py: {counted}", file=sys.stderr if quiet else sys.stdout, flush=True)


def check_account(name: str, stacks: Sequence[Stack]) -> None:
    """Check machine, account and settings before the first change, and print warnings.

    Args:
        name: of the command.
        stacks: chosen stacks; only what they need is checked.

    Raises:
        ValueError: each error that would stop the command late.
    """
    found = findings_before(name, platforms(), [stack.name for stack in stacks])
    for one in found:
        if one.severity == "warning":
            print(f"warning: {one}", file=sys.stderr)
    errors = [f"before the first change: {one}" for one in found if one.severity == "error"]
    if errors:
        raise ProblemsError(errors)


def choose(patterns: Sequence[str]) -> tuple[list[Stack], list[Stack]]:
    """All stacks, and those that the command is for.

    Raises:
        ValueError: a pattern matches no stack, or a stack is applied by runs in HCP Terraform.
    """
    stacks = read_stacks()
    chosen = selected(stacks, patterns)
    remote = {platform.name for platform in platforms() if platform.runner in IN_HCP}
    for stack in chosen:
        if stack.platform in remote:
            raise ValueError(
                f"{stack.name}: Platform.runner says that it is applied by runs in HCP Terraform; use terraform in "
                f"{stack.folder}: docs/hcp-terraform.md"
            )
        if not _complete(stack):
            raise ValueError(
                f"{stack.name}: State.none() leaves backend and inputs to another pipeline; hand it over: {run_line('export')}"
            )
    return stacks, chosen


def with_read(stacks: Sequence[Stack], chosen: Sequence[Stack]) -> list[Stack]:
    """Chosen stacks, and those whose outputs they read, in order."""
    names = {stack.name for stack in chosen} | {name for stack in chosen for name in stack.reads}
    return [stack for stack in stacks if stack.name in names]


def _complete(stack: Stack) -> bool:
    kind, settings = stack.backend
    return bool(settings) if kind != "local" else "backend" in stack.document.get("terraform", {})


def prepare_all(run: StackRun, stacks: Sequence[Stack]) -> dict[str, State]:
    """`terraform init` of all stacks and their states, before the first change.

    Raises:
        FailedStackError: Terraform's message.
        ValueError: a stack was last applied in another account.
    """
    states = {}
    with run.console.status("") as status:
        for number, stack in enumerate(stacks, start=1):
            status.update(f"[{number}/{len(stacks)}] terraform init, {stack.name}")
            states[stack.name] = run.prepare(stack)
    problems = [
        problem
        for stack in stacks
        if states[stack.name].account
        and (problem := account_problem(stack, states[stack.name], account_of_caller(stack)))
    ]
    if problems:
        raise ValueError("\n".join(problems))
    return states


def run_in_order(
    run: StackRun,
    name: str,
    stacks: Sequence[Stack],
    one: Callable[[Stack, Mapping[str, Row]], Row],
    done: Collection[str],
    again: str = CONTINUE,
) -> bool:
    """Run a step for each stack and print the closing table, also after a signal.

    Args:
        run: prints.
        name: of the command.
        stacks: in order.
        one: the step; it gets the rows of the stacks before.
        done: results of a stack that is done.
        again: what to do if a stack is not done.

    Returns:
        Whether all are done.

    Raises:
        InterruptedRunError: a signal ended the command.
    """
    rows: dict[str, Row] = {}
    try:
        for stack in stacks:
            run.signals.check()
            rows[stack.name] = one(stack, rows)
    except InterruptedRunError:
        for number, stack in enumerate([one for one in stacks if one.name not in rows]):
            rows[stack.name] = Row(stack.name, "not started" if number else "interrupted", style="yellow")
        run.console.print(table(list(rows.values())))
        run.fail(f"{name}: {again}")
        raise
    run.console.print(table(list(rows.values())))
    if all(row.result in done for row in rows.values()):
        return True
    failed = any(row.result == FAILED for row in rows.values())
    run.fail(f"{name}: {'fix the error above and ' if failed else ''}{again}")
    return False


def confirmed(run: StackRun, question: str, expected: Sequence[str]) -> bool:
    """Ask a question; whether the answer is one of the expected ones. The end of input is a no."""
    try:
        return run.console.input(Text(f"{question} ")).strip().lower() in expected
    except EOFError:
        return False
