"""`kubeflow-aws check --html`: one file, the same for the same main.py and date."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.app import app
from modules.checks.sections import SECTIONS
from tests.modules.report.html_checks import Page
from tests.project_copy import small_main

TWO = small_main("platform-admins").replace("synthesize(SMALL)", 'synthesize(SMALL, SMALL.with_changes(name="other"))')


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.py").write_text(TWO, encoding="utf-8")
    return tmp_path


def check(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["check", *arguments])


def test_one_file_has_all_platforms_with_pictures_and_is_the_same_each_time(folder: Path) -> None:
    dated = ("--date", "2026-12-01")
    ended = check("--html", "reports/check.html", "--docs", "https://example.com/check.html", *dated)
    assert (ended.exit_code, ended.stderr) == (0, "reports/check.html: written\n")
    assert "fits (" in ended.stdout
    text = (folder / "reports" / "check.html").read_text(encoding="utf-8")
    made = Page(text)
    assert [one.text for one in made.all("h2")][1:3] == ["Platform small", "Platform other"]
    assert "2026-12-01" in text
    assert len(made.all("figure")) >= 2
    ids = {
        str(one.attributes["id"]).removeprefix("about-")
        for one in made.all("h3")
        if "about-" in str(one.attributes["id"])
    }
    links = {f"https://example.com/check.html#{one.lower()}" for one in ids}
    assert links
    assert links <= {str(one.attributes["href"]) for one in made.all("a")}
    titles = [one.text for one in made.all("h3")]
    assert len([one for one in titles if one == "Fit"]) == 2
    assert len(SECTIONS) * 2 + 2 <= len(titles)
    assert check("--html", "again.html", "--docs", "https://example.com/check.html", *dated).exit_code == 0
    assert (folder / "again.html").read_text(encoding="utf-8") == text


def test_a_wrong_option_says_what_to_write(folder: Path) -> None:
    for arguments, problem in (
        (("--date", "yesterday"), "--date: yesterday is not a date; write it as 2026-12-31\n"),
        (
            ("--html", "x.html", "--docs", "javascript:alert(1)"),
            "is not an address of a page; write it as https://example.com/",
        ),
        (("--docs", "https://example.com/check.html"), "--docs: reports have links; add --html or --markdown\n"),
    ):
        ended = check(*arguments)
        assert (ended.exit_code, problem in ended.stderr) == (2, True), ended.stderr
    (folder / "taken").mkdir()
    ended = check("--html", "taken")
    assert ended.exit_code == 1
    assert ended.stderr == "check: taken: cannot be written (Is a directory); choose another file with --html\n"
    assert not (folder / "x.html").exists()


def test_a_comment_is_all_of_the_standard_output(folder: Path) -> None:
    (folder / "main.py").write_text(f"print('hello')\n{TWO}", encoding="utf-8")
    ended = check("--markdown", "--html", "check.html")
    assert ended.exit_code == 0
    assert ended.stdout.startswith("## Check: small, other\n")
    assert "| small | Fit | fits (" in ended.stdout
    assert ended.stderr == "hello\ncheck.html: written\n"
    assert check("--markdown", "--json").exit_code == 2
