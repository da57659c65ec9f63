"""Markdown shows what it was given."""

import re
from pathlib import Path

import pytest
from markdown import markdown

from docs.markdown import cell
from tests.docs.pages import FENCE, PAGES, text


@pytest.mark.parametrize(
    ("given", "shown"),
    [("a|b", r"a\|b"), ("<name>", "&lt;name>"), ("`<name>` of <it>", "`<name>` of &lt;it>"), ("a<br>b", "a<br>b")],
)
def test_a_cell_shows_what_it_says(given: str, shown: str) -> None:
    assert cell(given) == shown


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_blocks_in_a_list_are_indented_by_four(page: Path) -> None:
    """GitHub takes two or three spaces, too; the site then ends the list, and the next number is 1 again."""
    inner = re.findall(r"\n\n( {2,3}|  {4,6})(?=\S)(.*)", FENCE.sub(r"\1```", text(page)))
    assert [line for indent, line in inner if len(indent) % 4] == []


def test_numbers_of_a_list_go_on_after_a_block() -> None:
    page = "1. one\n\n    ```sh\n    make synth\n    ```\n\n2. two\n"
    assert markdown(page, extensions=["pymdownx.superfences"]).count("<ol>") == 1


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_no_page_has_a_definition_list(page: Path) -> None:
    """Neither GitHub nor the site renders one: the colon remains in the text."""
    assert re.findall(r"^:   .*", text(page), re.MULTILINE) == []
