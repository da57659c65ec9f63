"""Signals during an apply, with a Terraform that counts its interrupts."""

import os
import pty
import signal
import time
from pathlib import Path

import pytest

from tests.cli.deploy_stage import Project, send, wait_for

pytestmark = pytest.mark.slow


def applying(project: Project) -> bool:
    return (project.folder / "applying").exists()


def interrupts(project: Project) -> str:
    return (project.folder / "interrupts").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_whole_group_reaches_terraform_once(tmp_path: Path, number: signal.Signals) -> None:
    project = Project(tmp_path, "a", "b")
    project.fake(ends_after=1)
    process = project.start("deploy", "--auto-approve")
    wait_for(lambda: applying(project))
    send(process, number)
    process.wait(120)
    said = project.said()
    assert process.returncode == 130, said
    assert interrupts(project) == "1"
    assert f"{number.name}: Terraform starts nothing more and waits for 1 call(s) in flight" in said
    assert "creating aws_eks_cluster.this" in said
    assert "usually 7 to 15 min" in said
    assert "its create was started and is not recorded in the state" in said
    assert "terraform -chdir=generated/stacks/a-network import 'aws_eks_cluster.this' <id>" in said
    calls = (tmp_path / "calls").read_text().splitlines()
    assert [call.split()[0] for call in calls].count("apply") == 1, "nothing more was started, in no platform"
    assert (tmp_path / "mode").read_text() == "0o600\n"
    assert project.plan_files() == []


def test_the_second_interrupt_says_what_would_be_lost_and_the_third_is_forwarded(tmp_path: Path) -> None:
    project = Project(tmp_path, "a")
    project.fake(ends_after=2)
    process = project.start("deploy", "--auto-approve")
    wait_for(lambda: applying(project))
    send(process, signal.SIGINT)
    wait_for(lambda: "waits for 1 call(s) in flight" in project.said())
    send(process, signal.SIGINT)
    wait_for(lambda: "A third signal ends it at once; then these are not recorded" in project.said())
    assert process.poll() is None
    assert not (tmp_path / "interrupts").exists(), "the second one is not forwarded"
    send(process, signal.SIGINT)
    assert process.wait(120) == 130
    assert interrupts(project) == "2"


def test_a_closed_terminal_leaves_its_report_in_a_file(tmp_path: Path) -> None:
    project = Project(tmp_path, "a")
    project.fake(ends_after=1)
    terminal, side = pty.openpty()
    process = project.start("deploy", "--auto-approve", stdout=side)
    os.close(side)
    wait_for(lambda: applying(project))
    os.kill(process.pid, signal.SIGHUP)
    os.close(terminal)
    assert process.wait(120) == 130
    assert interrupts(project) == "1"
    log = tmp_path / "kubeflow-aws.log"
    assert log.stat().st_mode & 0o777 == 0o600
    assert "its create was started and is not recorded in the state" in log.read_text()


def test_an_output_whose_reader_ended_goes_on_in_a_file(tmp_path: Path) -> None:
    """`deploy 2>&1 | tee log`: Ctrl-C ends `tee`, too, and Terraform must not get a second interrupt for that."""
    project = Project(tmp_path, "a")
    project.fake(ends_after=2)
    reader, side = os.pipe()
    process = project.start("deploy", "--auto-approve", stdout=side)
    os.close(side)
    wait_for(lambda: applying(project))
    os.close(reader)
    log = tmp_path / "kubeflow-aws.log"
    os.kill(process.pid, signal.SIGINT)
    wait_for(lambda: log.exists() and "waits for 1 call(s) in flight" in log.read_text())
    time.sleep(1)
    assert process.poll() is None
    for _ in range(2):
        os.kill(process.pid, signal.SIGINT)
        time.sleep(0.3)
    assert process.wait(120) == 130
    assert log.stat().st_mode & 0o777 == 0o600
    assert "its create was started and is not recorded in the state" in log.read_text()


def test_a_signal_between_steps_ends_the_command_at_once(tmp_path: Path) -> None:
    project = Project(tmp_path, "a")
    project.fake(ends_after=1)
    slow = tmp_path / "bin" / "terraform"
    slow.write_text(f'#!/bin/sh\ntouch "{tmp_path}/applying"\nsleep 1\n')
    process = project.start("diff")
    wait_for(lambda: applying(project))
    send(process, signal.SIGTERM)
    process.wait(120)
    said = project.said()
    assert (process.returncode, said.splitlines()[-1]) == (130, "diff: interrupted")
