"""The site works from file://: its pages, search and pictures need no server and nothing from elsewhere."""

import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import markdown
import pytest

import kubeflow_aws
from docs.site_hook import TableExtension, edit_url, repository, source
from tests.docs.pages import PAGES, ROOT

NAMES = {page.stem for page in PAGES if page.parent.name == "docs"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built strictly: a broken link or anchor is an error, and so is a page that no menu has."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert 'not included in the "nav"' not in done.stderr
    return folder


def html(site: Path) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in site.glob("*.html") if path.stem != "404"}


@pytest.mark.slow
def test_every_page_is_built_as_a_file_that_a_link_from_disk_opens(site: Path) -> None:
    assert html(site).keys() == NAMES
    for page in html(site).values():
        assert not re.search(r'href="[^":]*/"', page), "a browser shows a folder from file://, not its index.html"


@pytest.mark.slow
def test_a_page_loads_only_files_of_the_site(site: Path) -> None:
    for name, page in html(site).items():
        assert 'class="mermaid"' not in page, f"{name}: the theme loads mermaid from unpkg.com"
        for tag in re.findall(r"<(?:script|link|img|iframe|source|object)\b[^>]*>", page):
            for target in re.findall(r'(?:src|href|data)="([^"]+)"', tag):
                assert not re.match(r"(?:\w+:)?//", target), f"{name}: {tag}"
                assert (site / target.partition("#")[0].partition("?")[0]).is_file(), f"{name}: {tag}"


@pytest.mark.slow
def test_search_needs_no_server(site: Path) -> None:
    """The index is a script, and the shim runs the search without a worker, which browsers refuse for file://."""
    script = (site / "search" / "search_index.js").read_text(encoding="utf-8")
    index = json.loads(script.removeprefix("var __index = "))
    assert {entry["location"].partition(".html")[0] for entry in index["docs"]} >= NAMES - {"index"}
    for page in html(site).values():
        assert '<script src="javascripts/iframe-worker.js"></script>' in page
    assert "window.Worker=" in (site / "javascripts" / "iframe-worker.js").read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_page_has_dark_mode_and_its_neighbours(site: Path) -> None:
    for name, page in html(site).items():
        assert re.findall(r'media="\(prefers-color-scheme: (\w+)\)" data-md-color-scheme="(\w+)"', page) == [
            ("light", "default"),
            ("dark", "slate"),
        ], name
        assert "md-footer__link--next" in page or "md-footer__link--prev" in page, name


@pytest.mark.slow
def test_a_picture_is_shown_in_the_chosen_theme_and_opens_at_its_size(site: Path) -> None:
    page = html(site)["architecture"]
    assert "<picture>" not in page, "it follows the system's theme, not the reader's choice"
    for theme in ("light", "dark"):
        image = rf'<a href="pictures/stacks-{theme}\.svg"><img [^>]*src="pictures/stacks-{theme}\.svg#only-{theme}"'
        assert len(re.findall(image, page)) == 1, theme


@pytest.mark.slow
def test_edit_links_lead_to_files_that_exist(site: Path) -> None:
    for name, page in html(site).items():
        (target,) = re.findall(r'href="([^"]+)"[^>]*rel="edit"', page)
        assert (ROOT / "docs" / target.rpartition("docs/")[2]).is_file(), f"{name}: {target}"
    assert source("settings.md") == "settings_page.py", "a generated page is edited in its generator"
    assert source("deploy.md") == "deploy.md"


@pytest.mark.parametrize(
    ("origin", "address"),
    [
        ("git@github.com:team/platform.git", "https://github.com/team/platform"),
        ("ssh://git@github.com/team/platform", "https://github.com/team/platform"),
        ("https://github.com/team/platform.git", "https://github.com/team/platform"),
        ("https://git.example.com/team/platform.git", None),
    ],
)
def test_edit_links_lead_to_github_if_the_clone_is_from_there(tmp_path: Path, origin: str, address: str | None) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    assert repository(tmp_path) is None
    subprocess.run(["git", "-C", tmp_path, "remote", "add", "origin", origin], check=True)
    assert repository(tmp_path) == address
    assert edit_url("deploy.md", address) == (f"{address}/edit/main/docs/deploy.md" if address else "../docs/deploy.md")


@pytest.mark.slow
def test_every_page_shows_the_one_version_number(site: Path) -> None:
    for name, page in html(site).items():
        assert f"Version {kubeflow_aws.__version__}, with Kubeflow" in page, name
    headings = re.findall(r"^## \[([^]]+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == kubeflow_aws.__version__, "CHANGELOG.md begins with the changes of this version"


@pytest.mark.slow
def test_cells_know_their_heading_and_names_can_wrap(site: Path) -> None:
    page = html(site)["settings"]
    assert '<td data-label="default">required</td>' in page
    assert '<td data-label="setting"><code>service_<wbr />account_<wbr />roles</code></td>' in page


def test_a_name_that_can_wrap_is_still_the_same_text() -> None:
    cells = [
        "make deploy STACK='prod-*' ARGS=--auto-approve  twice",
        f"image@sha256:{'0123456789abcdef' * 4}",
        "a<b>c & d_long_name",
    ]
    shown = markdown.markdown(
        "| code |\n| --- |\n" + "".join(f"| `{cell}` |\n" for cell in cells), extensions=["tables", TableExtension()]
    )
    found = re.findall(r"<code>(.*)</code>", shown)
    assert [unescape(one.replace("<wbr />", "")) for one in found] == cells
    assert max(map(len, found[1].split("<wbr />"))) <= 24
