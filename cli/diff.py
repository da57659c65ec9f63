"""`diff`: plan every stack, change nothing."""

import json
import sys
from collections.abc import Sequence

from cli.apply_session import FAILED, choose, console, prepare_all, synthesize
from cli.last_apply import State
from cli.plan_table import Row, document, listing, table, verdict
from cli.program import ExitCode
from cli.signals import Signals
from cli.stack_list import Stack
from cli.stack_run import FailedStackError, StackRun, UpstreamMissingError

WAITS = "waits for "


def main(patterns: Sequence[str], *, as_json: bool, exit_code: bool) -> None:
    """Plan stacks.

    Args:
        patterns: names or globs of stacks; none: all.
        as_json: print one JSON document.
        exit_code: exit with 3 if there are changes.

    Raises:
        ValueError: nothing can be planned.
        SystemExit: a plan failed, or there are changes.
    """
    with Signals() as signals:
        synthesize(quiet=as_json)
        _, chosen = choose(patterns)
        run = StackRun(console(stderr=as_json), console(stderr=True), signals)
        states = prepare_all(run, chosen)
        rows = [_one(run, stack, states) for stack in chosen]
    if as_json:
        print(json.dumps({"stacks": document(rows)}, indent=1, ensure_ascii=False))
    else:
        run.console.print(table(rows, planned=True))
        for row in rows:
            for line in listing(row.plan) if row.plan else ():
                run.console.print(line, soft_wrap=True)
    if any(row.result == FAILED for row in rows):
        sys.exit(ExitCode.PROBLEM)
    if exit_code and any(row.result != "no changes" for row in rows):
        sys.exit(ExitCode.DIFFERENCES)


def _one(run: StackRun, stack: Stack, states: dict[str, State]) -> Row:
    run.signals.check()
    for name in stack.reads:
        if name in states and not states[name].applied:
            return Row(stack.name, f"{WAITS}{name}", style="yellow")
    run.say(f"{stack.name}: planning")
    try:
        with run.planned(stack) as (plan, _):
            return Row(stack.name, verdict(plan), plan, style="" if plan.empty else "yellow")
    except UpstreamMissingError as error:
        return Row(stack.name, f"{WAITS}{error.upstream}", style="yellow")
    except FailedStackError as error:
        run.fail(str(error))
        return Row(stack.name, FAILED, style="red")
