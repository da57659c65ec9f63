"""docs/settings.md is readable: the description is its widest column, and it says what a value must hold."""

import re
from typing import Annotated, Literal

import pytest
from annotated_types import Ge, Le, MinLen

from docs.setting_types import limits, type_name
from docs.settings_page import LONGEST_DEFAULT
from modules.settings.types import matching
from tests.docs.pages import ROOT, text

ROWS = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    for line in text(ROOT / "docs" / "settings.md").splitlines()
    if line.startswith("| `")
]


def test_the_description_is_the_widest_column() -> None:
    assert len(ROWS) > 300
    for setting, kind, default, description in ROWS:
        shown = re.sub(r"\]\([^)]*\)|[\[`]", "", kind)
        assert max(map(len, shown.split(" or "))) <= LONGEST_DEFAULT, f"{setting}: {shown}"
        assert len(default) <= LONGEST_DEFAULT, f"{setting}: {default}"
        assert description, setting
    lengths = [sum(len(row[column]) for row in ROWS) for column in range(4)]
    assert lengths[3] > sum(lengths[:3]), lengths


@pytest.mark.parametrize(
    ("annotation", "name", "expected"),
    [
        (bool, "boolean", ""),
        (int | None, "integer or `None`", ""),
        (Annotated[int, Ge(1), Le(5)], "integer", "Value: 1 to 5."),
        (Annotated[int, Ge(1)] | None, "integer or `None`", "Value: at least 1."),
        (Annotated[str, matching("[ab]+", "a word")], "text", "Value: a word."),
        (tuple[Annotated[str, matching("[ab]+", "a word")], ...], "list of text", "Entry: a word."),
        (
            Annotated[tuple[Literal["a", "b"], ...], MinLen(1)],
            "list of choice",
            'Value: at least 1 entry. Entry: `"a"` or `"b"`.',
        ),
        (dict[str, Literal[1, 2, 3]], "map of integer", "Entry: `1`, `2` or `3`."),
    ],
)
def test_the_column_has_the_type_and_the_description_its_limits(annotation: object, name: str, expected: str) -> None:
    assert type_name(annotation) == name
    assert limits(annotation) == expected


def test_a_type_without_a_name_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(
        ValueError, match=r"^docs/setting_types\.py: no name for the type <class 'bytes'>; add it to NAMES$"
    ):
        type_name(bytes)
