"""A Terraform that fails without a word, is missing, or loses its backend."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.deploy_stage import Project, send, wait_for

pytestmark = pytest.mark.slow  # each runs a whole command on a copy of the project, 4 s

CHANGE = {
    "@level": "info",
    "type": "planned_change",
    "change": {"resource": {"addr": "aws_vpc.x", "resource_type": "aws_vpc"}, "action": "create"},
}
NOT_SAVED = {
    "@level": "error",
    "type": "diagnostic",
    "diagnostic": {"severity": "error", "summary": "Failed to save state", "detail": "no route to host"},
}


def project_with(folder: Path, script: str) -> Project:
    """Two stacks and a Terraform that is a shell script."""
    project = Project(folder, "a")
    project.fake(ends_after=0)
    (folder / "bin" / "terraform").write_text(f"#!/bin/sh\n{script}")
    return project


@pytest.mark.parametrize("command", ["init", "plan", "state"])
def test_an_end_without_a_message_shows_its_exit_code(tmp_path: Path, command: str) -> None:
    code, said = project_with(tmp_path, f'[ "$1" != {command} ] || exit 7').run("diff")
    assert code == 1
    assert "    no message, exit code 7\n" in said


def test_a_missing_terraform_is_one_sentence(tmp_path: Path) -> None:
    project = Project(tmp_path, "a")
    project.environment["PATH"] = str(tmp_path)
    code, said = project.run("diff")
    assert code == 1
    assert said.startswith("diff: generated/stacks/a-network: terraform cannot be started ("), said
    assert len(said.splitlines()) == 1


def test_a_home_without_write_access_is_enough(tmp_path: Path) -> None:
    project = project_with(tmp_path, "")
    project.environment["HOME"] = "/proc/none"
    code, said = project.run("diff")
    assert code == 0, said


def test_a_closed_standard_input_is_not_a_terminal(tmp_path: Path) -> None:
    project = Project(tmp_path, "a")
    line = f'"{sys.executable}" "{tmp_path}/program.py" deploy <&-'
    ended = subprocess.run(
        ["sh", "-c", line], cwd=tmp_path, env=project.environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("deploy: no terminal for confirmation; "), ended.stderr


def test_a_lost_backend_hides_neither_the_error_nor_the_rescued_state(tmp_path: Path) -> None:
    script = f"""
        case $1 in
        plan) echo '{json.dumps(CHANGE)}'; exit 2;;
        apply) echo '{json.dumps(NOT_SAVED)}'; touch errored.tfstate; exit 1;;
        state) if [ -e errored.tfstate ]; then echo "no answer" >&2; exit 1; fi;;
        esac"""
    code, said = project_with(tmp_path, script).run("deploy", "--auto-approve")
    assert code == 1
    assert "a-network: terraform apply failed:\n  Failed to save state\n    no route to host\n" in said
    assert "a-network: its state cannot be read:\n    no answer\n" in said
    assert "terraform -chdir=generated/stacks/a-network state push errored.tfstate" in said


def test_a_signal_while_a_state_is_read_is_an_interruption(tmp_path: Path) -> None:
    script = f"""
        [ "$1" = state ] || exit 0
        trap 'exit 1' INT; touch "{tmp_path}/reading"; sleep 30 & wait"""
    project = project_with(tmp_path, script)
    process = project.start("diff")
    wait_for((tmp_path / "reading").exists)
    send(process, signal.SIGINT)
    assert process.wait(60) == 130
    assert project.said().splitlines()[-1] == "diff: interrupted"


def test_the_plan_of_a_killed_run_is_removed_by_the_next_one_and_that_of_a_running_one_is_not(tmp_path: Path) -> None:
    project = Project(tmp_path, "a")
    project.fake(ends_after=1)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "plan").touch()
    (tmp_path / "kubeflow-aws-plan-link").symlink_to(elsewhere)
    process = project.start("deploy", "--auto-approve")
    wait_for((tmp_path / "applying").exists)
    (running,) = (one for one in project.plan_files() if not one.is_symlink())
    code, said = project.run("diff")
    assert code == 0, said
    assert running.exists()
    process.kill()
    process.wait()
    code, said = project.run("diff")
    assert code == 0, said
    assert not running.exists(), "it holds values of the state"
    assert (elsewhere / "plan").exists()
    os.kill(int((tmp_path / "applying").read_text() or 0), signal.SIGINT)
