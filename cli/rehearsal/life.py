"""One life of a platform on the stand-ins: apply, second plan, upgrade, second plan, destroy."""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cli.plan_table import Plan
from cli.rehearsal.kinds import FAILED, LEFT, LOSS, REFUSED, SECOND_PLAN, finding
from cli.rehearsal.minutes import expected_minutes
from cli.rehearsal.project import REATTACH, Project
from cli.rehearsal.report import Phase, Rehearsal, Step
from cli.rehearsal.trace import Trace
from cli.signals import Signals
from cli.stack_list import Stack
from cli.stack_run import diagnostic_lines
from cli.terraform_run import Ended, run
from modules.aws_data.durations import Range
from modules.errors import lines_of
from modules.settings import Platform
from stacks.document import Document
from stacks.platform import Synthesized

if TYPE_CHECKING:  # it imports moto, which takes two seconds
    from cli.rehearsal.world import World

APPLY = ("apply", "-json", "-input=false", "-auto-approve", "-parallelism=30")
PLAN = ("plan", "-json", "-input=false", "-detailed-exitcode", "-parallelism=30")


class StoppedError(Exception):
    """The life cannot go on; the finding is recorded."""


@dataclass(frozen=True)
class Script:
    """What is played.

    Args:
        platform: settings of the working tree.
        head: their synthesis.
        unprotected: the same without deletion protection, as a destroy requires.
        documents: all stacks that are applied, those of the other revision too.
        forget: of `synthesize` in main.py.
        base: generated folder of another revision; None: from nothing.
        releases: address of a release to its expected minutes.
    """

    platform: Platform
    head: Synthesized
    unprotected: Synthesized
    documents: Mapping[str, Document]
    forget: Sequence[str] = ()
    base: Path | None = None
    releases: Mapping[str, Range] = field(default_factory=dict)


@dataclass
class Stage:
    """What both lives of a platform share.

    Args:
        script: what is played.
        world: the stand-ins.
        mirror: folder of the AWS provider.
        result: where steps and findings are recorded.
        signals: counts signals; installed.
        say: prints the beginning of each step.
        traces: what each step of the plain life did, by phase and stack.
    """

    script: Script
    world: "World"
    mirror: Path
    result: Rehearsal
    signals: Signals
    say: Callable[[str], None]
    traces: dict[tuple[Phase, str], Trace] = field(default_factory=dict)


class Life:
    """Plays a script in a folder of its own.

    Args:
        stage: what is played, with what.
        folder: an empty folder.
    """

    name: Literal["plain", "failures"] = "plain"

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage, self.script, self.world = stage, stage.script, stage.world
        self.result, self.signals = stage.result, stage.signals
        self.project = Project(folder, stage.script.platform.name)
        self._stand_ins: dict[str, str] = {}
        self._variables: dict[str, dict[str, str]] = {}
        self._initialized: set[str] = set()
        self._open = ExitStack()

    def play(self) -> None:
        """Everything in order; a step that fails ends the life."""
        script = self.script
        self.world.reset(script.platform, script.documents)
        with self._open:
            try:
                if script.base:
                    self.project.copy(script.base)
                else:
                    self.project.write(script.head, script.forget)
                self._each("apply")
                self._second_plans("second plan")
                if script.base:
                    self._exchange(script.head)
                    self._each("upgrade")
                    self._second_plans("plan after the upgrade")
                self._destroy()
            except StoppedError:
                return

    def stacks(self) -> list[Stack]:
        """The stacks in order, as they are configured now."""
        return self.project.stacks(self.world.account)

    def _exchange(self, made: Synthesized) -> None:
        self._initialized.clear()
        try:
            self.project.write(made, self.script.forget)
        except ValueError as error:
            for line in lines_of(error):
                self.result.findings.append(finding(REFUSED, line))
            raise StoppedError from error

    def _each(self, phase: Phase) -> None:
        for stack in self.stacks():
            self.prepare(stack)
            self.step(phase, stack)

    def step(self, phase: Phase, stack: Stack, *options: str) -> None:
        """Apply one stack.

        Raises:
            StoppedError: it failed.
        """
        before = self.world.mark()
        ended, seconds = self.command(phase, stack, *APPLY, *options)
        plan = self.record(phase, stack, ended, seconds)
        self.stage.traces[phase, stack.name] = self.world.since(before, changed=bool(plan.changes))

    def record(self, phase: Phase, stack: Stack, ended: Ended, seconds: float, *, completed: bool = False) -> Plan:
        """Record an apply that is expected to succeed; what it changed.

        Raises:
            StoppedError: it failed.
        """
        plan = Plan.of(stack, ended)
        if ended.code != 0:
            error = said(ended)
            self.result.steps.append(
                Step(self.name, phase, stack.name, "failed", seconds, None, plan.changes, error=error)
            )
            self.report_failure(phase, stack, error)
            raise StoppedError
        minutes = expected_minutes(stack.document, plan.changes, self.script.releases)
        self.result.steps.append(
            Step(self.name, phase, stack.name, "completed" if completed else "done", seconds, minutes, plan.changes)
        )
        if phase in ("upgrade", "protection off"):
            for change in plan.losses:
                verb = "replaces" if "replace" in change.columns else "destroys"
                self.result.findings.append(
                    finding(LOSS, f"{stack.name}: {phase} {verb} {change.address}, which holds {change.data}")
                )
        return plan

    def report_failure(self, phase: Phase, stack: Stack, error: str) -> None:
        """Report a step that failed."""
        self.result.findings.append(finding(FAILED, f"{self.where(phase, stack)}: {error}"))

    def where(self, phase: Phase, stack: Stack) -> str:
        """A step, for a line of text."""
        return f"{stack.name}, {phase}" + (", with failures" if self.name == "failures" else "")

    def _second_plans(self, phase: Phase) -> None:
        for stack in self.stacks():
            file = self.project.folder / "second.tfplan"
            ended, seconds = self.command(phase, stack, *PLAN, f"-out={file}")
            plan = Plan.of(stack, ended)
            if ended.code not in (0, 2):
                self.record(phase, stack, ended, seconds)
            result: Literal["empty", "not empty"] = "empty" if plan.empty else "not empty"
            self.result.steps.append(Step(self.name, phase, stack.name, result, seconds, None, plan.changes))
            if not plan.empty:
                listed = ", ".join(f"{change.columns[0]} {change.address}" for change in plan.changes) or "outputs"
                details = "; ".join(self.attributes(stack, file))
                self.result.findings.append(
                    finding(SECOND_PLAN, f"{self.where(phase, stack)}: {listed}" + (f" ({details})" if details else ""))
                )

    def attributes(self, stack: Stack, file: Path) -> Iterable[str]:
        """Names of the attributes that a saved plan changes; not their values, which may be secret."""
        ended = run(stack, self.signals, "show", "-json", str(file), variables=self._variables[stack.name])
        self.signals.check()
        for one in json.loads(ended.text).get("resource_changes", ()) if ended.code == 0 else ():
            before, after = one["change"]["before"] or {}, one["change"]["after"] or {}
            names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
            if one["change"]["actions"] != ["no-op"] and names:
                yield f"{one['address']}: {', '.join(names)}"

    def _destroy(self) -> None:
        before = {stack.name: dict(stack.document) for stack in self.stacks()}
        self._exchange(self.script.unprotected)
        stacks = self.stacks()
        for stack in stacks:
            if dict(stack.document) != before.get(stack.name):
                self.prepare(stack)
                self.step("protection off", stack)
        for stack in reversed(stacks):
            self.prepare(stack)
            self.step("destroy", stack, "-destroy")
        left = [*self.project.left_in_states(), *self.world.left(self.script.platform)]
        if left:
            where = "after the life with failures, " if self.name == "failures" else ""
            self.result.findings.append(finding(LEFT, f"{where}{len(left)}: {', '.join(left)}"))

    def prepare(self, stack: Stack) -> None:
        """`terraform init`, once for each configuration.

        Raises:
            StoppedError: it failed.
        """
        if stack.name in self._initialized:
            return
        if stack.name not in self._stand_ins:
            self._stand_ins[stack.name] = self._open.enter_context(self.world.serving(stack.folder))
        reattach = self._stand_ins[stack.name]
        variables = self.project.environment(self.world.endpoint, self.world.credentials, self.stage.mirror, reattach)
        ended = run(stack, self.signals, "init", "-input=false", "-no-color", variables=variables)
        self.signals.check()
        if ended.code != 0:
            self.report_failure("apply", stack, said(ended))
            raise StoppedError
        self._variables[stack.name] = self._with_aws(stack, variables)
        self._initialized.add(stack.name)

    def _with_aws(self, stack: Stack, variables: dict[str, str]) -> dict[str, str]:
        """Variables of commands that find the provider that `init` installed running; of several versions, Terraform starts its own."""
        found = (stack.folder / ".terraform" / "providers").glob("*/hashicorp/aws/*/*/terraform-provider-aws*")
        programs = [one.resolve() for one in found]
        if len(programs) != 1:
            return variables
        places = (stack.folder, self.project.state_file(stack.name))
        attached = self._open.enter_context(self.world.aws_provider.serving(programs[0], variables, places))
        return {**variables, REATTACH: json.dumps({**json.loads(variables[REATTACH]), **attached})}

    def command(
        self, phase: Phase, stack: Stack, *arguments: str, signals: Signals | None = None
    ) -> tuple[Ended, float]:
        """Run Terraform; how it ended, and its seconds.

        Args:
            phase: what it is for.
            stack: the stack.
            arguments: of Terraform.
            signals: counts signals in place of the installed ones, to interrupt this command only.
        """
        self.stage.say(self.where(phase, stack))
        started = time.monotonic()
        ended = run(stack, signals or self.signals, *arguments, variables=self._variables[stack.name])
        self.signals.check()
        return ended, time.monotonic() - started


def said(ended: Ended) -> str:
    """Terraform's errors, or all that it printed, in one text."""
    lines = [line.strip() for one in ended.errors() for line in diagnostic_lines(one)]
    return " ".join(lines or [ended.stderr.strip() or ended.text.strip() or f"exit code {ended.code}"])
