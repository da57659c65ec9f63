"""`kubeflow-aws init`: each kind, by options and by questions, synthesizes; nothing is written that is not valid."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from moto import mock_aws
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput
from typer.main import get_command
from typer.testing import CliRunner

import cli.app
import cli.init
from cli.init import lookup
from cli.init.answers import KINDS, QUESTIONS, problem_of, questions
from cli.init.rendering import main_py
from cli.main_file import platforms
from kubeflow_aws import __version__
from modules.rules import problems_of_all
from modules.settings import ExistingCluster
from stacks.handover.actions import ACTIONS
from tests.built_once import build
from tests.stacks.test_shipped_list import ROOT

ENTER, DELETE_LINE = "\r", "\x15"
ALL = ["--name", "dev", "--region", "us-west-2", "--email", "ada@example.com"]
NEW = [*ALL, "--admin", "role/admins"]
OPEN = [*NEW, "--public-access-cidr", "198.51.100.0/24"]
BUCKET = ["--state-bucket", "dev-state"]
OPTIONS = {
    "quickstart": OPEN,
    "production": [*OPEN, *BUCKET],
    "existing-cluster": [*ALL, "--cluster", "legacy"],
    "hand-over": OPEN,
    "hcp": [*NEW, "--agent-cidr", "10.8.0.0/16", "--organization", "example"],
}
TYPED = {
    "admins": "role/admins, user/ada",
    "public_access_cidrs": "198.51.100.0/24",
    "agent_cidrs": "10.8.0.0/16",
    "organization": "example",
    "state_bucket": "dev-state",
    "cluster": "legacy",
    "name": "dev",
    "region": "us-west-2",
    "email": "ada@example.com",
}
each_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lookup, "public_address", lambda: pytest.fail("the address service was called"))
    monkeypatch.setattr(lookup, "has_credentials", lambda: False)
    return tmp_path


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[PipeInput]:
    """A terminal: what is sent to it is typed."""
    monkeypatch.setattr(cli.init, "on_terminal", lambda: True)
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


def run(*options: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    ended = CliRunner().invoke(cli.app.app, ["init", *options])
    if ended.exception and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return ended.exit_code, ended.stdout + ended.stderr


def is_formatted(path: Path) -> bool:
    for command in (
        ["check", "--config", ROOT / "pyproject.toml"],
        ["format", "--check", "--line-length", "120", "--isolated"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, path], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return True


@pytest.mark.parametrize(
    "kind", [one if one == "quickstart" else pytest.param(one, marks=pytest.mark.slow) for one in KINDS]
)
def test_a_main_py_by_options_synthesizes(kind: str, folder: Path) -> None:
    assert run("--kind", kind, *OPTIONS[kind]) == (
        0,
        f"written: {cli.init.MAIN}\nNext: make synth   (writes generated/; nothing exists in AWS yet)\n",
    )
    assert is_formatted(folder / "main.py")
    (platform,) = platforms()
    assert (platform.name, platform.region) == ("dev", "us-west-2")
    assert build(platform).documents
    assert "synthesize(PLATFORM)" in (folder / "main.py").read_text(encoding="utf-8")


@each_kind
def test_a_main_py_by_questions_is_valid(kind: str, keys: PipeInput) -> None:
    for question in questions(kind, repository=False):
        keys.send_text(TYPED.get(question.name, "") + ENTER)  # an empty answer takes the default, which can be edited
        if question.name == "region" and kind not in ("hcp", "existing-cluster"):
            keys.send_text("n")  # no call of the address service
    status, said = run("--kind", kind)
    assert status == 0, said
    (platform,) = platforms()
    assert platform.name == "dev"
    if not isinstance(platform.cluster, ExistingCluster):
        assert platform.cluster.admins == ("role/admins", "user/ada")
    assert problems_of_all([platform]) == []


def test_the_kind_is_a_question_as_well(keys: PipeInput, folder: Path) -> None:
    keys.send_text("\x1b[B\x1b[B" + ENTER)  # the third one
    status, said = run(*ALL, "--cluster", "legacy")
    assert status == 0, said
    assert 'ExistingCluster(name="legacy")' in (folder / "main.py").read_text(encoding="utf-8")


def test_an_invalid_answer_is_followed_by_the_question_again(keys: PipeInput) -> None:
    keys.send_text("us-west-9" + ENTER + DELETE_LINE + "eu-west-1" + ENTER)
    without_region = [one for one in OPEN if one not in ("--region", "us-west-2")]
    status, said = run(
        "--kind",
        "quickstart",
        *without_region,
        "--cidr",
        "10.0.0.0/16",
        "--zones",
        "2",
        "--instance-type",
        "m6i.xlarge",
    )
    assert status == 0, said
    (platform,) = platforms()
    assert platform.region == "eu-west-1"


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("region", "us-west-9", "not an EKS region"),
        ("cidr", "10.0.0.0/33", "not a valid IPv4 block"),
        ("zones", "two", "network.zones"),
        ("instance_type", "m6i.huge", "m6i.huge"),
        ("admins", ("me",), "cluster.admins"),
        ("email", "ada", "kubeflow.auth"),
        ("name", "", "--name: a value is required"),
        ("name", 'x"; import os', "name"),
    ],
)
def test_the_error_of_an_answer_is_that_of_the_settings(name: str, answer: str, said: str) -> None:
    (question,) = (one for one in QUESTIONS if one.name == name)
    assert said in (problem_of(question, answer, "quickstart", {}) or "")


@each_kind
def test_every_sample_is_a_valid_answer(kind: str) -> None:
    for question in questions(kind, repository=True):
        assert problem_of(question, question.sample, kind, {}) is None


def test_without_a_terminal_an_error_names_the_missing_options(folder: Path) -> None:
    assert run() == (1, f"init: no terminal for questions; add --kind, one of {', '.join(KINDS)}\n")
    assert run("--kind", "hcp", "--name", "dev") == (
        1,
        "init: no terminal for questions; add --region, --email, --admin, --agent-cidr, --organization\n",
    )
    assert list(folder.iterdir()) == []


def test_invalid_options_write_nothing_and_are_listed(folder: Path) -> None:
    status, said = run("--kind", "quickstart", *OPEN, "--region", "us-west-9", "--cidr", "10.0.0.0/33")
    assert status == 1
    assert said.startswith("init: 2 errors:\n  dev: region: ")
    assert list(folder.iterdir()) == []


def test_an_option_of_another_kind_is_refused() -> None:
    assert run("--kind", "quickstart", *OPEN, "--cluster", "legacy") == (
        1,
        "init: --cluster: not used by a platform of kind quickstart; remove it\n",
    )


def test_a_file_is_replaced_only_by_force(folder: Path) -> None:
    (folder / "main.py").write_text("mine", encoding="utf-8")
    status, said = run("--kind", "quickstart", *OPEN)
    assert (status, said) == (1, "init: main.py: exists; --force replaces it, --repo FOLDER writes a new folder\n")
    assert (folder / "main.py").read_text(encoding="utf-8") == "mine"
    assert run("--kind", "quickstart", *OPEN, "--force")[0] == 0
    assert (folder / "main.py").read_text(encoding="utf-8") != "mine"


def test_ctrl_c_at_a_question_writes_nothing(keys: PipeInput, folder: Path) -> None:
    keys.send_text("\x03")
    assert run("--kind", "quickstart")[0] == 130
    assert list(folder.iterdir()) == []


@pytest.mark.slow
@mock_aws
def test_what_aws_knows_is_the_answer_where_it_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "has_credentials", lambda: True)
    monkeypatch.setattr(lookup, "public_address", lambda: "198.51.100.7")
    status, said = run("--kind", "quickstart", *ALL, "--lookup", "--check-address")
    assert status == 0, said
    (platform,) = platforms()
    assert not isinstance(platform.cluster, ExistingCluster)
    assert platform.cluster.admins == ("user/moto",), "the caller, as moto names it"
    assert list(map(str, platform.cluster.public_access_cidrs)) == ["198.51.100.7/32"]


@pytest.mark.slow
@mock_aws
def test_only_what_the_region_has_is_offered() -> None:
    said: list[str] = []
    found = lookup.from_aws("us-west-1", "x1.nothing", said.append)
    assert found["zones"] == "2", "us-west-1 has two"
    assert found["instance_type"] == "m6i.xlarge"
    assert said[0].startswith("instance types on offer in us-west-1: m6i.xlarge, ")
    assert lookup.from_aws("us-west-2", "t3.2xlarge", said.append) == {
        "admins": ("user/moto",),
        "instance_type": "t3.2xlarge",
    }


def test_a_lookup_that_fails_is_said_and_the_option_is_still_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "has_credentials", lambda: True)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    status, said = run("--kind", "quickstart", *ALL, "--lookup")
    assert status == 1
    assert said.count("not looked up: Could not connect") == 3
    assert said.endswith("add --admin, --public-access-cidr\n")


@pytest.mark.slow
@each_kind
def test_a_repository_has_all_that_ci_and_a_user_need(kind: str, folder: Path) -> None:
    bucket = BUCKET if kind in ("quickstart", "existing-cluster") else []
    status, said = run("--kind", kind, "--repo", "my-platform", *OPTIONS[kind], *bucket)
    assert status == 0, said
    made = folder / "my-platform"
    assert is_formatted(made / "main.py")
    assert (made / "requirements.txt").read_text(encoding="utf-8") == f"kubeflow-aws=={__version__}\n"
    assert json.loads((made / "protected_resources.json").read_text(encoding="utf-8")) == {}
    assert json.loads((made / "cdktf.json").read_text(encoding="utf-8"))["app"] == "python main.py"
    workflows = sorted((made / ".github" / "workflows").iterdir())
    applied = kind not in ("hcp", "hand-over")
    assert [path.name for path in workflows] == (["platform.yml", "round.yml"] if applied else ["platform.yml"])
    schema = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([*schema, *map(str, workflows)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    steps = "".join(path.read_text(encoding="utf-8") for path in workflows)
    used = set(re.findall(r"uses: (.+)", steps)) - {"./.github/workflows/round.yml"}
    assert used <= {str(action) for action in ACTIONS.values()}
    assert ("deploy --plans plans --auto-approve" in steps) is applied
    assert "deploy --auto-approve" not in steps, "what is applied was shown"
    assert ("kubeflow-aws export" in steps) is (kind == "hand-over")
    assert len((made / "README.md").read_text(encoding="utf-8").splitlines()) <= 30
    (platform,) = platforms(made / "main.py")
    assert build(platform).documents


def test_the_next_command_can_be_copied_for_any_folder() -> None:
    said = run("--kind", "hand-over", "--repo", "my Plätze", *OPEN)[1]
    assert "Next: cd 'my Plätze' && kubeflow-aws synth" in said


@each_kind
def test_files_of_a_repository_name_commands_that_exist(kind: str, folder: Path) -> None:
    run("--kind", kind, "--repo", "x", *OPTIONS[kind], *(BUCKET if kind in ("quickstart", "existing-cluster") else []))
    commands = get_command(cli.app.app).commands  # type: ignore[attr-defined]
    named = [
        found
        for path in (folder / "x").rglob("*")
        if path.is_file()
        for found in re.findall(r"kubeflow-aws ([a-z][a-z-]*)(?: (--[a-z-]+))?", path.read_text(encoding="utf-8"))
    ]
    assert ("synth", "") in named
    for name, option in named:
        assert name in commands
        assert not option or option in {known for one in commands[name].params for known in one.opts}


def test_a_repository_ignores_what_this_one_ignores_of_generated(folder: Path) -> None:
    run("--kind", "hand-over", "--repo", "x", *OPEN)
    ignored = (folder / "x" / ".gitignore").read_text(encoding="utf-8").splitlines()
    own = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {line for line in own if line.startswith(("generated/", "state/", "*.tfstate", ".terraform"))} <= set(
        ignored
    )


def test_a_state_of_one_machine_is_not_for_ci() -> None:
    status, said = run("--kind", "quickstart", "--repo", "x", *OPEN)
    assert (status, said) == (1, "init: no terminal for questions; add --state-bucket\n")


def test_many_values_are_formatted_as_well(folder: Path) -> None:
    networks = [option for number in range(20) for option in ("--public-access-cidr", f"198.51.100.{number}/32")]
    assert run("--kind", "quickstart", *NEW, *networks)[0] == 0
    assert is_formatted(folder / "main.py")


def test_the_options_are_those_of_the_questions() -> None:
    assert get_args(cli.app.Kind) == tuple(KINDS)
    said = CliRunner().invoke(cli.app.app, ["init", "--help"], terminal_width=200).stdout
    assert [one.option for one in QUESTIONS if one.option not in said] == []


def test_text_of_an_answer_never_becomes_code() -> None:
    text = main_py("existing-cluster", {"name": '"+exit()+"', "region": "us-west-2", "email": "x", "cluster": "\\"})
    (name,) = [one.value for one in ast.walk(ast.parse(text)) if isinstance(one, ast.keyword) and one.arg == "name"][:1]
    assert isinstance(name, ast.Constant)
    assert name.value == '"+exit()+"'
