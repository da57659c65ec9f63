"""Programs and disk space of the machine."""

from collections.abc import Callable
from pathlib import Path

import pytest

from modules.doctor import machine
from modules.kubeflow.cache import Cache
from modules.settings import Dex, Kubeflow, Platform, State
from tests.modules.settings.valid import platform

KUBEFLOW = Kubeflow(auth=Dex(users=("ada@example.company",)))
Install = Callable[[str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """A function that puts a program that prints a text on the otherwise empty PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def write(name: str, output: str) -> None:
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho '{output}'\n")
        program.chmod(0o755)

    return write


def said(check: str, *platforms: Platform) -> list[str]:
    found = getattr(machine, check)(platforms or (platform(),))
    return [f"{one.severity}: {one}" for one in found]


def test_terraform(install: Install, tmp_path: Path) -> None:
    assert said("terraform") == [
        "error: terraform not found on PATH; install 1.11 or later: https://developer.hashicorp.com/terraform/install"
    ]
    install("terraform", '{"terraform_version": "1.9.8"}')
    assert said("terraform") == [
        f"error: {tmp_path}/terraform is Terraform 1.9.8, but 1.11.0 or later is required (write-only arguments); update it"
    ]
    install("terraform", '{"terraform_version": "1.11.4"}')
    assert said("terraform") == ["ok: Terraform 1.11.4"]


def test_runs_in_hcp_terraform_need_none_here(install: Install) -> None:
    state = State.hcp(organization="acme")
    assert said("terraform", platform(runner="hcp_remote", state=state)) == []


@pytest.mark.parametrize(("older", "newer"), [("1.9.8", "1.11.0"), ("1.11.0-beta1", "1.11.1"), ("", "1.11.0")])
def test_versions_are_compared_as_numbers(older: str, newer: str) -> None:
    assert machine.numbers(older) < machine.numbers(newer)


def test_the_program_with_which_terraform_signs_in(install: Install) -> None:
    assert said("aws_program", platform(kubeflow=KUBEFLOW), platform(name="small")) == [
        "error: aws not found on PATH, but required for cluster authentication of prod; install the AWS CLI, or set "
        'Kubeflow(provider_auth="token")'
    ]
    assert said("aws_program", platform(kubeflow=KUBEFLOW.with_changes(provider_auth="token"))) == []
    install("aws", "aws-cli/2")
    assert said("aws_program", platform(kubeflow=KUBEFLOW)) == ["ok: the AWS CLI is installed"]


def test_node(install: Install) -> None:
    assert said("node") == ["error: Node 20 or later is required on PATH, found none; install it: https://nodejs.org"]
    install("node", "v18.20.1")
    assert said("node") == [
        "error: Node 20 or later is required on PATH, found 18.20.1; install it: https://nodejs.org"
    ]
    install("node", "v22.1.0")
    assert said("node") == ["ok: Node 22.1.0"]


def test_charts(install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said("charts") == [], "a platform without Kubeflow"
    with_kubeflow = platform(kubeflow=KUBEFLOW)
    monkeypatch.setattr(machine, "Cache", lambda: Cache(tmp_path / "cache"))
    (found,) = said("charts", with_kubeflow)
    assert found.endswith(
        "are not built, and git and kustomize or kubectl is not on PATH; install it, then: make vendor"
    )
    install("git", "")
    install("kubectl", "")
    (found,) = said("charts", with_kubeflow)
    assert found.endswith("charts are not built; make vendor synth")
    content = b"objects"
    digest = Cache(tmp_path / "cache").put(content)
    monkeypatch.setattr(machine, "chart_hashes", lambda: [digest])
    assert said("charts", with_kubeflow) == ["ok: Kubeflow's 1 charts are built"]


def test_disk_space(monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = said("space")
    assert found.startswith("ok: ")
    monkeypatch.setattr(machine, "FREE_BYTES", 2**62)  # more than any disk has
    (found,) = said("space")
    assert found.startswith(f"error: {Path.cwd()} has ")
    assert found.endswith("free some space")


def test_a_program_that_fails_has_an_unknown_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "terraform").symlink_to("/bin/false")
    (found,) = said("terraform")
    assert "is Terraform (unknown version), but 1.11.0 or later is required" in found
