"""docs/check.md has a part for each section, and each finding once."""

from docs.check_page import check_page, parts
from modules.checks.kinds import all_kinds
from modules.checks.sections import SECTIONS, WITH_PRICES


def test_every_section_has_a_part_in_its_order() -> None:
    titles = [part.title.lower() for part in parts()]
    assert [title for title in titles if title in {*SECTIONS, *WITH_PRICES}] == [*SECTIONS, *WITH_PRICES]


def test_every_finding_has_one_text() -> None:
    ids = [kind.id for part in parts() for kind in part.kinds]
    assert sorted(ids) == sorted(all_kinds())
    lines = check_page().splitlines()
    assert [line.removeprefix("### ") for line in lines if line.startswith("### ") and line[4:] in all_kinds()] == ids
