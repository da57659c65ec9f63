"""`deploy`: synthesize, then plan, ask and apply, stack after stack.

A stack reads the outputs of earlier ones, so it can be planned only after these are applied: there is one question for each
stack with changes, and never one for all. With saved plans, exactly these are applied.
"""

import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from cli import heal, state_bucket
from cli.apply_session import (
    CONTINUE,
    FAILED,
    check_account,
    choose,
    confirmed,
    console,
    need_answer,
    prepare_all,
    run_in_order,
    synthesize,
    with_read,
)
from cli.half_made import refuse_locked
from cli.next_steps import next_steps
from cli.plan_table import Plan, Row, listing, table, verdict
from cli.program import ExitCode
from cli.saved_plans import SavedPlans
from cli.signals import Signals
from cli.stack_list import Stack, needs
from cli.stack_run import FailedStackError, StackRun

DONE = ("applied", "no changes")


def main(patterns: Sequence[str], *, auto_approve: bool, plans: Path | None = None) -> None:
    """Deploy stacks.

    Args:
        patterns: names or globs of stacks; none: all.
        auto_approve: apply without questions.
        plans: folder of `diff --plans`; only stacks with a plan there are applied. None: each stack is planned.

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
        saved = SavedPlans.of(plans) if plans else None
        if saved:
            if missing := [stack.name for stack in chosen if stack.name in patterns and stack.name not in saved]:
                raise ValueError(
                    f"{plans}: has no plan of {', '.join(missing)}; a stack without changes, or that waits for another, has none"
                )
            chosen = [stack for stack in chosen if stack.name in saved]
            saved.provide_lock_files(chosen)
            saved.check(chosen, prepare_all(run, with_read(stacks, chosen)))
        else:
            prepare_all(run, chosen)
        refuse_locked(chosen)
        heal.main(before_apply=[stack.name for stack in chosen], yes=auto_approve)

        def one(stack: Stack, rows: Mapping[str, Row]) -> Row:
            if blocked := _blocked(stack, stacks, rows):
                return blocked
            if not saved:
                run.say(f"\n{stack.name}: planning")
                return _one(run, stack, run.planned(stack), auto_approve=auto_approve)
            row = _one(run, stack, saved.opened(stack), auto_approve=auto_approve)
            if row.result in DONE:
                saved.remove(stack)
            return row

        again = f"plan again: delete {plans}, then kubeflow-aws diff --plans {plans}" if saved else CONTINUE
        if not run_in_order(run, "deploy", chosen, one, DONE, again):
            sys.exit(ExitCode.PROBLEM)
        for line in next_steps(run, stacks, chosen):
            run.say(line)


def _blocked(stack: Stack, stacks: Sequence[Stack], rows: Mapping[str, Row]) -> Row | None:
    """The row of a stack that waits for one that was not applied in this run, also through stacks that are not chosen."""
    for name, row in rows.items():
        if row.result not in DONE and needs(stack, {name}, stacks):
            return Row(stack.name, f"not started: {name} is not applied", style="yellow")
    return None


def _one(run: StackRun, stack: Stack, opened: AbstractContextManager[tuple[Plan, Path]], *, auto_approve: bool) -> Row:
    """Plan, ask, apply one stack. A failure is printed and is its row: other platforms go on."""
    try:
        with opened as (plan, file):
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
