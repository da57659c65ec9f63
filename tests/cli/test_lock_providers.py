"""Lock files of all stacks, by the real Terraform from a mirror of providers."""

import re
from pathlib import Path
from typing import Any

import pytest

from cli import lock_providers
from modules.settings import Platform, State
from tests.platforms import FULL_KUBEFLOW, platform
from tests.provider_mirror import REGISTRY, find_mirror
from tests.stacks.handover.packed import generated

STAND_INS = {"helm": "3.1.1", "kubernetes": "2.38.0"}
"""Providers that this machine does not have: a hash is of files, so any program will do."""


def lines(problem: ValueError) -> list[str]:
    return str(problem).splitlines()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with generated files, in which commands run."""
    generated(tmp_path, settings())
    monkeypatch.chdir(tmp_path)
    return tmp_path / "generated"


def settings() -> Platform:
    return platform("exported", kubeflow=FULL_KUBEFLOW, state=State.none())


def mirror_of_all(folder: Path) -> Path:
    """The AWS provider of this machine, and stand-ins for the other two."""
    aws = find_mirror()
    assert aws is not None
    hashicorp = folder / "mirror" / REGISTRY / "hashicorp"
    hashicorp.mkdir(parents=True)
    (found,) = (aws / REGISTRY / "hashicorp" / "aws").glob("*/linux_amd64")
    (hashicorp / "aws" / found.parent.name).mkdir(parents=True)
    (hashicorp / "aws" / found.parent.name / found.name).symlink_to(found)  # Terraform follows links of this level only
    for name, version in STAND_INS.items():
        program = hashicorp / name / version / "linux_amd64" / f"terraform-provider-{name}_v{version}_x5"
        program.parent.mkdir(parents=True)
        program.write_text(name)
    return folder / "mirror"


@pytest.mark.terraform
def test_each_stack_gets_the_hashes_of_its_providers_and_keeps_its_versions(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror = mirror_of_all(tmp_path)
    arguments: dict[str, Any] = {"platforms": ["linux_amd64"], "net_mirror": None, "fs_mirror": mirror}
    lock_providers.main(["exported-network", "exported-kubeflow-*"], **arguments)
    said = capsys.readouterr().out.splitlines()
    assert said == ["exported-network: aws", "exported-kubeflow-1, exported-kubeflow-2: aws, helm, kubernetes"]
    locks = {path.parent.name: path.read_text() for path in folder.glob("stacks/*/.terraform.lock.hcl")}
    assert set(locks) == {"exported-network", "exported-kubeflow-1", "exported-kubeflow-2"}
    assert re.findall(r'provider "(.+)"', locks["exported-network"]) == [f"{REGISTRY}/hashicorp/aws"]
    assert locks["exported-kubeflow-1"] == locks["exported-kubeflow-2"]
    for name, version in STAND_INS.items():
        block = locks["exported-kubeflow-1"].partition(f'provider "{REGISTRY}/hashicorp/{name}"')[2].partition("\n}")[0]
        assert f'version     = "{version}"' in block
        assert re.search(r'"h1:.{43}="', block)
    newer = mirror / REGISTRY / "hashicorp" / "helm" / "3.2.0" / "linux_amd64" / "terraform-provider-helm_v3.2.0_x5"
    newer.parent.mkdir(parents=True)
    newer.write_text("newer")
    lock_providers.main(["exported-kubeflow-1"], **arguments)
    assert "3.2.0" not in (folder / "stacks/exported-kubeflow-1/.terraform.lock.hcl").read_text()


@pytest.mark.terraform
def test_a_platform_that_a_mirror_lacks_is_an_error_that_names_the_providers(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="aws: no lock file was written; use a reachable registry") as failed:
        lock_providers.main(
            ["exported-network"], platforms=["darwin_arm64"], net_mirror=None, fs_mirror=tmp_path / "empty"
        )
    assert any("hashicorp/aws" in line for line in lines(failed.value))
    assert not list(folder.glob("stacks/*/.terraform.lock.hcl"))


def test_two_mirrors_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--net-mirror, --fs-mirror: two sources"):
        lock_providers.main([], platforms=[], net_mirror="https://mirror.example.com/", fs_mirror=tmp_path)
