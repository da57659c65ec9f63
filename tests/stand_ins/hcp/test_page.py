"""docs/hcp-terraform.md agrees with the generated JSON, and with the server that speaks HCP Terraform's API."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from examples.hcp_terraform.main import TEAM
from modules.rules import problems_of_all
from stacks.order import platform_layers
from tests.built_once import build

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "hcp-terraform.md").read_text(encoding="utf-8")
PROD = TEAM.with_changes(name="prod")


@pytest.mark.slow
def test_the_example_synthesizes(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "examples" / "hcp_terraform" / "main.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert "upload KiB" in run.stdout
    charts_missing = "are missing" in run.stdout  # without access to upstream
    assert charts_missing or "Next: terraform apply in each stack" in run.stdout
    assert sorted(path.parent.name for path in tmp_path.glob("generated/stacks/*/cdk.tf.json")) == sorted(
        f"team-{layer}" for layer in platform_layers(TEAM)
    )


def test_stacks_are_printed_in_their_order() -> None:
    assert problems_of_all([PROD]) == []
    first, second = re.findall(r"for stack in (.+); do", PAGE)
    assert first.split() == [f"prod-{layer}" for layer in platform_layers(PROD)]
    assert second.split() == first.split()[1:]


def test_readers_of_each_state_are_listed() -> None:
    rows = re.findall(r"^ *\| `(prod-\w+)` \| (`prod-.+`) \|$", PAGE, re.MULTILINE)
    reads_on_page = {(owner, reader) for owner, readers in rows for reader in re.findall(r"`(prod-\w+)`", readers)}
    reads = {
        (f"prod-{owner}", reader)
        for reader, document in build(PROD).documents.items()
        for owner in document.get("data", {}).get("terraform_remote_state", {})
    }
    assert reads_on_page == reads


def test_the_line_for_git_brings_the_charts_in_and_nothing_else(tmp_path: Path) -> None:
    (line,) = re.findall(r"```gitignore\n *(.+)\n", PAGE)
    (tmp_path / ".gitignore").write_text((ROOT / ".gitignore").read_text(encoding="utf-8") + f"{line}\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    stack = tmp_path / "generated/stacks/prod-addons"
    wanted = {"cdk.tf.json", "charts/dex/files/all.yaml", "charts/dex/Chart.yaml"}
    for file in (*wanted, "plan", ".terraform/providers/x", "terraform.tfstate"):
        (stack / file).parent.mkdir(parents=True, exist_ok=True)
        (stack / file).write_text("")
    command = ["git", "ls-files", "--others", "--exclude-standard", "generated"]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.split()
    assert set(found) == {f"generated/stacks/prod-addons/{file}" for file in wanted}
