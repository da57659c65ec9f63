"""`diff`: plan every stack, change nothing."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from cli import state_bucket
from cli.apply_session import FAILED, choose, console, prepare_all, synthesize, with_read
from cli.last_apply import State
from cli.plan_table import Row, document, listing, table, verdict
from cli.program import ExitCode
from cli.saved_plans import SavedPlans
from cli.signals import Signals
from cli.stack_list import Stack, needs
from cli.stack_run import FailedStackError, StackRun, UpstreamMissingError

WAITS = "waits for "
UNCHANGED = "no changes"


def main(patterns: Sequence[str], *, as_json: bool, exit_code: bool, plans: Path | None = None) -> None:
    """Plan stacks.

    Args:
        patterns: names or globs of stacks; none: all.
        as_json: print one JSON document.
        exit_code: exit with 3 if there are changes.
        plans: new folder for the plans that `deploy` can apply now. None: they are removed.

    Raises:
        ValueError: nothing can be planned.
        SystemExit: a plan failed, or there are changes.
    """
    with Signals() as signals:
        saved = SavedPlans.new(plans) if plans else None
        synthesize(quiet=as_json)
        stacks, chosen = choose(patterns)
        run = StackRun(console(stderr=as_json), console(stderr=True), signals)
        found = {row.stack: row for row in without_bucket(chosen)}
        ready = [stack for stack in chosen if stack.name not in found]
        states = prepare_all(run, with_read(stacks, ready) if saved else ready)
        for stack in ready:
            waits = _changed_before(stack, stacks, found) if saved else None
            found[stack.name] = waits or _one(run, stack, states, saved)
        rows = [found[stack.name] for stack in chosen]
    if as_json:
        print(json.dumps({"stacks": document(rows)}, indent=1, ensure_ascii=False))
    else:
        run.console.print(table(rows, planned=True))
        for row in rows:
            for line in listing(row.plan) if row.plan else ():
                run.console.print(line, soft_wrap=True)
    if any(row.result == FAILED for row in rows):
        sys.exit(ExitCode.PROBLEM)
    if exit_code and any(row.result != UNCHANGED for row in rows):
        sys.exit(ExitCode.DIFFERENCES)


def without_bucket(stacks: Sequence[Stack]) -> list[Row]:
    """Rows of stacks whose state bucket `deploy` has yet to create."""
    missing = state_bucket.missing({stack.platform for stack in stacks})
    return [
        Row(stack.name, f"{WAITS}the state bucket {bucket}, which deploy creates", style="yellow")
        for stack in stacks
        if (bucket := stack.backend[1].get("bucket")) in missing
    ]


def _changed_before(stack: Stack, stacks: Sequence[Stack], rows: Mapping[str, Row]) -> Row | None:
    """The row of a stack whose plan would be outdated once the plans of this run are applied."""
    for name, row in rows.items():
        if row.result != UNCHANGED and needs(stack, {name}, stacks):
            return Row(stack.name, f"{WAITS}{name}", style="yellow")
    return None


def _one(run: StackRun, stack: Stack, states: Mapping[str, State], saved: SavedPlans | None) -> Row:
    run.signals.check()
    for name in stack.reads:
        if name in states and not states[name].applied:
            return Row(stack.name, f"{WAITS}{name}", style="yellow")
    run.say(f"{stack.name}: planning")
    try:
        with run.planned(stack) as (plan, file):
            if saved and not plan.empty:
                saved.save(run, plan, file, states)
            return Row(stack.name, verdict(plan), plan, style="" if plan.empty else "yellow")
    except UpstreamMissingError as error:
        return Row(stack.name, f"{WAITS}{error.upstream}", style="yellow")
    except FailedStackError as error:
        run.fail(str(error))
        return Row(stack.name, FAILED, style="red")
