"""`kubeflow-aws policy` prints and writes policies of the platforms in main.py."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.app import app
from modules.installer_policy.documents import MANAGED_LIMIT
from tests.project_copy import small_main


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "main.py").write_text(f"print('hello')\n{small_main('platform-admins')}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def policy(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["policy", *arguments])


def test_one_policy_is_printed_as_iam_takes_it() -> None:
    ended = policy("--stack", "small-network", "--phase", "apply", "--account", "111122223333")
    assert ended.exit_code == 0, ended.output
    document = json.loads(ended.stdout.removeprefix("hello\n"))
    assert document["Version"] == "2012-10-17"
    (create,) = (one for one in document["Statement"] if one["Action"] == "ec2:CreateVpc")
    assert create["Resource"] == "arn:aws:ec2:us-west-2:111122223333:vpc/*"
    assert create["Condition"] == {"StringEquals": {"aws:RequestTag/kubeflow-platform": "small"}}


def test_without_a_choice_the_sizes_are_listed() -> None:
    ended = policy()
    assert ended.exit_code == 0, ended.output
    words = [line.split() for line in ended.stdout.splitlines()]
    assert ["small-network", "plan"] in [one[:2] for one in words]
    assert ["small:", "boundary"] in [one[:2] for one in words]
    assert "Next: kubeflow-aws policy --output" in ended.stdout


def test_all_of_them_are_files_that_iam_takes(folder: Path) -> None:
    ended = policy("--output", "policies")
    assert ended.exit_code == 0, ended.output
    files = {file.name: file.read_text(encoding="utf-8") for file in (folder / "policies" / "small").iterdir()}
    assert {"small-network-plan.json", "small-cluster-destroy.json", "all-plan.json", "boundary.json"} <= files.keys()
    assert {"all-apply-1.json", "all-apply-2.json"} <= files.keys()
    for text in files.values():
        assert len(json.dumps(json.loads(text), separators=(",", ":"))) <= MANAGED_LIMIT


def test_json_is_one_document_whatever_main_prints() -> None:
    ended = policy("small", "--phase", "plan", "--json")
    found = json.loads(ended.stdout)["policies"]
    assert [one["stack"] for one in found] == ["small-network", "small-cluster", "all"]
    assert all(one["phase"] == "plan" and one["policies"] for one in found)


@pytest.mark.parametrize(
    ("arguments", "words"), [(("--stack", "network"), "network is not a stack"), (("other",), "no such platform")]
)
def test_a_wrong_name_is_an_error(arguments: tuple[str, ...], words: str) -> None:
    ended = policy(*arguments)
    assert ended.exit_code != 0
    assert words in f"{ended.output}{ended.exception}"


def test_a_folder_that_cannot_be_written_is_an_error(folder: Path) -> None:
    (folder / "policies").write_text("", encoding="utf-8")
    ended = policy("--output", "policies")
    assert ended.exit_code == 1
    assert "choose another folder with --output" in f"{ended.output}{ended.exception}"
