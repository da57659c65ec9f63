"""Tables of wrong platforms: what each row must report, compared in one test per table."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from modules.rules import problems_of_all
from modules.settings import Platform
from modules.settings.section import given
from tests.modules.rules.reached import Place, noted

Rows = Mapping[str, tuple[Platform, *tuple[str, ...]]]
"""Name of a row to a platform and what is reported for it: `path: keyword`, one for each problem.

The keyword is a part of the message; the message itself is written once, in the rule.
"""


@dataclass(frozen=True)
class Found:
    """What the rules say about a table."""

    lines: dict[str, list[str]]
    """Row to its lines."""
    reached: frozenset[Place]
    """Where they say it."""


_FOUND: dict[int, Found] = {}


def found_in(rows: Rows) -> Found:
    """What the rules say about a table; found once in a process, for its own test and for test_every_rule.py."""
    if id(rows) not in _FOUND:
        with noted() as reached:  # made again, as values are checked when settings are made
            lines = {row: problems_of_all([type(one)(**given(one))]) for row, (one, *_) in rows.items()}
        _FOUND[id(rows)] = Found(lines, frozenset(reached))
    return _FOUND[id(rows)]


def everything(_: str) -> bool:
    """Compare all lines of a platform."""
    return True


def differences(rows: Rows, compared: Callable[[str], bool] = everything) -> list[str]:
    """Rows that report something else than expected, with both.

    Args:
        rows: the table.
        compared: which reported lines are compared with the row.
    """
    different = []
    lines = found_in(rows).lines
    for row, (_, *expected) in rows.items():
        found = [line.partition(": ")[2] for line in lines[row] if compared(line)]
        if not match(expected, found):
            different.append(f"{row}: expected {expected}, found {found}")
    return different


def match(expected: Iterable[str], found: Iterable[str]) -> bool:
    """Whether each expected `path: keyword` has one line of that path with that keyword, and no line is left."""
    left = list(found)
    for one in expected:
        path, _, keyword = one.partition(": ")
        line = next((line for line in left if line.startswith(f"{path}: ") and keyword in line[len(path) :]), None)
        if line is None:
            return False
        left.remove(line)
    return not left
