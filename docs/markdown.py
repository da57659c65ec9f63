"""What the generated pages of docs/ are written with."""

import html
import re
from collections.abc import Iterable

NOTE = "<!-- Written by docs/generate.py from {source}. Edit there, then: make docs -->\n"


def table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table: what would end a cell, or be taken for HTML, is escaped."""
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "".join("| " + " | ".join(map(cell, line)) + " |\n" for line in lines)


def cell(text: str) -> str:
    """One cell: `|` would end it, and `<name>` outside of code would vanish; `<br>` is meant."""
    parts = re.split("(`[^`]*`)", text.replace("|", "\\|"))
    return "".join(part if part.startswith("`") else re.sub(r"<(?!br>)", "&lt;", part) for part in parts)


def picture(name: str, description: str) -> str:
    """A picture of docs/pictures in the reader's theme; the site replaces it with its own two versions (docs/site_hook.py)."""
    return (
        "<picture>\n"
        f'  <source media="(prefers-color-scheme: dark)" srcset="pictures/{name}-dark.svg">\n'
        f'  <img src="pictures/{name}-light.svg" width="700" alt="{html.escape(description)}">\n'
        "</picture>\n"
    )
