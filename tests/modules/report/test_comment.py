"""The report as Markdown: what a parser makes of it is what was put in."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from modules.report.comment import HEADINGS, LIMIT, comment
from modules.report.content import Report
from modules.report.markdown import CELL, WORD_JOINER, Markdown, cell
from modules.report.shown import shown
from tests.modules.report.reports import HOSTILE, changes, report

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def rows(text: str) -> list[list[Token]]:
    """The cells of all tables, row by row."""
    found: list[list[Token]] = []
    for token in PARSER.parse(text):
        if token.type == "tr_open":
            found.append([])
        elif token.type == "inline" and token.level >= 3 and found:
            found[-1].append(token)
    return found


def plain(inline: Token) -> str:
    """The text of a cell; anything but text and code is a failure."""
    assert {one.type for one in inline.children or ()} <= {"text", "code_inline", "text_special"}, inline
    return "".join(one.content for one in inline.children or ()).replace(WORD_JOINER, "")


@given(st.text(alphabet=st.sampled_from("ab `|\\*_[]()<>&~$#@!%^{}:\n\t-1") | st.characters(), max_size=80))
def test_a_cell_shows_any_text_as_it_is(text: str) -> None:
    ((_, _), (made, last)) = rows(f"| a | b |\n| --- | --- |\n| {cell(text)} | end |\n")
    assert plain(last) == "end"
    expected = re.sub(r"`([^`]+)`", lambda found: found[1].strip() or found[1], " ".join(shown(text).split()))
    assert " ".join(plain(made).split()) == " ".join(expected.split())


@pytest.mark.parametrize("text", ["@all", "see #12", "!7", "~bug", "%v1", "&3", "a/b#9", "x @team/one"])
def test_a_sign_and_a_name_are_not_reference(text: str) -> None:
    assert not re.search(r"[@#!~%&](;|amp;)?\w", cell(text).replace("&amp;", "&"))
    assert cell("ada@example.com") == "ada@example.com"


def test_a_long_cell_is_cut() -> None:
    assert len(cell("x" * (CELL + 1))) == CELL
    assert cell("x" * (CELL + 1)).endswith("…")


def test_the_comment_has_results_findings_and_what_is_not_checked() -> None:
    made = rows(comment(report("prod", "dev")))
    texts = [[plain(one) for one in row] for row in made]
    assert texts[:3] == [["platform", "section", "result"], ["prod", "words", "words"], ["prod", "Plan words", "words"]]
    assert [one[:3] for one in texts if one[0].startswith("FIT")] == [
        [name, "prod, dev", f"{name} words"] for name in ("FIT001", "FIT004", "FIT101")
    ]
    assert texts.count([*HEADINGS]) == 3
    assert comment(report("prod", "dev")) == comment(report("prod", "dev"))


def test_text_from_settings_is_text() -> None:
    made = comment(replace(report(HOSTILE, text=HOSTILE), changes=changes(HOSTILE)))
    elements = [token.content for token in PARSER.parse(made) if token.type == "html_block"]
    assert "<details>\n<summary>Not checked (1)</summary>" in {one.strip() for one in elements}
    assert all(re.fullmatch(r"(<details>\n<summary>[^<>]+</summary>|</details>)", one.strip()) for one in elements)
    assert all(token.type != "html_inline" for inline in PARSER.parse(made) for token in inline.children or ())
    for row in rows(made):
        assert [plain(one) for one in row]


def test_changes_are_summed_up_and_their_tables_are_closed() -> None:
    made = comment(replace(report(), changes=changes("main", rows=3)))
    assert "### Changes since main (0123456789ab)" in made
    assert ["main", "Terraform", "main"] in [[plain(one) for one in row] for row in rows(made)]
    assert "<summary>main: Changed main (3)</summary>" in made
    assert "<summary>Not compared (2)</summary>" in made


def test_ids_link_to_the_documentation_if_its_address_is_known() -> None:
    linked = comment(report(docs="https://example.com/check.html"))
    assert "[FIT001](https://example.com/check.html#fit001)" in linked
    assert "](" not in comment(report())


@pytest.mark.parametrize("limit", [700, 1500, 4000, LIMIT])
def test_a_comment_never_exceeds_its_limit_and_says_what_is_left_out(limit: int) -> None:
    (one,) = report(text="word " * 40).platforms
    many = Report(tuple(replace(one, name=f"p{number}") for number in range(400)), "1.2.3")
    made = comment(many, limit)
    assert len(made) <= limit
    assert made.count("<details>") == made.count("</details>")
    last = made.rstrip("\n").splitlines()[-1]
    assert re.fullmatch(rf"Cut at {limit:,} characters: \d+ rows are left out, which the HTML report has\.", last)


def test_rows_are_counted_exactly() -> None:
    made = Markdown(500)
    made.table(("a",), [("x" * 30,)] * 10)
    made.folded("More", ("a",), [("x",)] * 5)
    kept = sum(line.startswith("| x") for line in made.ended().splitlines())
    assert f"{15 - kept} rows are left out" in made.ended()


def test_a_short_comment_is_whole() -> None:
    assert "left out" not in comment(report())
