"""Which test files a run with `-m` collects."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.chosen_files import may_be_chosen, pytest_collection_modifyitems

FAST = "not (terraform or aws or slow)"


@pytest.mark.parametrize(
    ("text", "expression", "expected"),
    [
        ("def test_a(): ...", "terraform", False),
        ("@pytest.mark.terraform\ndef test_a(): ...\ndef test_b(): ...", "terraform", True),
        ("@pytest.mark.terraform\ndef test_a(): ...\ndef test_b(): ...", "not terraform", True),
        ("pytestmark = pytest.mark.terraform", "terraform", True),
        ("pytestmark = pytest.mark.terraform", "not terraform", False),
        ("pytestmark = pytest.mark.terraform", FAST, False),
        ("pytestmark = [needs_cache, pytest.mark.slow]", FAST, False),
        ("pytestmark = [needs_cache, pytest.mark.slow]\n@pytest.mark.terraform\ndef test_a(): ...", "terraform", True),
        ("pytestmark = pytest.mark.slow", "slow and not terraform", True),
        ("pytestmark = pytest.mark.slow\n@pytest.mark.terraform\ndef test_a(): ...", "slow and terraform", True),
        ("pytestmark = pytest.mark.slow", "slow and terraform", False),
        ("def test_a(aws): ...", "aws", True),
        ("def test_a(aws): ...", FAST, True),
    ],
)
def test_a_file_is_left_out_if_no_test_of_it_can_be_chosen(
    tmp_path: Path, text: str, expression: str, expected: bool
) -> None:
    file = tmp_path / "test_it.py"
    file.write_text(text, encoding="utf-8")
    assert may_be_chosen(expression, file) is expected


def test_a_marker_of_an_imported_decorator_is_refused(tmp_path: Path) -> None:
    """Its file would not be collected where the marker is chosen."""
    file = tmp_path / "test_it.py"
    file.write_text("from elsewhere import with_terraform", encoding="utf-8")
    marked: Any = SimpleNamespace(path=file, nodeid="test_it", iter_markers=lambda: [pytest.mark.terraform.mark])
    chosen: Any = SimpleNamespace(option=SimpleNamespace(markexpr="terraform"))
    with pytest.raises(
        pytest.UsageError, match=r"test_it is marked terraform, but .* not contain pytest\.mark\.terraform"
    ):
        pytest_collection_modifyitems(chosen, [marked])


def test_it_is_in_use(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.pluginmanager.has_plugin("tests.chosen_files")
