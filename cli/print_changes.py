"""Changes since another revision on the terminal."""

import os
import sys

from rich import box
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table as Shown

from modules.checks.section import Table
from modules.revisions.changes import Changes

WIDTH = 200
"""Output width without a terminal."""


def console_of_output() -> Console:
    """A console of the terminal's width, or of `WIDTH` without one."""
    is_narrow = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return Console(width=WIDTH if is_narrow else None)


def print_changes(changes: Changes) -> None:
    """Print what changed: a line for each respect, then all tables."""
    console = console_of_output()
    console.print(f"[bold]changes since {escape(changes.revision)}[/bold] ({changes.commit[:12]})")
    console.print(_grid(changes.summary()))
    for name, table in changes.tables():
        console.print(_grid(table, f"{name}: {table.title}"))
    for line in changes.limits():
        console.print(f"not compared: {escape(line)}", soft_wrap=True)


def _grid(table: Table, title: str | None = None) -> RenderableType:
    made = Shown(box=box.SIMPLE_HEAD, title=title and escape(title), title_justify="left")
    for heading in table.headings:
        made.add_column(heading, overflow="fold", justify="right" if heading in table.numbers else "left")
    for row in table.rows:
        made.add_row(*map(escape, row))
    return made
