"""Connections between namespaces as a matrix, and its picture."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from modules.checks.traffic.evaluation import OTHER_TEAM, TEAM, group_of
from modules.checks.traffic.verdict import API_SERVER, LOAD_BALANCER, Verdict
from modules.diagram.blocks import Placed, Words
from modules.diagram.palette import StyleName
from modules.diagram.svg import Picture
from modules.diagram.words import text_width

FIRST = (LOAD_BALANCER.name, API_SERVER.name, TEAM, OTHER_TEAM)
"""Ends at the beginning of rows and columns; namespaces follow by name."""
SIZE = 11.5
ROW, CELL, MARGIN, GAP = 26.0, 46.0, 8.0, 2.0
"""Pixels: height of a row, width of a column, around the picture, between cells."""


@dataclass(frozen=True)
class Matrix:
    """How many connections are open and closed between two groups."""

    counts: Mapping[tuple[str, str], tuple[int, int]]
    """(from, to) to the numbers of open and closed ones."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of rows."""
        return _ordered({source for source, _ in self.counts})

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of columns."""
        return _ordered({target for _, target in self.counts})

    def cells(self) -> Iterator[tuple[str, ...]]:
        """Rows of text, each with its name first."""
        for name in self.names:
            yield name, *(self._text(name, column) for column in self.columns)

    def _text(self, source: str, target: str) -> str:
        opened, closed = self.counts.get((source, target), (0, 0))
        parts = [f"{opened} open"] * bool(opened) + [f"{closed} closed"] * bool(closed)
        return ", ".join(parts)


def matrix(verdicts: Iterable[Verdict]) -> Matrix:
    """Count evaluated connections by the groups of their ends."""
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for one in verdicts:
        key = (group_of(one.flow.source), group_of(one.flow.target))
        opened, closed = counts.get(key, (0, 0))
        counts[key] = (opened + one.open, closed + (not one.open))
    return Matrix(counts)


def _ordered(names: set[str]) -> tuple[str, ...]:
    return (*(name for name in FIRST if name in names), *sorted(names - {*FIRST}))


def matrix_picture(between: Matrix) -> Picture:
    """A square for each pair of groups: green if all connections are open, red if all are closed, orange for both.

    The number of open connections is on the left, that of closed ones on the right of a stroke, so that no meaning is in colours alone.
    """
    columns = between.columns
    left = MARGIN + max((text_width(name, SIZE, bold=True) for name in between.names), default=0) + 8
    top = MARGIN + (len(columns) + 1) * 15.0
    boxes = [box for index, name in enumerate(between.names) for box in _row(between, name, left, top + index * ROW)]
    headings = list(_column_names(columns, left, top))
    width = max(left + len(columns) * CELL, *(words.x + words.width for words in headings), 0) + MARGIN
    return Picture(
        "Connections between namespaces",
        "Rows call columns; open connections before the stroke, closed ones behind it.",
        width,
        top + len(between.names) * ROW + MARGIN,
        tuple(boxes),
        heading=tuple(headings),
    )


def _column_names(columns: tuple[str, ...], left: float, top: float) -> Iterator[Words]:
    """Each on a line of its own above its column, the first one highest, with a stroke down to it."""
    yield Words("rows call columns; open / closed", MARGIN, MARGIN + 11, SIZE, muted=True)
    for index, name in enumerate(columns):
        yield Words(name, left + index * CELL + 4, MARGIN + 15.0 * (index + 1) + 11, SIZE, bold=True)


def _row(between: Matrix, name: str, left: float, y: float) -> Iterator[Placed]:
    label = Words(name, MARGIN, y + ROW / 2 + 4, SIZE, bold=True)
    yield Placed(MARGIN, y, left - MARGIN, ROW, words=(label,))
    for index, column in enumerate(between.columns):
        opened, closed = between.counts.get((name, column), (0, 0))
        text = f"{opened} / {closed}" if opened or closed else ""
        x = left + index * CELL
        words = (Words(text, x + CELL / 2 - GAP, y + ROW / 2 + 4, SIZE, middle=True),) if text else ()
        yield Placed(x, y, CELL - GAP, ROW - GAP, _style(opened, closed), words=words)


def _style(opened: int, closed: int) -> StyleName:
    if opened and closed:
        return "cluster"
    return "vpc" if opened else "closed" if closed else "plain"
