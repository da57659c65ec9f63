"""Changes since another revision on the terminal."""

from rich.console import RenderableType
from rich.markup import escape

from cli.grid import console_of_output, grid
from modules.checks.section import Table
from modules.report.shown import shown
from modules.revisions.changes import Changes


def print_changes(changes: Changes) -> None:
    """Print what changed: a line for each respect, then all tables."""
    console = console_of_output()
    console.print(f"[bold]changes since {escape(changes.revision)}[/bold] ({changes.commit[:12]})")
    console.print(_grid(changes.summary()))
    for name, table in changes.tables():
        console.print(_grid(table, f"{name}: {table.title}"))
    for line in changes.limits():
        console.print(f"not compared: {escape(shown(line))}", soft_wrap=True)


def _grid(table: Table, title: str | None = None) -> RenderableType:
    return grid(table.headings, table.rows, title=title, numbers=table.numbers)
