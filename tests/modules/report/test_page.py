"""The report as HTML: valid, readable, without network, and the same for the same input."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from modules.checks.section import Picture, Section, Table
from modules.checks.teardown.kinds import PROTECTED
from modules.diagram.palette import THEMES, ThemeName
from modules.report.colours import SEVERITY_COLOURS, colours
from modules.report.content import PlatformReport, Report
from modules.report.page import FOLDED_ROWS, page
from tests.modules.report.html_checks import LOADS, Page
from tests.modules.report.reports import HOSTILE, changes, report

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def test_the_same_report_gives_the_same_bytes_and_shows_no_date_that_is_not_given() -> None:
    assert page(report("prod", "dev")) == page(report("prod", "dev"))
    assert not re.search(r"\b20\d\d-\d\d-\d\d\b", page(report()))
    dated = Report(report().platforms, "1.2.3", "2026-12-01")
    assert "2026-12-01" in page(dated)


@pytest.mark.parametrize("text", ["words", HOSTILE], ids=["plain", "hostile"])
def test_the_page_is_valid_and_every_reference_in_it_has_its_target(text: str) -> None:
    whole = replace(report("prod", text, text=text, rows=FOLDED_ROWS + 1), changes=changes(text))
    made = Page(page(whole))
    ids = made.ids()
    assert len(ids) == len(set(ids))
    links = [str(one.attributes["href"]) for one in made.all("a")]
    assert {link.removeprefix("#") for link in links} <= {*ids}
    named = (
        str(one.attributes[name]).split()
        for one in made.elements
        for name in ("aria-labelledby",)
        if name in one.attributes
    )
    assert {*itertools.chain(*named)} <= {*ids}
    assert made.all("html")[0].attributes["lang"] == "en"
    assert len(made.all("title", "h1", "main", "nav", "header", "footer")) >= 6


def loaded(made: Page) -> Iterator[str]:
    """Everything that a browser would load, send, or run."""
    for one in made.elements:
        yield from (f"{one.tag} {name}" for name in one.attributes if name in LOADS or name.startswith("on"))
        yield from (
            one.tag
            for tag in ("script", "link", "iframe", "object", "embed", "base", "form", "img", "use")
            if one.tag == tag
        )
        if one.tag in ("style", "svg"):
            yield from re.findall(r"@import|url\(\s*[\"']?(?!#)", one.text)
        yield from (f"{one.tag} style" for value in [one.attributes.get("style")] if value and "url(" in value)


@pytest.mark.parametrize("text", ["words", HOSTILE], ids=["plain", "hostile"])
def test_a_browser_loads_nothing_and_runs_nothing(text: str) -> None:
    whole = replace(report(text, text=text, docs="https://docs.example.com/check.html"), changes=changes(text))
    made = Page(page(whole))
    assert [*loaded(made)] == []
    outside = {str(one.attributes["href"]) for one in made.all("a") if not str(one.attributes["href"]).startswith("#")}
    assert outside == {
        f"https://docs.example.com/check.html#{one}" for one in ("fit001", "fit004", "fit101", PROTECTED.id.lower())
    }
    (policy,) = (one for one in made.all("meta") if one.attributes.get("http-equiv") == "Content-Security-Policy")
    assert str(policy.attributes["content"]).startswith("default-src 'none'")


def test_text_from_settings_is_text() -> None:
    source = page(replace(report(HOSTILE, text=HOSTILE), changes=changes(HOSTILE)))
    made = Page(source)
    assert made.all("script", "img") == []
    assert len(made.all("style")) == 1
    assert "\u202e" not in source, "nothing reorders text"
    (title,) = (one.text for one in made.all("title") if one.parents == ("html", "head"))
    assert title == f"Check: {HOSTILE}".replace("\u202e", "\\u202e")
    cells = [one.text for one in made.all("th") if one.text.endswith(" 0")]
    expected = f"{HOSTILE} 0".replace("\u202e", "\\u202e").replace("`", "")  # what is between two is code
    assert cells == [expected] * 2, "of a section, and of changes"


def test_headings_are_in_order_and_each_platform_has_its_entry_in_the_contents() -> None:
    made = Page(page(report("prod", "dev")))
    levels = [HEADINGS.index(one.tag) for one in made.all(*HEADINGS)]
    assert levels[0] == 0
    assert levels.count(0) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    contents = [one.text for one in made.all("a") if "nav" in one.parents]
    assert contents == [
        "Summary",
        *("prod", "Findings", "words", "Plan words"),
        *("dev", "Findings", "words", "Plan words"),
        "What the findings mean",
    ]


def test_every_table_has_a_caption_and_headings_with_a_scope() -> None:
    made = Page(page(report(rows=FOLDED_ROWS + 1)))
    tables, captions = made.all("table"), made.all("caption")
    assert len(tables) == len(captions)
    assert all(one.text.strip() for one in captions)
    assert {one.attributes.get("scope") for one in made.all("th")} == {"col", "row"}
    boxes = [one for one in made.elements if "scroll" in str(one.attributes.get("class", "")).split()]
    assert all(one.attributes["tabindex"] == "0" and one.attributes["aria-label"] for one in boxes), (
        "reached by keyboard"
    )
    assert all("div" in table.parents for table in tables)


def test_long_tables_and_what_is_not_checked_are_closed_on_a_screen_and_open_in_print() -> None:
    def closed(rows: int) -> list[str]:
        return [" ".join(one.text.split()) for one in Page(page(report(rows=rows))).all("summary")]

    assert closed(FOLDED_ROWS) == ["? not checked (1)", "Findings (1)"]
    assert closed(FOLDED_ROWS + 1) == ["? not checked (1)", f"words ({FOLDED_ROWS + 1} rows)", "Findings (1)"]
    style = Page(page(report())).all("style")[0].text
    assert re.search(r"@media print \{.*details::details-content \{ content-visibility: visible;", style, re.DOTALL)
    assert style.count("{") == style.count("}")


def test_findings_are_listed_by_severity_with_their_text() -> None:
    made = Page(page(report()))
    assert [one.text for one in made.all("h4")] == ["✕ error (1)", "! warning (1)"]
    about = {one.attributes.get("id"): one.text for one in made.all("h3")}
    assert str(about["about-FIT001"]) == "FIT001: Pods do not fit"
    assert next(one.text for one in made.all("code")) == "words"


def test_findings_of_a_plan_do_not_count_and_are_listed_with_it() -> None:
    assert report().verdict == "1 error, 1 warning, 1 not checked"
    (listed,) = (one for one in Page(page(report())).all("details") if PROTECTED.id in one.text)
    assert " ".join(listed.text.split()).startswith("Findings (1)")


def test_a_finding_without_a_known_kind_is_shown_without_a_link() -> None:
    plain = report().platforms[0]
    (first, *_) = plain.sections["fit"].findings
    unknown = type(first)("NEW001", "error", "text")
    one = PlatformReport("prod", {}, {"fit": Section("Fit", "verdict", (unknown,))})
    made = Page(page(Report((one,), "1.2.3")))
    assert [cell.text for cell in made.all("th") if cell.text == "NEW001"] == ["NEW001"]
    assert not [link for link in made.all("a") if "NEW001" in str(link.attributes["href"])]


def test_long_names_wrap_behind_their_signs_and_short_ones_do_not() -> None:
    rows = (("kubeflow/ml-pipeline.example_name", "t3.2xlarge"), ("`--skip-auth-route` & <b>", "2"))
    one = PlatformReport("prod", {}, {"fit": Section("Fit", "fits", tables=(Table("Nodes", ("a", "b"), rows),))})
    source = page(Report((one,), "1.2.3"))
    assert "kubeflow/<wbr>ml-<wbr>pipeline.<wbr>example_<wbr>name" in source
    assert ">t3.2xlarge<" in source
    assert "<code>--skip-<wbr>auth-<wbr>route</code> &amp; &lt;b&gt;" in source
    Page(source)


def test_what_is_empty_is_said_in_words() -> None:
    empty = PlatformReport("prod", {}, {"fit": Section("Fit", "fits", tables=(Table("Nodes", ("group",), ()),))})
    made = Page(page(Report((empty,), "1.2.3")))
    texts = [one.text for one in made.all("p")]
    assert "Nodes: no rows." in texts
    assert {"✓ No error.", "✓ No warning."} <= {*texts}
    assert "No error, no warning" in texts
    assert not made.all("figure")


def test_a_picture_without_a_dark_version_is_shown_on_a_light_ground() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><defs><g id="a"/></defs><rect fill="url(#a)"/></svg>'
    one = PlatformReport(
        "prod", {}, {"fit": Section("Fit", "fits", pictures=(Picture("Flows", svg), Picture("Other", svg)))}
    )
    made = Page(page(Report((one,), "1.2.3")))
    boxes = [str(box.attributes["class"]) for box in made.all("div") if "figure" in box.parents]
    assert boxes == ["scroll only-light paper"] * 2
    assert [rect.attributes["fill"] for rect in made.all("rect")] == ["url(#picture-1-a)", "url(#picture-2-a)"]


def test_changes_follow_the_summary_with_what_is_not_compared() -> None:
    made = Page(page(replace(report(), changes=changes("main"))))
    titles = [one.text for one in made.all("h2")]
    assert titles[:3] == ["Summary", "Changes since main", "Platform prod"]
    assert "Changed main" in " ".join(one.text for one in made.all("caption"))
    assert {"note main", "main: main"} <= {one.text for one in made.all("li")}
    assert "#changes" in [one.attributes["href"] for one in made.all("a")]


def luminance(colour: str) -> float:
    """Relative luminance.

    Source: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
    """
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_every_text_has_the_contrast_of_wcag_aa(theme: ThemeName) -> None:
    chosen = colours(theme)
    assert set(SEVERITY_COLOURS["light"]) == set(SEVERITY_COLOURS["dark"])
    for name in ("text", "muted", *SEVERITY_COLOURS[theme]):
        for ground in ("page", "panel"):
            dark, light = sorted((luminance(chosen[name]), luminance(chosen[ground])))
            assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{name} on {ground}"
