"""`kubeflow-aws check --manifest` for a team of main.py."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.app import app
from modules.checks.rendered import PlatformObjects
from tests.modules.checks.admission.made import OF_TEAMS
from tests.project_copy import small_main

MAIN = (
    small_main("platform-admins")
    .replace("import Cluster,", "import Cluster, Dex, Kubeflow, Team,")
    .replace(
        "    deletion_protection=False,",
        '    kubeflow=Kubeflow(auth=Dex(users=("a@example.com",)), teams=(Team(name="research", owner="a@example.com"),)),\n'
        "    deletion_protection=False,",
    )
)
JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: a
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: default-editor
      containers:
        - name: main
          image: python
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("modules.checks.inputs.platform_objects", lambda *_: PlatformObjects({"made": OF_TEAMS}))
    (tmp_path / "main.py").write_text(MAIN, encoding="utf-8")
    (tmp_path / "job.yaml").write_text(JOB, encoding="utf-8")
    return tmp_path


def check(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["check", *arguments])


def test_a_warning_is_printed_with_its_line(folder: Path) -> None:
    ended = check("--manifest", "job.yaml", "--team", "research")
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert (
        "  small: job.yaml:12: MAN015: Job a: spec.template.spec.containers[0].image: python has no fixed version"
        in ended.stdout
    )
    (row,) = [line for line in ended.stdout.splitlines() if "job.yaml:1 Job a" in line]
    assert row.split()[3:] == ["yes", "yes", "yes", "yes", "with", "warnings"]


def test_an_error_is_a_problem(folder: Path) -> None:
    ended = check("--manifest", "missing.yaml", "--manifest", "job.yaml", "--team", "research")
    assert ended.exit_code == 1
    assert "missing.yaml: MAN001: cannot be read (No such file or directory); " in ended.stdout


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "job.yaml: MAN001: has no objects; "),
        ("# nothing\n---\n", "job.yaml: MAN001: has no objects; "),
        ("a: 1\nb: [1\n", "job.yaml:3: MAN001: is not YAML: did not find expected ',' or ']'; "),
        (
            "kind: Job\n---\n",
            "job.yaml:1: MAN001: is not an object of Kubernetes, which has apiVersion, kind and metadata; ",
        ),
    ],
)
def test_a_file_without_objects_is_a_problem_at_its_line(folder: Path, text: str, found: str) -> None:
    (folder / "job.yaml").write_text(text, encoding="utf-8")
    ended = check("--manifest", "job.yaml", "--team", "research")
    assert ended.exit_code == 1
    assert f"  small: {found}correct the file" in ended.stdout


def test_a_binary_file_is_a_problem(folder: Path) -> None:
    (folder / "job.yaml").write_bytes(b"\xff\xfe\x00")
    ended = check("--manifest", "job.yaml", "--team", "research")
    assert ended.exit_code == 1
    assert "job.yaml: MAN001: is not text in UTF-8; " in ended.stdout


def test_a_name_with_brackets_is_printed(folder: Path) -> None:
    (folder / "job.yaml").write_text(JOB.replace("name: a", 'name: "[/a]"'), encoding="utf-8")
    ended = check("--manifest", "job.yaml", "--team", "research")
    assert "job.yaml:1 Job [/a]" in ended.stdout


def test_control_characters_of_a_file_do_not_reach_the_terminal(folder: Path) -> None:
    text = JOB.replace("name: a", 'name: "a\\e[31m"').replace("image: python", 'image: "p\\e[31m"')
    (folder / "job.yaml").write_text(text, encoding="utf-8")
    ended = check("--manifest", "job.yaml", "--team", "research")
    assert "\x1b" not in ended.stdout
    assert "job.yaml:1 Job a\\x1b[31m" in ended.stdout  # in the table
    assert "image: p\\x1b[31m is not an image name" in ended.stdout  # in a finding


def test_json_has_file_and_line(folder: Path) -> None:
    ended = check("--manifest", "job.yaml", "--team", "research", "--json")
    (platform,) = json.loads(ended.stdout)["platforms"]
    found = platform["manifests"]["findings"][0]
    assert (found["id"], found["file"], found["line"]) == ("MAN015", "job.yaml", 12)
    assert platform["manifests"]["team"] == "research"


def test_the_team_must_exist(folder: Path) -> None:
    ended = check("--manifest", "job.yaml", "--team", "nobody")
    assert ended.exit_code == 1
    assert ended.stderr == "check: no team nobody; choose from research\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--manifest", "job.yaml"),
        ("--team", "research"),
        ("--manifest", "job.yaml", "--team", "research", "--teardown"),
    ],
)
def test_options_that_do_not_go_together(folder: Path, arguments: tuple[str, ...]) -> None:
    assert check(*arguments).exit_code == 2
