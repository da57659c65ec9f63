"""`kubeflow-aws check --against`: what changed since another revision, and what git and the project keep."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cli.against
import cli.revision_program
from cli.app import app
from cli.revision_program import Done, Run
from stacks.platform import build, write
from tests.cli.test_check import NoPrices
from tests.project_copy import small_main

ROOT = Path(__file__).parents[2]
SMALL = small_main("platform-admins")
PLANTED = SMALL.replace('NodeGroup(name="nodes")', 'NodeGroup(name="nodes", max_size=7)').replace(
    "public_access_cidrs", 'kubernetes_version="1.34", public_access_cidrs'
)
EDITED = "# edited\n"


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=me", "-c", "user.email=me@example.com")
    return subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A repository with a main.py in a folder, changed since its only commit; nothing but the temporary folder may change."""
    folder = tmp_path / "repository" / "ml platform"
    folder.mkdir(parents=True)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    git(folder.parent, "init", "-q", "-b", "main")
    (folder / "main.py").write_text(SMALL, encoding="utf-8")
    (folder / "staged.txt").write_text("one", encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "One")
    (folder / "main.py").write_text(PLANTED, encoding="utf-8")
    (folder / "staged.txt").write_text("two", encoding="utf-8")
    git(folder, "add", "staged.txt")
    monkeypatch.chdir(folder)
    before = _state(folder)
    yield folder
    assert _state(folder) == before
    assert [one.name for one in (tmp_path / "temporary").iterdir() if one.name.startswith(cli.against.PREFIX)] == []


def _state(folder: Path) -> tuple[object, ...]:
    kept = (git(folder, "status", "--porcelain"), git(folder, "for-each-ref"), git(folder, "worktree", "list"))
    return *kept, git(folder, "ls-files", "--stage"), (folder.parent / ".git" / "HEAD").read_text()


def check(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["check", *arguments])


def in_process(where: str, folder: Path, top: Path) -> Run:
    """What another process would do: synthesize the folder's main.py, and check it."""

    def run(*arguments: str) -> Done:
        if arguments[0] == "synth":
            (platform,) = cli.main_file.platforms(folder / "main.py")
            write(build(platform), folder / "generated")
            return subprocess.CompletedProcess(arguments, 0, "", "")
        found = {"verdict": "fits", "pods": 9999, "findings": [{"id": "FIT001", "severity": "error", "text": "gone"}]}
        return subprocess.CompletedProcess(
            arguments, 1, json.dumps({"platforms": [{"platform": "small", "fit": found}]}), ""
        )

    return run


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.revision_program, "program", in_process)


@pytest.mark.slow
@pytest.mark.usefixtures("repository", "fast")
def test_a_planted_change_is_in_every_form_of_the_result() -> None:
    found = json.loads(check("--against", "HEAD", "--json").stdout)["changes"]
    (one,) = found["platforms"]
    changed = {
        (block["address"], at["attribute"]): (at["before"], at["after"])
        for block in one["terraform"]
        for at in block["attributes"]
    }
    assert changed["aws_eks_node_group.nodes", "scaling_config.max_size"] == (5, 7)
    assert changed["aws_eks_cluster.this", "version"][1] == "1.34"
    figures = {(figure["section"], figure["name"]): figure["before"] for figure in one["figures"]}
    assert figures["fit", "pods"] == "9,999"
    assert [(finding["id"], finding["change"]) for finding in one["findings"]][-1] == ("FIT001", "no longer found")
    assert any(line.startswith("traffic: the earlier") for line in one["not_compared"]), "a section that was not there"

    comment = check("--against", "main", "--markdown", "--html", "../../check.html").stdout
    assert "### Changes since main (" in comment
    assert "| 5 | 7 |" in comment
    assert "scaling_<wbr>config" in Path("../../check.html").read_text(encoding="utf-8")
    assert "scaling_config.max_size" in check("--against", "HEAD").stdout


@pytest.mark.usefixtures("fast")
def test_a_hook_of_git_names_its_own_repository(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as hook:
        hook.setenv("GIT_DIR", str(repository / "nowhere"))
        hook.setenv("GIT_INDEX_FILE", str(repository / "nowhere"))
        assert check("--against", "HEAD", "--section", "fit", "--json").exit_code == 0


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("revision", ["v9", "-h", "main^{tree}"])
def test_a_revision_that_does_not_exist_is_an_error_with_what_to_do(revision: str) -> None:
    ended = check(f"--against={revision}")
    assert ended.exit_code == 1
    assert ended.stderr.startswith(f"check: --against {revision}: the repository of ")
    assert "in CI, check out with its whole history" in ended.stderr


def test_a_main_py_that_is_not_tracked_is_an_error_with_what_to_do(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = repository.parent / "other"
    other.mkdir()
    (other / "main.py").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(other)
    assert "other/main.py is not tracked by git; commit it first" in check("--against", "HEAD").stderr
    git(other, "add", "main.py")
    assert "that revision does not have other/main.py; choose a later one" in check("--against", "HEAD").stderr
    git(other, "rm", "-q", "--cached", "main.py")
    (other / "main.py").unlink()
    monkeypatch.chdir(repository)
    other.rmdir()


def test_a_folder_without_a_repository_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "main.py").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert "is not in a git repository; run it where main.py is" in check("--against", "HEAD").stderr


def failing(returncode: int, command: str) -> object:
    """A program whose command fails."""

    def program(where: str, folder: Path, top: Path) -> Run:
        other = in_process(where, folder, top)

        def run(*arguments: str) -> Done:
            if arguments[0] == command:
                return subprocess.CompletedProcess(arguments, returncode, "", "it is broken")
            return other(*arguments)

        return run

    return program


@pytest.mark.usefixtures("repository")
def test_a_revision_that_cannot_be_synthesized_or_checked_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.revision_program, "program", failing(1, "synth"))
    said = check("--against", "HEAD", "--section", "fit").stderr
    assert "check: " in said
    assert "--against HEAD: that revision cannot be synthesized: it is broken" in said
    monkeypatch.setattr(cli.revision_program, "program", failing(1, "check"))
    assert "the check of that revision failed: it is broken" in check("--against", "HEAD", "--section", "fit").stderr


@pytest.mark.usefixtures("repository")
def test_a_revision_whose_program_has_no_check_is_compared_without_results(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.revision_program, "program", failing(2, "check"))
    (one,) = json.loads(check("--against", "HEAD", "--section", "fit", "--json").stdout)["changes"]["platforms"]
    assert "results: the earlier revision has no `check`" in one["not_compared"]
    assert one["terraform"]


def test_an_option_that_the_older_program_lacks_is_left_out() -> None:
    called: list[tuple[str, ...]] = []

    def run(*arguments: str) -> Done:
        called.append(arguments[2:])
        return subprocess.CompletedProcess(arguments, 2 if "--prices" in arguments else 0, '{"platforms": []}', "")

    assert cli.against._results("x", run, "2026-12-01", prices=True) == {}
    assert called == [("--date", "2026-12-01", "--prices"), ("--date", "2026-12-01")]
    assert cli.against._results("x", run, "2026-12-01", prices=False) == {}
    assert called[2:] == [("--date", "2026-12-01")]


@pytest.mark.usefixtures("repository")
def test_the_temporary_folder_is_removed_at_a_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(where: str, folder: Path, top: Path) -> Run:
        assert (folder / "main.py").read_text(encoding="utf-8") == SMALL
        os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError("the signal ends the command first")

    monkeypatch.setattr(cli.revision_program, "program", interrupted)
    ended = check("--against", "HEAD", "--section", "fit")
    assert (ended.exit_code, ended.stderr) == (130, "check: interrupted\n")


def test_a_pinned_version_other_than_this_is_named(repository: Path) -> None:
    (repository / "requirements.txt").write_text(
        "boto3==1\nkubeflow-aws==0.0.1 ; python_version > '3'\n", encoding="utf-8"
    )
    (note,) = cli.against._notes(repository)
    (repository / "requirements.txt").unlink()
    assert note.startswith("The revision pins kubeflow-aws 0.0.1; ")
    assert cli.against._notes(repository) == []


@pytest.mark.slow
def test_the_other_revision_is_run_in_a_process_of_its_own_and_ends_with_this_one(repository: Path) -> None:
    command = [
        sys.executable,
        "-P",
        "-c",
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from cli.app import app; app()",
    ]
    arguments = ["check", "--against", "HEAD", "--section", "fit", "--json"]
    environment = {**os.environ, "TMPDIR": str(tempfile.gettempdir())}
    done = subprocess.run(
        [*command, *arguments], cwd=repository, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (one,) = json.loads(done.stdout)["changes"]["platforms"]
    assert [block["address"] for block in one["terraform"]] == ["aws_eks_cluster.this", "aws_eks_node_group.nodes"]
    assert {figure["section"] for figure in one["figures"]} <= {"fit"}

    process = subprocess.Popen(
        [*command, *arguments],
        cwd=repository,
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    folder = Path(tempfile.gettempdir())
    while not list(folder.glob(f"{cli.against.PREFIX}*/*/main.py")):
        assert process.poll() is None
        time.sleep(0.02)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130


@pytest.mark.usefixtures("repository", "fast")
def test_costs_are_compared_where_prices_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.check.aws_prices", NoPrices)
    made = check("--against", "HEAD", "--section", "cost", "--prices", "--markdown").stdout
    assert "Prices were read from AWS; nothing else was called." in made
    assert "AWS and a cluster were not called." in check("--section", "fit", "--markdown").stdout
