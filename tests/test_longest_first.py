"""The list of the files that take longest."""

from collections import OrderedDict
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from tests.longest_first import (
    BUSY,
    LONGEST,
    WAITING,
    LongAndShort,
    pytest_collection_modifyitems,
    pytest_xdist_make_scheduler,
)

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", WAITING)
def test_a_file_that_waits_has_tests_with_terraform(name: str) -> None:
    assert "pytest.mark.terraform" in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", BUSY)
def test_a_busy_file_is_there(name: str) -> None:
    assert (ROOT / name).is_file()


def test_they_start_first_in_their_order(pytestconfig: pytest.Config) -> None:
    """All others keep the order that the seed of the run gives them."""
    assert pytestconfig.pluginmanager.has_plugin("tests.longest_first")

    def item(name: str) -> Any:
        return SimpleNamespace(path=ROOT / name)

    longest = [item(name) for name in LONGEST]
    others = [item(name) for name in ("tests/test_words.py", "tests/e2e/test_errors.py", "tests/test_clone.py")]
    items = [*others[:2], *reversed(longest), others[2]]
    for _ in pytest_collection_modifyitems(pytestconfig, items):
        """Others have chosen."""
    assert items == [*longest, *others]


def handed_out(files: list[str], workers: int) -> list[list[str]]:
    """Files of each worker, when they take them in turn."""
    nodes = [Mock() for _ in range(workers)]
    scheduler: Any = object.__new__(LongAndShort)
    scheduler.assigned_work = {node: OrderedDict() for node in nodes}
    scheduler.registered_collections = {node: [f"{name}::test" for name in files] for node in nodes}
    scheduler.workqueue = OrderedDict((name, OrderedDict({f"{name}::test": False})) for name in files)
    for number in range(len(files)):
        scheduler._assign_work_unit(nodes[number % workers])
    return [[*scheduler.assigned_work[node]] for node in nodes]


def test_a_short_file_comes_behind_a_long_one_and_the_longest_behind_a_short_one() -> None:
    short = ["tests/a/test_a.py", "tests/a/test_b.py"]
    files = [*WAITING[:4], *short]
    assert handed_out(files, 1) == [[files[0], short[1], files[1], short[0], files[2], files[3]]]


def test_a_third_of_the_workers_begins_with_what_does_not_wait() -> None:
    short = [f"tests/a/test_{number}.py" for number in range(6)]
    first, second, third = handed_out([*WAITING[:2], *BUSY[:1], *short], 3)
    assert (first[0], second[0], third[0]) == (WAITING[0], WAITING[1], BUSY[0])
    assert sorted([*first, *second, *third]) == sorted([*WAITING[:2], *BUSY[:1], *short])


def test_each_worker_takes_of_the_others_when_its_own_are_done() -> None:
    assert handed_out(["tests/a/test_a.py", "tests/a/test_b.py"], 2) == [["tests/a/test_a.py"], ["tests/a/test_b.py"]]
    assert [set(one) for one in handed_out([*WAITING[:2]], 2)] == [{WAITING[0]}, {WAITING[1]}]


def test_it_is_used_where_whole_files_are_handed_out() -> None:
    def made(dist: str) -> Any:
        options = SimpleNamespace(dist=dist, loadscopereorder=False, tx=["popen"])
        config: Any = SimpleNamespace(option=options, getvalue=lambda name: getattr(options, name, ["popen"]))
        return pytest_xdist_make_scheduler(config, SimpleNamespace(loadscopesched=None, loadfilesched=None))

    assert made("worksteal") is None
    assert isinstance(made("loadfile"), LongAndShort)
