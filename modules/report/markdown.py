"""Markdown for a comment on GitHub or GitLab: escaped text, and tables up to a limit.

Tables and `<details>` are all that is used: both sites show these, and strip or change other HTML. Text from settings cannot end a cell,
become a link or an element, or notify a user.
"""

import re
from collections.abc import Sequence

from modules.report.shown import shown

RESERVE = 400
"""Characters kept for the sentence about what is left out, and for closing elements."""
CELL = 600
"""Characters at which a cell is cut."""
WORD_JOINER = "\u2060"
"""Has no width; between a sign and a name it prevents that the two become a reference."""
_REFERENCE = re.compile(r"(?<!\w)[@#!$%&~^](?=\w)|[#!](?=\d)")
"""Mentions of users and groups, issues, merge requests, labels, and others.

Source: https://docs.gitlab.com/user/markdown/#gitlab-specific-references
"""
_SPECIAL = re.compile(r"[\\`*_\[\]|~$<>&]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_CLOSING = "</details>\n"


def cell(text: str) -> str:
    """Text as one cell of a table, with what is in backticks as code."""
    line = " ".join(shown(text).split())
    line = line if len(line) <= CELL else f"{line[: CELL - 1]}…"
    parts = re.split(r"(`[^`]+`)", line)
    return "".join(_code(part) if number % 2 else escaped(part) for number, part in enumerate(parts))


def escaped(text: str) -> str:
    """Prose that Markdown shows as it is written."""
    joined = _REFERENCE.sub(lambda found: f"{found[0]}{WORD_JOINER}", shown(text))
    return _SPECIAL.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), joined)


def _code(text: str) -> str:
    """Code in a cell: a backslash before `|` is taken away, also in code."""
    return text.replace("|", "\\|")


class Markdown:
    """Lines up to a limit; rows without room are counted.

    Args:
        limit: the greatest length in characters.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._room = limit - RESERVE
        self._lines: list[str] = []
        self._left_out = 0

    def text(self, line: str) -> None:
        """A paragraph or a heading, in Markdown."""
        self._add(f"{line}\n")

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """As many rows of a table as there is room for.

        Args:
            headings: in Markdown, as the rows.
            rows: cells from `cell`.
        """
        head = f"{_row(headings)}\n{_row(['---'] * len(headings))}"
        if not rows or not self._add(head):
            self._left_out += len(rows)
            return
        self._left_out += sum(not self._add(_row(row)) for row in rows)
        self._lines.append("")
        self._room -= 1

    def folded(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table that is closed until a reader opens it.

        Args:
            title: text.
            headings: in Markdown, as the rows.
            rows: cells from `cell`.
        """
        summary = "".join(_ENTITIES.get(one, one) for one in shown(title))
        self._room -= len(_CLOSING) + 1
        if rows and self._add(f"<details>\n<summary>{summary} ({len(rows)})</summary>\n"):
            self.table(headings, rows)
            self._lines.append(_CLOSING)
        else:
            self._room += len(_CLOSING) + 1
            self._left_out += len(rows)

    def ended(self) -> str:
        """The whole text, with a sentence if something is left out."""
        if self._left_out:
            self._lines.append(
                f"Cut at {self._limit:,} characters: {self._left_out} rows are left out, which the HTML report has."
            )
        return "\n".join(self._lines).rstrip("\n") + "\n"

    def _add(self, text: str) -> bool:
        if len(text) >= self._room:
            return False
        self._room -= len(text) + 1
        self._lines.append(text)
        return True


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
