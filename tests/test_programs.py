"""Synthesis needs the programs that README names, and no others."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
NAMED = ("python3", "node", "make")
"""As README lists them for `make synth`; `test_the_page_names_them` reads the line."""

# Each of these makes stock CDKTF run `terraform version`.
CHECKED = """
import json, modules, cdktf
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.vpc import Vpc
stack = cdktf.TerraformStack(cdktf.Testing.app(), "test")
AwsProvider(stack, "aws", region="us-west-2")
cdktf.DataResource(stack, "data", input={"a": "x"})
cdktf.CloudBackend(stack, organization="o", workspaces=cdktf.NamedCloudWorkspace("w"))
Vpc(stack, "imported", cidr_block="10.0.0.0/16").import_from("vpc-1")
Vpc(stack, "moved", cidr_block="10.0.0.0/16").move_from_id("aws_vpc.before")
print(sorted(json.loads(cdktf.Testing.synth(stack, True))))
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Return a PATH with the programs that README names and no others."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in NAMED:
        found = sys.executable if name == "python3" else shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return str(folder)


def python(*arguments: str, path: str, output: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PATH": path, "CDKTF_OUTDIR": str(output), "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run([sys.executable, *arguments], cwd=REPOSITORY, env=environment, capture_output=True, text=True)


def test_the_page_names_them() -> None:
    """Before the semicolon; what follows it is needed for the charts only, which `make vendor` renders."""
    page = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    (needed,) = (line.split("|")[2] for line in page.splitlines() if line.startswith("| `make synth` |"))
    assert [name.split()[0].lower() for name in needed.split(";")[0].split(",")] == ["python", "node", "make"]


@pytest.mark.slow
def test_main_needs_no_other_program(path: str, tmp_path: Path) -> None:
    assert shutil.which("terraform", path=path) is None
    ended = python("main.py", path=path, output=tmp_path / "generated")
    assert ended.returncode == 0, ended.stderr
    assert "Next: " in ended.stdout or "are missing" in ended.stdout  # charts of upstream, without git or access
    assert (tmp_path / "generated" / "manifest.json").is_file()


def test_nothing_of_cdktf_reads_the_version_of_terraform(path: str, tmp_path: Path) -> None:
    ended = python("-c", CHECKED, path=path, output=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "['import', 'moved', 'provider', 'resource', 'terraform']\n"
