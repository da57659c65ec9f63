"""docs/check.md has a part for each section, and each finding once."""

import re

from docs.check_page import check_page, parts
from modules.checks.sections import SECTIONS


def test_every_section_has_a_part_in_its_order() -> None:
    titles = [part.title.lower() for part in parts()]
    assert [title for title in titles if title in SECTIONS] == list(SECTIONS)


def test_every_finding_has_one_text() -> None:
    ids = [kind.id for part in parts() for kind in part.kinds]
    assert len(set(ids)) == len(ids)
    assert re.findall(r"^### ([A-Z]+\d+)$", check_page(), re.MULTILINE) == ids
