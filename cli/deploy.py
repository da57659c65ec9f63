"""`deploy`: synthesize, then plan, ask and apply, stack after stack.

A stack reads the outputs of earlier ones, so it can be planned only after these are applied: there is one question for each
stack with changes, and never one for all.
"""

import sys
import time
from collections.abc import Mapping, Sequence

from cli import heal, state_bucket
from cli.apply_session import (
    FAILED,
    check_account,
    choose,
    confirmed,
    console,
    need_answer,
    prepare_all,
    run_in_order,
    synthesize,
)
from cli.half_made import refuse_locked
from cli.next_steps import next_steps
from cli.plan_table import Row, listing, table, verdict
from cli.program import ExitCode
from cli.signals import Signals
from cli.stack_list import Stack, needs
from cli.stack_run import FailedStackError, StackRun

DONE = ("applied", "no changes")


def main(patterns: Sequence[str], *, auto_approve: bool) -> None:
    """Deploy stacks.

    Args:
        patterns: names or globs of stacks; none: all.
        auto_approve: apply without questions.

    Raises:
        ValueError: the command stops before the first change.
        SystemExit: a stack was not applied.
    """
    with Signals() as signals:
        need_answer("deploy", patterns, auto_approve=auto_approve)
        synthesize()
        stacks, chosen = choose(patterns)
        check_account("deploy", chosen)
        state_bucket.main({stack.platform for stack in chosen})
        run = StackRun(console(), console(stderr=True), signals)
        prepare_all(run, chosen)
        refuse_locked(chosen)
        heal.main(before_apply=[stack.name for stack in chosen], yes=auto_approve)

        def one(stack: Stack, rows: Mapping[str, Row]) -> Row:
            return _blocked(stack, stacks, rows) or _one(run, stack, auto_approve=auto_approve)

        if not run_in_order(run, "deploy", chosen, one, DONE):
            sys.exit(ExitCode.PROBLEM)
        for line in next_steps(run, stacks, chosen):
            run.say(line)


def _blocked(stack: Stack, stacks: Sequence[Stack], rows: Mapping[str, Row]) -> Row | None:
    """The row of a stack that waits for one that was not applied in this run, also through stacks that are not chosen."""
    for name, row in rows.items():
        if row.result not in DONE and needs(stack, {name}, stacks):
            return Row(stack.name, f"not started: {name} is not applied", style="yellow")
    return None


def _one(run: StackRun, stack: Stack, *, auto_approve: bool) -> Row:
    """Plan, ask, apply one stack. A failure is printed and is its row: other platforms go on."""
    run.say(f"\n{stack.name}: planning")
    try:
        with run.planned(stack) as (plan, file):
            if plan.empty:
                run.say(f"{stack.name}: no changes")
                return Row(stack.name, "no changes", plan)
            run.console.print(table([Row(stack.name, verdict(plan), plan)], planned=True))
            for line in listing(plan):
                run.console.print(line, soft_wrap=True)
            if not auto_approve and not confirmed(run, f"Apply this plan of {stack.name}? [y/N]", ("y", "yes")):
                run.say(f"{stack.name}: not applied")
                return Row(stack.name, "declined", style="yellow")
            started = time.monotonic()
            run.apply(plan, file)
            return Row(stack.name, "applied", plan, time.monotonic() - started, style="green")
    except FailedStackError as error:
        run.fail(str(error))
        return Row(stack.name, FAILED, style="red")
