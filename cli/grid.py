"""Tables on the terminal. Text of files, clusters and other revisions cannot style the output or move the cursor."""

import os
import sys
from collections.abc import Collection, Iterable, Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from modules.report.shown import shown

WIDTH = 200
"""Output width without a terminal."""


def console_of_output() -> Console:
    """A console of the terminal's width, or of `WIDTH` without one."""
    is_narrow = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return Console(width=WIDTH if is_narrow else None)


def grid(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str | None = None,
    about: str | None = None,
    numbers: Collection[str] = (),
) -> Table:
    """A table whose cells show text as it is.

    Args:
        headings: of the columns.
        rows: their cells.
        title: above the table.
        about: below the table.
        numbers: headings of columns with numbers, which are aligned to the right.
    """
    made = Table(
        box=box.SIMPLE_HEAD, title=_text(title), title_justify="left", caption=_text(about), caption_justify="left"
    )
    for heading in headings:
        made.add_column(heading, overflow="fold", justify="right" if heading in numbers else "left")
    for row in rows:
        made.add_row(*map(_text, row))
    return made


def _text(text: str | None) -> str | None:
    return None if text is None else escape(shown(text))
