"""Hook of mkdocs: version, edit links, tables that fit and pictures of both themes, which mkdocs.yml cannot compute."""

import html
import re
import subprocess
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from kubeflow_aws import __version__
from modules.kubeflow.upstream import VERSION

DOCS = Path(__file__).parent
LONGEST_WORD = 12  # characters that fit the narrowest column
PIECE = re.compile(r"\S{1,24}\s*|\s+")  # a digest, of 64 characters, wraps, too

PICTURE = re.compile(
    r'<picture>\s*<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)">\s*'
    r'<img src="([^"]+)" width="\d+" alt="([^"]+)">\s*</picture>'
)


class Tables(Treeprocessor):
    """Gives each cell its heading as `data-label`, for rows shown as cards, and lets long names wrap after `_`, `-`, `/` and `.`."""

    def run(self, root: Element) -> None:
        """Change all tables of a page."""
        for table in root.iter("table"):
            headings = ["".join(heading.itertext()) for heading in table.iter("th")]
            for row in table.iter("tr"):
                for heading, cell in zip(headings, row.findall("td"), strict=False):
                    cell.set("data-label", heading)
            for name in [*table.iter("code"), *table.iter("a")]:
                breakable(name)


def breakable(element: Element) -> None:
    """Put <wbr> into the text of an element."""
    if not element.text or len(element.text) <= LONGEST_WORD or len(element):
        return
    words = re.split(r"(?<=[_/.-])(?=\w)|(?<=[a-z])(?=[A-Z])", html.unescape(element.text))
    first, *pieces = (piece for word in words for piece in PIECE.findall(word))
    element.text = AtomicString(first)
    for piece in pieces:
        SubElement(element, "wbr").tail = AtomicString(piece)


class TableExtension(Extension):
    """Registers `Tables` after inline Markdown."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name that Markdown calls
        """Register the processor."""
        md.treeprocessors.register(Tables(md), "tables-of-the-site", 1)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the extension, and the version below each page."""
    config.copyright = f"Version {__version__}, with Kubeflow {VERSION}. Apache License 2.0."
    config.markdown_extensions.append(TableExtension())  # mkdocs passes it on to Markdown
    return config


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Show the picture of the chosen theme, which need not be the system's, and link it to its file."""
    return PICTURE.sub(r"[![\3](\2#only-light){.picture}](\2)[![\3](\1#only-dark){.picture}](\1)", markdown)


def on_pre_page(page: Page, *, config: MkDocsConfig, files: Files) -> Page:
    """Point the edit link at the source: for a generated page, the module that writes it."""
    page.edit_url = edit_url(source(page.file.src_uri), repository())
    return page


def source(name: str) -> str:
    """The file in docs/ that is edited to change a page."""
    generator = f"{name.removesuffix('.md').replace('-', '_')}_page.py"
    return generator if (DOCS / generator).is_file() else name


def edit_url(name: str, repository: str | None) -> str:
    """GitHub's editor for the file; without a repository there, the file in the clone, relative to site/."""
    return f"{repository}/edit/main/docs/{name}" if repository else f"../docs/{name}"


def repository(folder: Path = DOCS) -> str | None:
    """Address of the clone's `origin` on GitHub, `https://github.com/<owner>/<name>`; None for any other origin."""
    done = subprocess.run(
        ["git", "remote", "get-url", "origin"], cwd=folder, capture_output=True, text=True, check=False
    )
    found = re.fullmatch(
        r"(?:https://|ssh://git@|git@)github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?", done.stdout.strip()
    )
    return f"https://github.com/{found[1]}" if found else None
