"""The stand-ins as executables in a filesystem mirror, started by the real Terraform."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stand_ins.providers.plugin import install
from tests.stand_ins.providers.trial import release, write_chart, write_stack
from tests.terraform import Terraform

VERSIONS = {"helm": "3.1.1", "kubernetes": "2.38.0"}
MACHINE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


@pytest.mark.terraform
def test_terraform_installs_starts_and_locks_them(tmp_path: Path) -> None:
    for name, version in VERSIONS.items():
        install(tmp_path / "mirror", name, version, f"{platform.system().lower()}_{MACHINE}")
    cli = tmp_path / "mirror.tfrc"
    cli.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{tmp_path / "mirror"}"\n  }}\n}}\n')
    folder = tmp_path / "stack"
    folder.mkdir()
    write_chart(folder, "a")
    resources = {
        # Each process has a cluster of its own, hence create_namespace.
        "helm_release": {"a": release("a", namespace="x", create_namespace=True)},
        "kubernetes_config_map_v1": {"c": {"metadata": {"name": "c"}}},
    }
    write_stack(folder, resources)
    stack = Terraform(folder, "", {"TF_CLI_CONFIG_FILE": str(cli)})

    stack.init()
    locked = (folder / ".terraform.lock.hcl").read_text()
    assert all(f'hashicorp/{name}" {{\n  version     = "{version}"' in locked for name, version in VERSIONS.items())
    stack.apply()
    assert sorted(stack.state()) == ["helm_release.a", "kubernetes_config_map_v1.c"]


def test_a_start_by_hand_prints_what_it_is(tmp_path: Path) -> None:
    install(tmp_path, "helm", "3.1.1", "linux_amd64")
    (program,) = tmp_path.rglob("terraform-provider-helm_v3.1.1")

    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "terraform starts it, nobody else" in done.stderr
