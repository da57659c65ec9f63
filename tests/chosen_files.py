"""Leaves out test files without a test that `-m` chooses: each worker of a run would import them, and what they import, for nothing.

`make test` and `make test-fast` choose by marker, and six workers with Terraform need one file in nine. Which markers the tests of a
file may have is read in its text.
"""

import re
from functools import cache
from itertools import chain, combinations
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression

_MARKER = re.compile(r"\bmark\.(\w+)")
_OF_ALL = re.compile(r"^pytestmark = (.*)$", re.MULTILINE)
_BY_FIXTURE = {"aws"}
"""Markers that conftest.py adds."""


@cache
def markers(path: Path) -> tuple[frozenset[str], frozenset[str]]:
    """Markers that each test of a file has, and all that any of them may have."""
    text = path.read_text(encoding="utf-8")
    of_all = frozenset(_MARKER.findall(" ".join(_OF_ALL.findall(text))))
    return of_all, frozenset({*_MARKER.findall(text), *_BY_FIXTURE})


def may_be_chosen(expression: str, path: Path) -> bool:
    """Whether a test of a file can have the markers that an expression of `-m` requires."""
    of_all, possible = markers(path)
    compiled = Expression.compile(expression)
    named = sorted((possible - of_all) & compiled.idents())

    def chosen(marks: frozenset[str]) -> bool:
        return compiled.evaluate(lambda name, /, **_: name in marks)

    some = chain.from_iterable(combinations(named, count) for count in range(len(named) + 1))
    return any(chosen(of_all.union(more)) for more in some)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Decide for each test file."""
    expression = config.option.markexpr
    if expression and collection_path.match("test_*.py") and not may_be_chosen(expression, collection_path):
        return True
    return None


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse a marker that is not in the text of its file, such as one of an imported decorator."""
    named = Expression.compile(config.option.markexpr).idents() if config.option.markexpr else frozenset()
    for item in items:
        unseen = named & {mark.name for mark in item.iter_markers()} - markers(item.path)[1]
        if unseen:
            raise pytest.UsageError(
                f"{item.nodeid} is marked {min(unseen)}, but its file does not contain pytest.mark.{min(unseen)}: write it there, "
                "since `-m` does not collect files without it"
            )
