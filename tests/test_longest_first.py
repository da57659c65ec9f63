"""The list of the files that take longest."""

from pathlib import Path

import pytest

from tests.longest_first import LONGEST

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", LONGEST)
def test_a_file_of_the_list_has_tests_with_terraform(name: str) -> None:
    assert "pytest.mark.terraform" in (ROOT / name).read_text(encoding="utf-8")


def test_they_start_first_in_their_order(request: pytest.FixtureRequest) -> None:
    """In the run that this test is part of."""
    paths = [item.path.relative_to(ROOT).as_posix() for item in request.session.items]
    started = list(dict.fromkeys(path for path in paths if path in LONGEST))
    assert started == [name for name in LONGEST if name in started]
