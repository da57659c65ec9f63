"""Markdown shows what it was given."""

import pytest

from docs.markdown import cell


@pytest.mark.parametrize(
    ("given", "shown"),
    [("a|b", r"a\|b"), ("<name>", "&lt;name>"), ("`<name>` of <it>", "`<name>` of &lt;it>"), ("a<br>b", "a<br>b")],
)
def test_a_cell_shows_what_it_says(given: str, shown: str) -> None:
    assert cell(given) == shown
