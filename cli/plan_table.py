"""A plan as a person reviews it: a table of numbers, and by address what is replaced, destroyed or loses data."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table
from rich.text import Text

from cli.stack_list import Stack
from cli.terraform_run import Ended, Event
from modules.aws_data.stateful_types import STATEFUL_TYPES
from stacks.document import managed
from stacks.protected_resources import TEAM_TYPE, holds_data

COLUMNS = ("add", "change", "replace", "destroy", "import", "move", "forget")
_COLUMN = {
    "create": "add",
    "update": "change",
    "replace": "replace",
    "delete": "destroy",
    "import": "import",
    "move": "move",
    "remove": "forget",
}
"""Action of a `planned_change` event to its column. `read` is a data source, `noop` no change."""
TEAM_DATA = "a team: its namespace, notebooks and volumes"


@dataclass(frozen=True)
class Change:
    """One planned change.

    Args:
        address: address in the stack.
        columns: its columns; more than one if it is imported or moved and changed.
        data: the data that it would lose; empty: none.
    """

    address: str
    columns: tuple[str, ...]
    data: str = ""


@dataclass(frozen=True)
class Plan:
    """The plan of one stack.

    Args:
        stack: the stack.
        changes: what it changes, in Terraform's order.
        empty: whether Terraform has nothing to do; a plan that changes outputs only has no changes and is not empty.
    """

    stack: Stack
    changes: tuple[Change, ...]
    empty: bool

    @classmethod
    def of(cls, stack: Stack, ended: Ended) -> "Plan":
        """The plan of `terraform plan -json -detailed-exitcode`."""
        changes = (_change(stack, one["change"]) for one in ended.events if one.get("type") == "planned_change")
        return cls(stack, tuple(one for one in changes if one is not None), empty=ended.code == 0)

    def count(self, column: str) -> int:
        """Number of changes in a column of the table."""
        return sum(column in change.columns for change in self.changes)

    @property
    def steps(self) -> int:
        """Number of operations of an apply; a replacement is two."""
        weights = {"add": 1, "change": 1, "destroy": 1, "replace": 2}
        return sum(weights.get(column, 0) for change in self.changes for column in change.columns)

    @property
    def losses(self) -> list[Change]:
        """Changes that lose data."""
        return [change for change in self.changes if change.data]

    @property
    def listed(self) -> list[Change]:
        """Changes that remove an object or stop managing it."""
        return [change for change in self.changes if {"replace", "destroy", "forget"} & set(change.columns)]


def _change(stack: Stack, change: Event) -> Change | None:
    address, action = change["resource"]["addr"], change["action"]
    columns = [_COLUMN[action]] if action in _COLUMN else []
    if "importing" in change and "import" not in columns:
        columns.append("import")
    if "previous_resource" in change and "move" not in columns:
        columns.append("move")
    if not columns:
        return None
    return Change(address, tuple(columns), _data(stack, address) if {"replace", "destroy"} & set(columns) else "")


def _data(stack: Stack, address: str) -> str:
    """The data that a resource holds, as the guard of the protected resources knows it; empty: none."""
    plain = re.sub(r"\[.*\]$", "", address)
    kind = plain.partition(".")[0]
    if kind == TEAM_TYPE:
        # A team that was removed from settings, or whose protection was switched off, has no mark in the JSON.
        marked = plain in managed(stack.document) and holds_data(stack.document, plain)
        return TEAM_DATA if marked or stack.layer.startswith("teams") else ""
    return STATEFUL_TYPES.get(kind, "data") if holds_data(stack.document, plain) else ""


@dataclass(frozen=True)
class Row:
    """One line of the closing table.

    Args:
        stack: name of the stack.
        result: `applied`, `no changes`, …
        plan: its plan, if it has one.
        seconds: duration of the apply, if there was one.
        style: color of the result.
    """

    stack: str
    result: str
    plan: Plan | None = None
    seconds: float | None = None
    style: str = ""


def table(rows: Sequence[Row], *, planned: bool = False) -> Table:
    """The table of plans, and the closing table.

    Args:
        rows: one per stack.
        planned: head the columns with what will be done, not with what was done.
    """
    shown = [name for name in COLUMNS if name in COLUMNS[:4] or any(row.plan and row.plan.count(name) for row in rows)]
    timed = any(row.seconds is not None for row in rows)
    found = Table(box=box.SIMPLE_HEAD)
    found.add_column("stack", overflow="fold")
    for name in shown:
        found.add_column(f"to {name}" if planned else name, justify="right")
    found.add_column("result", overflow="fold")
    if timed:
        found.add_column("time", justify="right")
    for row in rows:
        counts = [_number(row.plan, name) for name in shown]
        time = [duration(row.seconds) if row.seconds is not None else ""] if timed else []
        found.add_row(row.stack, *counts, Text(row.result, style=row.style), *time)
    return found


def _number(plan: Plan | None, column: str) -> Text:
    count = plan.count(column) if plan else 0
    red = column in ("replace", "destroy") and count
    return Text(str(count) if plan else "", style="red" if red else "")


def listing(plan: Plan) -> Iterator[Text]:
    """What is replaced, destroyed or forgotten, by address; in red and with the data what loses data."""
    for change in sorted(plan.listed, key=lambda one: (not one.data, one.address)):
        verb = next(column for column in change.columns if column in ("replace", "destroy", "forget"))
        loss = f"   loses {change.data}" if change.data else ""
        yield Text(f"  {verb:<8} {change.address}{loss}", style="bold red" if change.data else "")


def verdict(plan: Plan) -> str:
    """The result column of a plan."""
    if plan.empty:
        return "no changes"
    if not plan.changes:
        return "outputs change"
    return "loses data" if plan.losses else "changes"


def duration(seconds: float) -> str:
    """`45 s`, `9 min 12 s`, `1 h 3 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def document(rows: Iterable[Row]) -> list[dict[str, object]]:
    """The table for programs: per stack its result, numbers by column, and each change."""
    return [
        {
            "stack": row.stack,
            "result": row.result,
            "counts": {column: row.plan.count(column) for column in COLUMNS} if row.plan else None,
            "changes": [
                {"address": change.address, "actions": list(change.columns), "loses": change.data}
                for change in (row.plan.changes if row.plan else ())
            ],
        }
        for row in rows
    ]
