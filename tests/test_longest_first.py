"""The list of the files that take longest."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.longest_first import LONGEST, pytest_collection_modifyitems

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", LONGEST)
def test_a_file_of_the_list_has_tests_with_terraform(name: str) -> None:
    assert "pytest.mark.terraform" in (ROOT / name).read_text(encoding="utf-8")


def test_they_start_first_in_their_order(pytestconfig: pytest.Config) -> None:
    """Only their tests with Terraform: all others keep the order that the seed of the run gives them."""
    assert pytestconfig.pluginmanager.has_plugin("tests.longest_first")

    def item(name: str, *, terraform: bool) -> Any:
        return SimpleNamespace(path=ROOT / name, get_closest_marker=lambda _: terraform or None)

    others = [
        item(name, terraform=False) for name in ("tests/test_wheel.py", "tests/modules/kubeflow/test_karpenter.py")
    ]
    short = item("tests/e2e/test_errors.py", terraform=True)
    longest = [item(name, terraform=True) for name in LONGEST]
    items = [*others, short, *reversed(longest)]
    for _ in pytest_collection_modifyitems(pytestconfig, items):
        """Others have chosen."""
    assert [one.path for one in items] == [one.path for one in [*longest, *others, short]]
