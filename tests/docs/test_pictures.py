"""Pictures of README and docs exist in both themes and are shown with a description."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from docs.picture_files import pictures
from modules.diagram.palette import THEMES
from tests.docs.pages import PAGES, ROOT, text

SHOWN = re.compile(r'(?:src|srcset)="([^"]+\.svg)"|!\[([^\]]*)\]\(([^)#]+\.svg)')


def shown(page: Path) -> list[Path]:
    return [(page.parent / (html or markdown)).resolve() for html, _, markdown in SHOWN.findall(text(page))]


def test_every_committed_picture_is_generated_and_shown() -> None:
    committed = set((ROOT / "docs" / "pictures").iterdir())
    assert committed == {ROOT / "docs" / name for name in pictures()}
    assert committed == {path for page in PAGES for path in shown(page)}


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_page_shows_a_picture_in_both_themes_and_describes_it(page: Path) -> None:
    names = [path.stem for path in shown(page)]
    for name in names:
        base, _, theme = name.rpartition("-")
        assert theme in THEMES
        assert {f"{base}-{one}" for one in THEMES} <= {*names}, "both themes"
    described = re.findall(r'<img [^>]*alt="([^"]+)"', text(page)) + [
        alt for _, alt, _ in SHOWN.findall(text(page)) if alt
    ]
    assert len(names) <= 2 * len(described)


def test_no_page_needs_a_program_that_draws() -> None:
    assert [page.name for page in PAGES if "```mermaid" in text(page)] == []


def test_every_picture_is_svg_with_a_title() -> None:
    for path in (ROOT / "docs" / "pictures").iterdir():
        root = ET.fromstring(text(path))
        assert root.find("{http://www.w3.org/2000/svg}title") is not None, path
        assert root.attrib["viewBox"].startswith("0 0 "), path
