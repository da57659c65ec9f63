"""`make compare`: recorded versions, revisions of git, and what it says when it has neither."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from cli.compare import inventory_of, main
from cli.inventory import inventory_of_this_version
from cli.revision import inventory_of_revision
from modules.upgrade.records import read
from tests.platform_objects import needs_cache

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "tests" / "upgrades" / "26.03.json"
PRODUCT = ("cli", "kubeflow_aws", "modules", "stacks", "main.py")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A clone with two commits: the first from before the inventory command."""

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=me", "-c", "user.email=me@example.com")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    for name in PRODUCT:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    command = tmp_path / "cli" / "inventory.py"
    text = command.read_text()
    command.unlink()
    git("add", "-A")
    git("commit", "-qm", "Old")
    command.write_text(text)
    git("add", "-A")
    git("commit", "-qm", "New")
    return tmp_path


@needs_cache
@pytest.mark.slow
def test_a_revision_is_rendered_by_its_own_code_and_nothing_else_is_touched(repository: Path) -> None:
    before = sorted(path for path in repository.rglob("*") if ".git" not in path.parts)
    assert inventory_of_revision("HEAD", root=repository) == inventory_of_this_version()
    assert sorted(path for path in repository.rglob("*") if ".git" not in path.parts) == before
    with pytest.raises(ValueError, match=r"HEAD~1: is older than the inventory command; compare with its recorded"):
        inventory_of_revision("HEAD~1", root=repository)


@needs_cache
@pytest.mark.slow
def test_objects_that_are_not_available_are_an_error_that_says_what_is_needed(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBEFLOW_UPSTREAM", str(repository / "modules"))
    with pytest.raises(ValueError, match=r"(?s)HEAD: \w+ of that revision failed.*KUBEFLOW_UPSTREAM"):
        inventory_of_revision("HEAD", root=repository, cache=tmp_path / "kubeflow")


def test_a_revision_with_a_module_per_command_is_run_by_its_modules(tmp_path: Path) -> None:
    """As before the one program: `python -m cli.inventory --output FILE`."""
    (tmp_path / "cli").mkdir()
    (tmp_path / "cli" / "app.py").write_text("def synth():\n    ...\n")
    (tmp_path / "cli" / "vendor.py").touch()
    write = f"import shutil, sys\nassert sys.argv[1] == '--output'\nshutil.copy({str(RECORDED)!r}, sys.argv[2])\n"
    (tmp_path / "cli" / "inventory.py").write_text(write)
    who = ("-c", "user.name=me", "-c", "user.email=me@example.com")
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "Old")):
        subprocess.run(["git", *who, *command], cwd=tmp_path, check=True, capture_output=True)
    assert inventory_of_revision("HEAD", root=tmp_path, cache=tmp_path / "cache") == read(RECORDED)


def test_a_file_is_read_and_other_words_are_refused() -> None:
    assert inventory_of(str(RECORDED)) == read(RECORDED)
    with pytest.raises(ValueError, match="no-such-thing: neither a file nor a git revision"):
        inventory_of("no-such-thing")


def test_two_recorded_versions_are_compared_as_words_and_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")  # at 80 columns a name is cut into two lines of its cell
    text = RECORDED.read_text().replace(
        '"ghcr.io/kubeflow/kfp-api-server:2.16.0"', '"ghcr.io/kubeflow/kfp-api-server:9"'
    )
    (tmp_path / "next.json").write_text(text)
    main(str(RECORDED), str(tmp_path / "next.json"))
    assert "ghcr.io/kubeflow/kfp-api-server:9" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        main(str(RECORDED), str(tmp_path / "next.json"), as_json=True, exit_code=True)
    assert ended.value.code == 3
    (image,) = json.loads(capsys.readouterr().out)["images"]
    assert (image["before"], image["components"]) == (["ghcr.io/kubeflow/kfp-api-server:2.16.0"], ["pipelines"])


def test_an_error_ends_the_command_with_one_sentence() -> None:
    ended = CliRunner().invoke(app, ["compare", "no-such-thing"])
    assert ended.exit_code == 1
    assert ended.stderr.startswith("compare: no-such-thing: neither a file nor a git revision")
