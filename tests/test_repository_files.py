"""Files that the hosting service and editors read: valid by their schemas, and about commands that exist."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.aws_data.terraform import TERRAFORM_VERSION
from stacks.handover.actions import ACTIONS

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / ".github"
DEVCONTAINER: dict[str, Any] = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
WORKFLOW: dict[str, Any] = yaml.safe_load((GITHUB / "workflows" / "ci.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("github-workflows", ["workflows/ci.yml"]),
        ("github-issue-forms", ["ISSUE_TEMPLATE/bug.yml", "ISSUE_TEMPLATE/feature.yml"]),
        ("github-issue-config", ["ISSUE_TEMPLATE/config.yml"]),
        ("dependabot", ["dependabot.yml"]),
    ],
)
def test_files_for_github_are_valid_by_their_schemas(schema: str, files: list[str]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*command, *(GITHUB / file for file in files)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_ci_runs_the_checks_and_all_tests_on_every_supported_python() -> None:
    job = WORKFLOW["jobs"]["test"]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert [step["run"] for step in job["steps"] if step.get("run", "").startswith("make ")] == [
        "make check",
        "make test",
    ]
    assert "Python 3.11 or later" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_ci_has_the_versions_of_node_and_terraform_that_the_project_needs() -> None:
    steps = {step.get("uses", "").partition("@")[0]: step.get("with", {}) for step in WORKFLOW["jobs"]["test"]["steps"]}
    assert steps["actions/setup-node"]["node-version"] == DEVCONTAINER["features"][feature("node")]["version"] == "22"
    oldest = re.fullmatch(r">= (\d+\.\d+)\.0", TERRAFORM_VERSION)
    assert oldest
    assert steps["hashicorp/setup-terraform"]["terraform_version"] == f"{oldest[1]}.x", "the oldest that must work"


def test_every_action_of_our_workflow_and_of_new_repositories_is_one_of_the_pinned_ones() -> None:
    """Versions run out with the Node that they run on: GitHub removed Node 20, and with it checkout v4, in September 2026."""
    pinned = {str(action) for action in ACTIONS.values()}
    ours = re.findall(r"uses: (.+)", (GITHUB / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    assert set(ours) <= pinned
    templates = ROOT / "cli" / "init" / "repository"
    for template in templates.glob("*.yml.j2"):
        used = re.findall(r"uses: (.+)", template.read_text(encoding="utf-8"))
        assert used
        own = {one for one in used if one.startswith("./.github/workflows/")}
        assert all((templates / f"{Path(one).name}.j2").is_file() for one in own)
        assert {one.removeprefix("{{ actions.").removesuffix(" }}") for one in {*used} - own} <= ACTIONS.keys(), (
            template
        )


def feature(name: str) -> str:
    (found,) = (one for one in DEVCONTAINER["features"] if re.search(rf"/features/{name}:\d+$", one))
    return str(found)


def test_the_devcontainer_has_every_tool_of_the_first_platform() -> None:
    """Its schema is not part of check-jsonschema; validated by hand with devContainer.base.schema.json of devcontainers/spec."""
    assert DEVCONTAINER["features"][feature("terraform")]["version"] in TERRAFORM_VERSION
    for name in ("python", "node", "terraform", "kubectl-helm-minikube", "aws-cli"):
        assert feature(name)
    target = DEVCONTAINER["postCreateCommand"].removeprefix("make ")
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
