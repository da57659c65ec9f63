"""The second life: a failure at each step, then the same command again."""

from typing import Literal

from cli.plan_table import Plan
from cli.rehearsal.faults import armed, choose, other_errors, waiting_releases
from cli.rehearsal.kinds import NO_FAULT, NOT_HEALED, finding
from cli.rehearsal.life import APPLY, Life, said
from cli.rehearsal.report import Phase, Result, Step
from cli.stack_list import Stack

PHASES: tuple[Phase, ...] = ("apply", "upgrade", "protection off", "destroy")
"""Steps that can fail, so that a stack does not meet the same kind of failure in two steps after each other."""


class FailingLife(Life):
    """A life in which each step fails once; the stage has the traces of the plain life."""

    name: Literal["plain", "failures"] = "failures"

    def step(self, phase: Phase, stack: Stack, *options: str) -> None:
        """Apply one stack with a failure, then again.

        Raises:
            StoppedError: the second apply failed.
        """
        trace = self.stage.traces[phase, stack.name]
        number = [one.name for one in self.stacks()].index(stack.name) + PHASES.index(phase)
        failure = choose(trace, waiting_releases(stack.document), number, destroys=phase == "destroy")
        if failure is None:
            if trace.changed:
                self.result.findings.append(
                    finding(NO_FAULT, f"{self.where(phase, stack)}: nothing in it can fail here")
                )
            ended, seconds = self.command(phase, stack, *APPLY, *options)
            self.record(phase, stack, ended, seconds)
            return
        with armed(self.world, failure) as one:
            ended, seconds = self.command(phase, stack, *APPLY, *options, signals=one.signals)
        met = ended.code != 0
        result: Result = "failed as injected" if met else "not met"
        changes = () if met else Plan.of(stack, ended).changes
        error = said(ended) if met else ""
        self.result.steps.append(
            Step(self.name, phase, stack.name, result, seconds, None, changes, failure=str(failure), error=error)
        )
        if not met:
            self.result.findings.append(finding(NO_FAULT, f"{self.where(phase, stack)}: not met: {failure}"))
            return
        for text in other_errors(failure, ended.errors()):
            self.result.findings.append(finding(NOT_HEALED, f"{self.where(phase, stack)}, {failure}: caused: {text}"))
        ended, seconds = self.command(phase, stack, *APPLY, *options)
        self.record(phase, stack, ended, seconds, completed=True)

    def report_failure(self, phase: Phase, stack: Stack, error: str) -> None:
        """Report that a step is not completed by the next one."""
        self.result.findings.append(finding(NOT_HEALED, f"{self.where(phase, stack)}: {error}"))
