"""The report as one HTML file that loads nothing: styles and pictures are in it, and it has no script.

Everything from settings is escaped, and characters without a glyph, which could hide or reorder text, are spelt out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from modules.checks.finding import SEVERITIES
from modules.checks.kinds import all_kinds
from modules.checks.section import Picture, Table
from modules.diagram.words import FONTS
from modules.report.colours import properties
from modules.report.content import Report
from modules.report.pictures import inlined
from modules.report.shown import shown
from modules.text import html_page

FOLDER = Path(__file__).parent
FOLDED_ROWS = 12
"""A table with more rows is closed on a screen; in print it is open."""
LONG_WORD = re.compile(r"\S{13,}")
SIGN = re.compile(r"(?<=\w)[_/.:-](?=\w)")
"""In a long word, a line may end behind it."""
SEVERITY_WORDS: Mapping[str, str] = {"error": "Errors", "warning": "Warnings", "not checked": "Not checked"}


@dataclass(frozen=True)
class Shown:
    """A picture in both themes."""

    title: str
    light: Markup
    dark: Markup
    """Empty: the first one is shown on a light ground."""


class Pictures:
    """Numbers the pictures of one page."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, picture: Picture) -> Shown:
        """A picture with ids of its own."""
        self._count += 1
        prefix = f"picture-{self._count}"
        dark = Markup(inlined(picture.dark, f"{prefix}-dark")) if picture.dark else Markup()
        return Shown(picture.title, Markup(inlined(picture.svg, prefix)), dark)


def page(report: Report) -> str:
    """The text of the file; the same report gives the same text."""
    used = report.ids()
    return html_page(
        FOLDER / "report.html.j2",
        {"coded": coded, "wrapped": wrapped, "folded": folded},
        _printable,
        report=report,
        style=Markup(_style()),
        kinds=[kind for kind in all_kinds().values() if kind.id in used],
        known=frozenset(all_kinds()),
        severities=SEVERITIES,
        words=SEVERITY_WORDS,
        picture=Pictures(),
    )


def coded(text: str) -> Markup:
    """Prose, with what is in backticks as code."""
    return Markup(_code(str(escape(shown(text)))))


def wrapped(text: str) -> Markup:
    """The same as a cell, in which long names wrap behind their signs."""
    return Markup(_code(LONG_WORD.sub(lambda word: SIGN.sub(r"\g<0><wbr>", word[0]), str(escape(shown(text))))))


def _code(escaped: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escaped)


def folded(table: Table) -> bool:
    """Whether a table is closed until its reader opens it."""
    return len(table.rows) > FOLDED_ROWS


def _printable(value: Any) -> Any:
    """Every value of the template; markup of this module has printable characters alone already."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _style() -> str:
    text = (FOLDER / "report.css").read_text(encoding="utf-8")
    for theme in ("light", "dark"):
        text = text.replace(f"/* {theme} */", properties(theme))
    return text.replace("/* fonts */", FONTS)
