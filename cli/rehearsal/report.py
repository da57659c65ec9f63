"""The result of a rehearsal: steps and findings, for a terminal and as JSON."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from rich import box
from rich.table import Table
from rich.text import Text

from cli.plan_table import COLUMNS, Change, duration
from cli.rehearsal.kinds import FAILED, REFUSED
from modules.aws_data.durations import Range
from modules.checks.finding import SEVERITIES, Finding

Phase = Literal["apply", "second plan", "upgrade", "plan after the upgrade", "protection off", "destroy"]
Result = Literal["done", "empty", "not empty", "failed", "failed as injected", "not met", "completed"]
NOT_SHOWN = (
    "whether images start, nodes join and pods become ready",
    "quotas, capacity and permissions of the AWS account",
    "checks that AWS makes and the stand-in does not, such as the order of Kubernetes versions",
    "data: databases, buckets and volumes are empty",
)
"""What a rehearsal cannot know."""
_RED = {"not empty", "failed"}


@dataclass(frozen=True)
class Step:
    """One command of Terraform for one stack.

    Args:
        life: `plain`, or `failures` for the second one with an injected failure at each step.
        phase: what the command is for.
        stack: name of the stack.
        result: how it ended; `completed` is the success after an injected failure.
        seconds: duration on the stand-ins.
        minutes: expected minutes on AWS, from tables, not measured; None for a plan and for a step that failed.
        changes: what it changed or, for a plan, would change.
        failure: the injected failure; empty: none.
        error: Terraform's message; empty: none.
    """

    life: Literal["plain", "failures"]
    phase: Phase
    stack: str
    result: Result
    seconds: float
    minutes: Range | None = None
    changes: tuple[Change, ...] = ()
    failure: str = ""
    error: str = ""

    def count(self, column: str) -> int:
        """Number of changes in a column of `plan_table.COLUMNS`."""
        return sum(column in change.columns for change in self.changes)


@dataclass
class Rehearsal:
    """One platform.

    Args:
        platform: its name.
        revision: the git revision whose state was upgraded; empty: from nothing.
    """

    platform: str
    revision: str = ""
    steps: list[Step] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether there is an error among the findings."""
        return any(one.severity == "error" for one in self.findings)

    @property
    def stopped(self) -> bool:
        """Whether a step failed, so that the steps after it were not played."""
        return any(one.id in {FAILED.id, REFUSED.id} for one in self.findings)

    def document(self) -> dict[str, Any]:
        """The result for programs; docs/rehearse.md describes it."""
        return {
            "platform": self.platform,
            "from": self.revision or None,
            "result": "failed" if self.failed else "passed",
            "steps": [_step(one) for one in self.steps],
            "minutes": {phase: {"low": low, "high": high, "measured": False} for phase, (low, high) in self.minutes()},
            "findings": [
                {"id": one.id, "severity": one.severity, "text": one.text, "fix": one.fix} for one in self.findings
            ],
        }

    def minutes(self) -> Iterator[tuple[str, Range]]:
        """Expected minutes on AWS of each phase: its stacks one after another."""
        for phase in ("apply", "upgrade", "protection off", "destroy"):
            found = [one.minutes for one in self.steps if (one.life, one.phase) == ("plain", phase) and one.minutes]
            if found:
                yield phase, (sum(low for low, _ in found), sum(high for _, high in found))


def _step(step: Step) -> dict[str, Any]:
    low, high = step.minutes or (None, None)
    return {
        "life": step.life,
        "phase": step.phase,
        "stack": step.stack,
        "result": step.result,
        "seconds_on_stand_ins": round(step.seconds, 1),
        "minutes_on_aws": {"low": low, "high": high, "measured": False} if step.minutes else None,
        "counts": {column: step.count(column) for column in COLUMNS},
        "changes": [
            {"address": change.address, "actions": list(change.columns), "loses": change.data}
            for change in step.changes
        ],
        "failure": step.failure or None,
        "error": step.error or None,
    }


def document(rehearsals: Sequence[Rehearsal]) -> dict[str, Any]:
    """All platforms as one JSON document."""
    return {"platforms": [one.document() for one in rehearsals], "not_shown": list(NOT_SHOWN)}


def table(rehearsal: Rehearsal, life: str) -> Table:
    """The steps of one life, one line each."""
    steps = [one for one in rehearsal.steps if one.life == life]
    origin = f"from {rehearsal.revision}" if rehearsal.revision else "from nothing"
    title = f"{rehearsal.platform}: {origin}" + (", with a failure at each step" if life == "failures" else "")
    made = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for heading in ("step", "stack"):
        made.add_column(heading, overflow="fold")
    for heading in COLUMNS[:4]:
        made.add_column(heading, justify="right")
    made.add_column("result", overflow="fold")
    made.add_column("here", justify="right")
    made.add_column("AWS min*", justify="right")
    phase = ""
    for step in steps:
        result = f"fails, {step.failure}" if step.result == "failed as injected" else step.result
        if step.result == "not met":
            result = f"not met, {step.failure}"
        made.add_row(
            step.phase if step.phase != phase else "",
            step.stack,
            *(_count(step, column) for column in COLUMNS[:4]),
            Text(result, style="red" if step.result in _RED else ""),
            duration(step.seconds),
            _minutes(step.minutes),
        )
        phase = step.phase
    return made


def _count(step: Step, column: str) -> Text:
    count = step.count(column)
    return Text(str(count), style="red" if column == "replace" and count else "")


def _minutes(minutes: Range | None) -> str:
    if minutes is None:
        return ""
    low, high = minutes
    return f"{low} to {high}" if high > low else str(low)


def summary(rehearsal: Rehearsal) -> Iterator[Text]:
    """Replaced resources, losses, findings, and the result."""
    yield Text("* minutes on AWS: estimates from tables of usual durations, not measured. 0: less than a minute.")
    for phase, minutes in rehearsal.minutes():
        yield Text(f"  {phase}: {_minutes(minutes)} minutes on AWS, all stacks one after another")
    yield from _changed(rehearsal.steps)
    for severity in SEVERITIES:
        found = [one for one in rehearsal.findings if one.severity == severity]
        if found:
            yield Text(severity, style="red" if severity == "error" else "")
        for one in found:
            yield Text(f"  {one}")
    yield Text(
        f"{rehearsal.platform}: the rehearsal {'failed' if rehearsal.failed else 'passed'}",
        style="bold red" if rehearsal.failed else "green",
    )


def _changed(steps: Iterable[Step]) -> Iterator[Text]:
    """What an upgrade replaces or destroys, and which data a destroy removes."""
    for step in steps:
        if step.life == "plain" and step.phase in ("upgrade", "protection off", "destroy"):
            for change in step.changes:
                removed = {"replace", "destroy"} & set(change.columns)
                if removed and (change.data or step.phase != "destroy"):
                    loss = f"   loses {change.data}" if change.data else ""
                    red = "bold red" if change.data and step.phase != "destroy" else ""
                    yield Text(f"  {step.phase} {step.stack}: {removed.pop()} {change.address}{loss}", style=red)
