"""`destroy`: plan, ask and destroy, the last stack first."""

import sys
import time
from collections.abc import Mapping, Sequence

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
from cli.last_apply import State
from cli.plan_table import Plan, Row, listing, table, verdict
from cli.program import ExitCode
from cli.signals import Signals
from cli.stack_list import Stack, needs
from cli.stack_run import FailedStackError, StackRun

DONE = ("destroyed", "nothing to destroy")


def main(patterns: Sequence[str], *, auto_approve: bool) -> None:
    """Destroy stacks.

    Args:
        patterns: names or globs of stacks; at least one.
        auto_approve: destroy without questions.

    Raises:
        ValueError: the command stops before the first change.
        SystemExit: a stack was not destroyed.
    """
    with Signals() as signals:
        need_answer("destroy", patterns, auto_approve=auto_approve)
        synthesize()
        stacks, chosen = choose(patterns)
        check_account("destroy", chosen)
        run = StackRun(console(), console(stderr=True), signals)
        names = {stack.name for stack in chosen}
        later = [stack for stack in stacks if stack.name not in names and needs(stack, names, stacks)]
        states = prepare_all(run, [*chosen, *later])
        if applied := [stack.name for stack in later if states[stack.name].applied]:
            raise ValueError(
                f"{', '.join(applied)}: applied, and depends on what you want to destroy; destroy it first, or together with it"
            )

        def one(stack: Stack, rows: Mapping[str, Row]) -> Row:
            return blocked(stack, stacks, rows) or destroy_stack(run, stack, states, auto_approve=auto_approve)

        if not run_in_order(run, "destroy", chosen[::-1], one, DONE):
            sys.exit(ExitCode.PROBLEM)
        run.say("What remains in AWS, and for how long: docs/day-two.md#destroy-and-what-remains")


def blocked(stack: Stack, stacks: Sequence[Stack], rows: Mapping[str, Row]) -> Row | None:
    """The row of a stack that is needed by one that was not destroyed in this run."""
    for other in stacks:
        row = rows.get(other.name)
        if row and row.result not in DONE and needs(other, {stack.name}, stacks):
            return Row(stack.name, f"not started: {other.name} is not destroyed", style="yellow")
    return None


def destroy_stack(run: StackRun, stack: Stack, states: Mapping[str, State], *, auto_approve: bool) -> Row:
    """Plan, ask, destroy one stack. A failure is printed and is its row: other platforms go on."""
    if not states[stack.name].applied:
        return Row(stack.name, "nothing to destroy")
    run.say(f"\n{stack.name}: planning")
    try:
        with run.planned(stack, "-destroy") as (plan, file):
            if plan.empty:
                return Row(stack.name, "nothing to destroy", plan)
            run.console.print(table([Row(stack.name, verdict(plan), plan)], planned=True))
            for line in listing(plan):
                run.console.print(line, soft_wrap=True)
            if not auto_approve and not _agreed(run, plan):
                run.say(f"{stack.name}: not destroyed")
                return Row(stack.name, "declined", style="yellow")
            started = time.monotonic()
            run.apply(plan, file)
            return Row(stack.name, "destroyed", plan, time.monotonic() - started, style="green")
    except FailedStackError as error:
        run.fail(str(error))
        if "Instance cannot be destroyed" in str(error):
            run.fail("Deletion protection is on: set deletion_protection=False in main.py, deploy, and destroy again.")
        return Row(stack.name, FAILED, style="red")


def _agreed(run: StackRun, plan: Plan) -> bool:
    name = plan.stack.platform
    if plan.losses:
        return confirmed(
            run, f"Data is lost for good. Type the platform's name ({name}) to destroy {plan.stack.name}:", (name,)
        )
    return confirmed(run, f"Destroy {plan.stack.name}? [y/N]", ("y", "yes"))
