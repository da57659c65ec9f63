"""`move-state`: the states of a platform from where generated/ says to where main.py says; and what a rename replaces.

generated/ is written last, when each state is at its new place and each plan is empty: until then the old states are the ones in
use, and the command can be run again.
"""

import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from cli import state_bucket
from cli.apply_session import FAILED, confirmed, console, need_answer, prepare_all
from cli.half_made import refuse_locked
from cli.last_apply import State
from cli.main_file import valid_call
from cli.plan_folder import plan_file
from cli.plan_table import Row, listing, table, verdict
from cli.program import ExitCode
from cli.signals import Signals
from cli.stack_list import GENERATED, Stack, read_stacks
from cli.stack_run import FailedStackError, StackRun
from cli.state_moves import Move, moves, other_changes
from modules.program import run as run_line
from stacks.platform import Synthesized, build, write, write_all_charts

FOLDER = Path("generated.moving")
"""Stacks with the new place, while a move goes on: as deep as generated/, so that relative paths of states are the same."""
LOCK_FILE = ".terraform.lock.hcl"
BACKEND_RECORD = Path(".terraform", "terraform.tfstate")
"""What `terraform init` records of the backend; with that of the old place, Terraform would refuse to run."""
OVERRIDE = "rename_override.tf.json"
SHOWN = 10
"""Changes of settings that an error lists."""


def main(platform: str, *, renamed_from: str | None, commands: bool, auto_approve: bool) -> None:
    """Move the states of a platform.

    Args:
        platform: its name in main.py.
        renamed_from: its name in generated/; None: the same.
        commands: print the commands instead.
        auto_approve: move without a question.

    Raises:
        ValueError: nothing can be moved; nothing was changed.
        SystemExit: a move failed, a plan is not empty, or a rename would replace resources.
    """
    with Signals() as signals:
        platforms, forget = valid_call()
        if platform not in {one.name for one in platforms}:
            raise ValueError(
                f"{platform}: no such platform in main.py; it has: {', '.join(one.name for one in platforms)}"
            )
        run = StackRun(console(), console(stderr=True), signals)
        made = build(*platforms)
        with _written(made) as new:
            found = moves(read_stacks(), new, platform, renamed_from or platform)
            if not found:
                run.say(f"{platform}: every state is where main.py says; nothing to move")
                return
            run.console.print(_places(found))
            changes = other_changes(found)
            if changes and renamed_from:
                _report_rename(run, found)
            if changes:
                raise ValueError(_too_much(platform, changes))
            if commands:
                print("\n".join(_commands(found)))
                return
            need_answer("move-state", [platform], auto_approve=auto_approve)
            if not _moved(run, found, platform, auto_approve=auto_approve):
                sys.exit(ExitCode.PROBLEM)
            entries = [f"{move.old.name}/state" if move.old.name == move.new.name else move.old.name for move in found]
            for warning in write(made, GENERATED, (*forget, *entries)):
                run.say(f"warning: {warning}", "yellow")
            write_all_charts(made, GENERATED)
            for move in found:
                (GENERATED / "stacks" / move.new.name / BACKEND_RECORD).unlink(missing_ok=True)
        _say_what_remains(run, found)


@contextmanager
def _written(made: Synthesized) -> Iterator[list[Stack]]:
    """The stacks of main.py in a folder next to generated/, which is removed at the end."""
    shutil.rmtree(FOLDER, ignore_errors=True)  # of a run that was killed
    FOLDER.mkdir(mode=0o700)
    try:
        for path, content in made.tree.items():
            (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
            (FOLDER / path).write_bytes(content)
        write_all_charts(made, FOLDER)
        stacks = read_stacks(FOLDER)
        for stack in stacks:
            versions = GENERATED / "stacks" / stack.name / LOCK_FILE
            if versions.is_file():
                shutil.copyfile(versions, stack.folder / LOCK_FILE)
        yield stacks
    finally:
        shutil.rmtree(FOLDER)


def _moved(run: StackRun, found: Sequence[Move], platform: str, *, auto_approve: bool) -> bool:
    """Copy the states and plan each stack; whether all plans are empty."""
    states = prepare_all(run, [move.old for move in found])
    refuse_locked([move.old for move in found])
    state_bucket.main({platform})
    wanted = [
        move for move in found if states[move.old.name].applied and not _is_there(run, move, states[move.old.name])
    ]
    question = f"Copy {len(wanted)} states of {platform} to their new place? The old ones stay. [y/N]"
    if wanted and not auto_approve and not confirmed(run, question, ("y", "yes")):
        run.say("nothing was moved")
        return False
    for move in wanted:
        run.signals.check()
        _copy(run, move, states[move.old.name])
    for move in found:
        if _version(run.state(move.old)) != _version(states[move.old.name]):
            raise FailedStackError(
                f"{move.old.name}: its state changed while it was copied, by another run; wait until that has ended, delete the copies "
                f"({', '.join(one.after for one in wanted)}), and move again"
            )
    return _plans_are_empty(run, [move for move in found if states[move.old.name].applied])


def _is_there(run: StackRun, move: Move, state: State) -> bool:
    """Whether the new place has the state already, as after an interruption.

    Raises:
        FailedStackError: it has another one.
    """
    found = run.prepare(move.new)
    if not found.applied:  # Terraform shows a state without resources where there is none
        return False
    if _held(found) == _held(state):
        return True
    raise FailedStackError(
        f"{move.new.name}: there is another state at {move.after}; choose another place in main.py, or delete it if it is a leftover"
    )


def _copy(run: StackRun, move: Move, state: State) -> None:
    with plan_file(run.signals) as file:  # for this user only, and removed in any case: a state holds values in clear
        file.write_text(json.dumps(state.content), encoding="utf-8")
        run.push(move.new, file)
    if _held(run.state(move.new)) != _held(state):
        raise FailedStackError(
            f"{move.new.name}: {move.after} does not have what was written to it; read its log, and run again"
        )
    run.say(f"{move.new.name}: copied to {move.after}")


def _version(state: State) -> tuple[Any, Any]:
    """What each write of a state changes; other parts, such as results of checks, have no fixed order."""
    return state.content.get("lineage"), state.content.get("serial")


def _held(state: State) -> tuple[Any, Any]:
    """What a state holds; HCP Terraform gives it another lineage."""
    return state.content["resources"], state.content["outputs"]


def _plans_are_empty(run: StackRun, found: Sequence[Move]) -> bool:
    rows = []
    for move in found:
        run.signals.check()
        run.say(f"{move.new.name}: planning")
        try:
            text = run.plan_text(move.new)
        except FailedStackError as error:
            run.fail(str(error))
            rows.append(Row(move.new.name, FAILED, style="red"))
            continue
        if text:
            run.say(text)
        rows.append(Row(move.new.name, "changes" if text else "no changes", style="red" if text else "green"))
    run.console.print(table(rows))
    if all(row.result == "no changes" for row in rows):
        return True
    run.fail(
        "generated/ still has the old place, and the old states are in use. If the plans showed changes before as well, apply or undo "
        f"these first ({run_line('diff')}); then run the same command again"
    )
    return False


def _report_rename(run: StackRun, found: Sequence[Move]) -> None:
    """Plan the renamed stacks on copies of their states, and end.

    Raises:
        SystemExit: always, since a rename that changes resources is not done.
    """
    states = prepare_all(run, [move.old for move in found])
    rows = []
    for move in found:
        (move.new.folder / OVERRIDE).write_text(json.dumps(_on_copies(move)), encoding="utf-8")
        if content := states[move.old.name].content:
            _copy_of(move).parent.mkdir(exist_ok=True)
            _copy_of(move).write_text(json.dumps(content), encoding="utf-8")
    for move in found:
        run.say(f"{move.new.name}: planning on a copy of the state")
        run.prepare(move.new)
        with run.planned(move.new) as (plan, _):
            rows.append(Row(move.new.name, verdict(plan), plan))
    run.console.print(table(rows, planned=True))
    plans = [row.plan for row in rows if row.plan]
    for plan in plans:
        for line in listing(plan):
            run.console.print(line, soft_wrap=True)
    replaced = sum(plan.count("replace") + plan.count("destroy") for plan in plans)
    lost = sum(len(plan.losses) for plan in plans)
    run.fail(
        f"Nothing was changed. Names in AWS hold the name of the platform: a rename would replace or destroy at least {replaced} resources, "
        f"{lost} of them with data, and stacks that read others would follow. Only the addresses above can move without a loss: keep the name, "
        "and change key_prefix, workspace_prefix, bucket or organization. For another name, build a second platform and move the data: "
        "docs/moving.md"
    )
    sys.exit(ExitCode.PROBLEM)


def _copy_of(move: Move) -> Path:
    return FOLDER.resolve() / "state" / f"{move.new.name}.tfstate"


def _on_copies(move: Move) -> Mapping[str, Any]:
    """Backend and readers of a stack on copies of the states."""
    layers = move.new.document.get("data", {}).get("terraform_remote_state", {})
    readers = {
        layer: {
            "backend": "local",
            "config": {"path": str(_copy_of(move).with_name(f"{move.new.platform}-{layer}.tfstate"))},
        }
        for layer in layers
    }
    return {
        "terraform": {"backend": {"local": {"path": str(_copy_of(move))}}},
        **({"data": {"terraform_remote_state": readers}} if readers else {}),
    }


def _places(found: Sequence[Move]) -> Table:
    shown = Table(box=box.SIMPLE_HEAD)
    for heading in ("stack", "from", "to"):
        shown.add_column(heading, overflow="fold")
    for move in found:
        name = move.new.name if move.new.name == move.old.name else f"{move.old.name} → {move.new.name}"
        shown.add_row(name, move.before, move.after)
    return shown


def _too_much(platform: str, changes: Sequence[str]) -> str:
    more = f" and {len(changes) - SHOWN} more" if len(changes) > SHOWN else ""
    return (
        f"{platform}: main.py also changes {', '.join(changes[:SHOWN])}{more}; restore these settings, move, then change them: after a move "
        "every plan must be empty"
    )


def _commands(found: Sequence[Move]) -> Iterator[str]:
    """What the command does, for a shell; states hold values in clear, so their copies are for one user and deleted at the end."""
    entries = [f"{move.old.name}/state" if move.old.name == move.new.name else move.old.name for move in found]
    stacks = {move: f"terraform -chdir=generated/stacks/{move.new.name}" for move in found}
    yield "umask 077"
    yield from (f"{move.old.command} state pull > {move.new.name}.tfstate" for move in found)
    forget = " ".join(f'"{one}",' for one in entries)
    yield f"# in main.py: synthesize(…, forget=({forget}))"
    yield run_line("synth")
    for move, command in stacks.items():
        yield f"rm -f generated/stacks/{move.new.name}/{BACKEND_RECORD}"
        yield f"{command} init -input=false"
        yield f'{command} state push "$PWD/{move.new.name}.tfstate"'
    yield from (f"{command} plan -detailed-exitcode   # 0: no changes" for command in stacks.values())
    yield f"rm {' '.join(f'{move.new.name}.tfstate' for move in found)}   # and the forget in main.py"


def _say_what_remains(run: StackRun, found: Sequence[Move]) -> None:
    run.say("\ngenerated/ has the new place. Commit it with main.py; other checkouts need it before their next plan.")
    run.say("The old states are unchanged, and nothing reads them any more. Delete them when you need no way back:")
    for move in found:
        run.say(f"  {move.before}")
