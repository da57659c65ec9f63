"""The pages of the project, and what is in them."""

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


@cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    """Fenced code of one language."""
    return [body for _, found, body in FENCE.findall(text(page)) if found == language]


def code(page: Path) -> list[str]:
    """Everything set as code: fenced blocks, and words in backticks."""
    return [
        *(body for _, _, body in FENCE.findall(text(page))),
        *re.findall(r"`([^`\n]+)`", FENCE.sub("", text(page))),
    ]


def anchors(page: Path) -> set[str]:
    """Headings as GitHub names them: lower case, spaces to hyphens, other signs dropped."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text(page)), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
