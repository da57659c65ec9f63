"""Questions of `deploy` and `destroy`, on a terminal and without one."""

import json
from pathlib import Path

import pytest

from tests.cli.deploy_stage import Project

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two applied stacks, and a Terraform that succeeds."""
    project = Project(tmp_path, "a")
    project.fake(ends_after=0)
    cluster = {"mode": "managed", "type": "aws_eks_cluster", "name": "this", "instances": [{}]}
    (tmp_path / "pulled.json").write_text(json.dumps({"version": 4, "resources": [cluster]}))
    return project


def calls(project: Project) -> list[str]:
    return [line.split()[0] for line in (project.folder / "calls").read_text().splitlines()]


@pytest.mark.parametrize("command", [["deploy"], ["destroy", "a-*"]])
def test_without_a_terminal_nothing_is_started(project: Project, command: list[str]) -> None:
    code, said = project.run(*command)
    assert code == 1
    stacks = " STACK='a-*'" if "a-*" in command else ""
    assert said == (
        f"{command[0]}: no terminal for confirmation; without confirmation: make {command[0]}{stacks} ARGS=--auto-approve\n"
    )
    assert not (project.folder / "calls").exists()


def test_one_question_for_each_stack(project: Project) -> None:
    code, said = project.answer("y\nyes\n", "deploy")
    assert code == 0, said
    assert said.count("? [y/N]") == 2
    assert calls(project).count("apply") == 2


def test_the_answer_no_stops_what_depends_on_it(project: Project) -> None:
    code, said = project.answer("\n", "deploy")
    assert code == 1
    assert "a-network" in said
    assert "declined" in said
    assert "not started: a-network is not applied" in said
    assert "deploy: run the same command again; it continues from there." in said
    assert "apply" not in calls(project)


def test_no_also_stops_what_depends_on_it_through_a_stack_that_is_not_chosen(project: Project) -> None:
    path = project.folder / "generated" / "manifest.json"
    manifest = json.loads(path.read_text())
    folder = project.folder / "generated" / "stacks" / "a-addons"
    folder.mkdir()
    (folder / "cdk.tf.json").write_text('{"terraform": {"backend": {"local": {"path": "x"}}}}')
    manifest["stacks"]["a-addons"] = {"dependencies": ["a-cluster"], "workingDirectory": "stacks/a-addons"}
    path.write_text(json.dumps(manifest))
    code, said = project.answer("n\ny\n", "deploy", "a-network", "a-addons")
    assert code == 1
    assert "not started: a-network is not applied" in said
    assert "apply" not in calls(project)


def test_the_end_of_input_is_no(project: Project) -> None:
    code, said = project.answer("\x04", "deploy", "a-network")
    assert code == 1
    assert "declined" in said


@pytest.mark.parametrize(("typed", "code", "applied"), [("y\n", 1, 0), ("b\n", 1, 0), ("a\n", 0, 1)])
def test_data_is_destroyed_after_the_name_of_the_platform(
    project: Project, typed: str, code: int, applied: int
) -> None:
    found, said = project.answer(typed, "destroy", "a-cluster")
    assert (found, calls(project).count("apply")) == (code, applied), said
    assert "Type the platform's name (a) to destroy a-cluster:" in said
    assert "destroy  aws_eks_cluster.this   loses every Kubernetes object (etcd)" in said
