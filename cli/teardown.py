"""`teardown`: empty the cluster of what controllers made, destroy all stacks of a platform, and list what is left in AWS."""

import shlex
import sys
from collections.abc import Mapping, Sequence

from cli import destroy
from cli.apply_session import FAILED, check_account, choose, confirmed, console, prepare_all, run_in_order, synthesize
from cli.half_made import refuse_locked
from cli.last_apply import State
from cli.main_file import valid_platforms
from cli.plan_table import Row
from cli.program import ExitCode
from cli.signals import InterruptedRunError, Signals
from cli.stack_list import Stack, read_stacks
from cli.stack_run import StackRun
from cli.teardown_cluster import Drain
from cli.teardown_list import Account, report
from modules.checks.teardown.facts import Facts
from modules.errors import ProblemsError
from modules.live.leftovers.removal import chosen as chosen_leftovers
from modules.program import run_on

KUBEFLOW = ("teams", "kubeflow")
"""Beginnings of layers whose controllers can run on nodes of Karpenter and use claims: these are deleted after them."""


def main(
    platform: str,
    *,
    yes: bool,
    delete_volumes: bool = False,
    drain: bool = True,
    context: str | None = None,
    delete: Sequence[str] = (),
) -> None:
    """Tear a platform down.

    Args:
        platform: its name.
        yes: without the question.
        delete_volumes: delete claims and snapshots of volumes with their data.
        drain: whether to delete objects in the cluster first.
        context: kubeconfig context; None: the AWS credentials.
        delete: ids of leftovers to delete.

    Raises:
        ValueError: the command stops before the first change, or the cluster was not emptied.
        SystemExit: something is left.
    """
    with Signals() as signals:
        if not yes and not (sys.stdin and sys.stdin.isatty()):  # None: closed, as by some services
            raise ValueError(f"no terminal for confirmation; without confirmation: {_again(platform, '--yes')}")
        synthesize()
        every, stacks = _stacks(platform)
        check_account("destroy", stacks)
        run = StackRun(console(), console(stderr=True), signals)
        states = prepare_all(run, stacks)
        facts = Facts(valid_platforms(platform)[0], {stack.name: stack.document for stack in stacks})
        _refuse_protected(facts, states)
        refuse_locked(stacks)
        cluster = Drain(run, facts, states, context, delete_volumes=delete_volumes) if drain else None
        account = Account.of(run, facts, stacks, cluster.handles if cluster else frozenset())
        named = []
        if delete:
            before = account.search()
            named = chosen_leftovers([*before.left, *before.stays], delete)
        _say_plan(run, facts, states, [str(one) for one in named])
        if not yes and not confirmed(run, f"Type the platform's name ({platform}) to tear it down:", (platform,)):
            run.say(f"{platform}: nothing was changed")
            sys.exit(ExitCode.PROBLEM)
        account.remove(named)
        done = _destroy(run, every, stacks, states, cluster)
        clean = report(run, account.search(), platform)
        if not (done and clean):
            sys.exit(ExitCode.PROBLEM)


def _stacks(platform: str) -> tuple[list[Stack], list[Stack]]:
    """All stacks, and those of the platform.

    Raises:
        ValueError: there is no such platform.
    """
    every = read_stacks()
    found = [stack.name for stack in every if stack.platform == platform]
    if not found:
        names = ", ".join(dict.fromkeys(stack.platform for stack in every))
        raise ValueError(f"{platform}: no such platform; main.py has: {names}")
    return choose(found)


def _refuse_protected(facts: Facts, states: Mapping[str, State]) -> None:
    """Refuse a platform whose protection is on in main.py, or was not switched off by a deploy.

    Raises:
        ValueError: with what to do.
    """
    name = facts.platform.name
    deploy = run_on("deploy", f"{name}-*")
    if protected := [one.address for one in facts.resources if one.is_protected]:
        raise ValueError(
            f"{name}: {len(protected)} resources are protected, such as {protected[0]}; set deletion_protection=False in main.py (and "
            f"at teams that set it themselves), then: {deploy}"
        )
    lines = [
        f"{one.stack}: {one.kind}.{one.name} is not installed; it deletes users' objects before their controllers. Run: {deploy}"
        for one in facts.of("helm_release")
        if one.name.endswith("_drain")
        and states[one.stack].applied
        and f"{one.kind}.{one.name}" not in states[one.stack].resources
    ]
    if lines:
        raise ProblemsError(lines)


def _say_plan(run: StackRun, facts: Facts, states: Mapping[str, State], named: Sequence[str]) -> None:
    run.say(f"\n{facts.platform.name}: the stacks are destroyed in this order, with all data in them:")
    for stack in reversed(list(facts.stacks)):
        count = len(states[stack].resources)
        run.say(f"  {stack}: {count} resources" if count else f"  {stack}: nothing to destroy")
    if named:
        run.say("These leftovers are deleted first:")
    for line in named:
        run.say(f"  {line}")
    run.say(f"What remains by configuration: kubeflow-aws check {facts.platform.name} --teardown")


def _destroy(
    run: StackRun, every: Sequence[Stack], stacks: Sequence[Stack], states: Mapping[str, State], cluster: Drain | None
) -> bool:
    """Destroy the stacks, the last one first, and empty the cluster before and in between."""
    if cluster is not None:
        try:
            cluster.delete_entry_points()
        except InterruptedRunError:
            run.fail("teardown: no stack was destroyed; run the same command again; it continues from there.")
            raise

    def one(stack: Stack, rows: Mapping[str, Row]) -> Row:
        if row := destroy.blocked(stack, every, rows):
            return row
        if cluster is not None and not stack.layer.startswith(KUBEFLOW):
            try:
                cluster.delete_nodes_and_claims()
            except ValueError as error:
                run.fail(str(error))
                return Row(stack.name, FAILED, style="red")
        return destroy.destroy_stack(run, stack, states, auto_approve=True)

    return run_in_order(run, "teardown", stacks[::-1], one, destroy.DONE)


def _again(platform: str, *options: str) -> str:
    return shlex.join(["kubeflow-aws", "teardown", platform, *options])
