"""The CI files of the archive: valid by their schemas, and each script run in fresh folders with a Terraform that notes what it does."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.handover.actions import ACTIONS
from stacks.handover.pipelines import TERRAFORM_VERSION
from tests.stacks.handover.packed import given, unpacked

FAKE = """#!/bin/sh
# Notes each command; a plan holds the inputs that it was made with, and a state is written by an apply.
folder=${1#-chdir=}; shift
stack=$(basename "$folder")
cd "$folder"
echo "$stack $*" >>"$FAKE/log"
case $1 in
init) echo hashes >.terraform.lock.hcl ;;
output) [ -f "$FAKE/$stack.state" ] || { echo 'Error: Output not found' >&2; exit 1; }; cat "$FAKE/$stack.state" ;;
show) for file; do :; done; cat "$file" ;;
plan)
  [ ! -f "$FAKE/broken-$stack" ] || { echo 'Error: broken'; exit 1; }
  made="plan of $stack $(find . -maxdepth 1 -name '*.auto.tfvars.json' -exec cat {} +)"
  echo "$made"
  code=0
  for argument; do
    case $argument in
    -out=*) echo "$made" >"${argument#-out=}" ;;
    -detailed-exitcode) [ -f "$FAKE/unchanged-$stack" ] || code=2 ;;
    esac
  done
  exit $code ;;
apply)
  for file; do :; done
  [ -f .terraform.lock.hcl ] && echo "applied $(cat "$file")" >>"$FAKE/log"
  echo "{\\"of\\": \\"$stack $(cat "$FAKE/version" 2>/dev/null)\\"}" >"$FAKE/$stack.state" ;;
esac
"""
ORDER = ["exported-network", "exported-cluster"]


@dataclass
class Repository:
    """The archive's folder in a repository; each job gets a fresh copy of it."""

    folder: Path
    fake: Path
    environment: dict[str, str]
    jobs: int = 0
    kept: dict[str, dict[str, bytes]] = field(default_factory=dict)

    @property
    def log(self) -> list[str]:
        """What Terraform did."""
        file = self.fake / "log"
        return file.read_text().splitlines() if file.exists() else []

    @property
    def applied(self) -> list[str]:
        """Plans that were applied."""
        return [line.strip() for line in self.log if line.startswith("applied ")]

    def checkout(self) -> Path:
        """A fresh copy, as each job has."""
        self.jobs += 1
        there = self.fake / f"job-{self.jobs}"
        shutil.copytree(self.folder, there / "exported")
        return there

    def run(self, line: str, there: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """A line of a step in a checkout."""
        return subprocess.run(
            ["sh", "-euc", line],
            cwd=there,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def step(self, step: str, stack: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """One step of `ci.sh` in a fresh copy."""
        return self.run(f"sh ci.sh {step} {stack}", self.checkout() / "exported", **environment)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("pipelines"), given())


@pytest.fixture
def repository(archive: Path, tmp_path: Path) -> Repository:
    program = tmp_path / "bin" / "terraform"
    program.parent.mkdir()
    program.write_text(FAKE)
    program.chmod(0o755)
    environment = {"PATH": f"{program.parent}:/usr/bin:/bin", "FAKE": str(tmp_path)}
    return Repository(archive, tmp_path, environment)


def read(archive: Path, name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((archive / "pipelines" / name).read_text())
    return content


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("github-plan.yml", "github-workflows"),
        ("github-apply.yml", "github-workflows"),
        ("gitlab-ci.yml", "gitlab-ci"),
        ("gitlab-child.yml", "gitlab-ci"),
    ],
)
def test_pipelines_are_valid_by_their_own_schemas(archive: Path, name: str, schema: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*command, archive / "pipelines" / name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_pipeline_holds_a_key(archive: Path) -> None:
    for path in (archive / "pipelines").iterdir():
        assert not re.search(r"ACCESS_KEY|SECRET", path.read_text()), path.name


def test_every_action_is_a_commit_with_its_version(archive: Path) -> None:
    for name in ("github-plan.yml", "github-apply.yml"):
        used = re.findall(r"uses: (\S+)(.*)", (archive / "pipelines" / name).read_text())
        assert used
        assert set(used) <= {(action.uses, f" # {action.version}") for action in ACTIONS.values()}
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action.uses) for action in ACTIONS.values())


def test_plans_and_applies_have_their_own_groups_and_no_apply_is_cancelled(archive: Path) -> None:
    plan, apply = (read(archive, f"github-{name}.yml")["concurrency"] for name in ("plan", "apply"))
    assert (plan["cancel-in-progress"], apply["cancel-in-progress"]) == (True, False)
    assert plan["group"] != apply["group"]
    child = read(archive, "gitlab-child.yml")
    for stack in ORDER:
        assert child[f"{stack}-apply"]["resource_group"] == "exported"
        assert "resource_group" not in {**child[f"{stack}-plan"], **child[f"{stack}-preview"]}
        assert [child[f"{stack}-{job}"]["interruptible"] for job in ("preview", "plan", "apply")] == [
            True,
            False,
            False,
        ]


def test_each_stack_waits_for_the_one_before(archive: Path) -> None:
    jobs = read(archive, "github-apply.yml")["jobs"]
    assert [jobs[f"{name}-plan"].get("needs") for name in ORDER] == [None, "exported-network-apply"]
    assert [jobs[f"{name}-apply"]["needs"] for name in ORDER] == [f"{name}-plan" for name in ORDER]
    assert read(archive, "github-plan.yml")["jobs"]["plan"]["strategy"]["matrix"]["stack"] == ORDER
    child = read(archive, "gitlab-child.yml")
    assert child["stages"] == ["preview", *ORDER]
    assert all(child[f"{name}-{job}"]["stage"] == name for name in ORDER for job in ("plan", "apply"))
    projects = read(archive, "atlantis.yaml")["projects"]
    assert [one["name"] for one in projects] == ORDER
    assert [one.get("depends_on") for one in projects] == [None, ["exported-network"]]
    assert [one["execution_order_group"] for one in projects] == [0, 1]


def test_gitlab_starts_a_child_whose_stages_are_its_own_and_applies_by_hand(archive: Path) -> None:
    parent = read(archive, "gitlab-ci.yml")
    assert set(parent) == {"exported"}
    assert parent["exported"]["trigger"]["include"] == [{"local": "exported/pipelines/gitlab-child.yml"}]
    assert parent["exported"]["trigger"]["strategy"] == "depend"
    child = read(archive, "gitlab-child.yml")
    for stack in ORDER:
        (rule,) = child[f"{stack}-apply"]["rules"]
        assert (rule["when"], rule["allow_failure"]) == ("manual", False), "what follows waits"
    assert child[".exported"]["image"]["name"] == f"hashicorp/terraform:{TERRAFORM_VERSION}"


def test_the_first_pull_request_shows_the_first_stack_and_is_green(archive: Path, repository: Repository) -> None:
    script = read(archive, "github-plan.yml")["jobs"]["plan"]["steps"][-1]["run"]
    assert script == "sh ci.sh preview ${{ matrix.stack }}"
    summary = repository.fake / "summary"
    first, second = (repository.step("preview", stack, GITHUB_STEP_SUMMARY=str(summary)) for stack in ORDER)
    assert (first.returncode, second.returncode) == (0, 0), second.stderr
    assert "plan of exported-network" in first.stdout
    page = summary.read_text()
    shown = page.removeprefix("## exported-network\n\n").removesuffix("\n\nThe log of this step has the whole text.\n")
    assert "    plan of exported-network" in shown
    assert {line[:4] for line in shown.splitlines()} == {"    "}, "no line of a plan ends the block of code"
    assert "exported-cluster: no plan yet" in second.stdout
    assert not any(line.startswith("exported-cluster plan") for line in repository.log)
    assert all("-lock=false" in line for line in repository.log if " plan " in line)


def test_a_plan_that_fails_is_red(repository: Repository) -> None:
    (repository.fake / "broken-exported-network").touch()
    for step in ("preview", "plan", "atlantis"):
        done = repository.step(step, "exported-network", PLANFILE=str(repository.fake / "planfile"))
        assert done.returncode == 1, step
        assert "Error: broken" in done.stdout, step
    assert repository.step("plan", "exported-nothing").returncode == 1
    assert repository.step("paln", "exported-network").returncode == 1


def github_jobs(archive: Path) -> Iterator[tuple[str, str, list[str], list[str]]]:
    """Name of a job, its script, artifacts that it takes, and those that it keeps."""
    for name, job in read(archive, "github-apply.yml")["jobs"].items():
        steps = job["steps"]
        kept = [
            path
            for one in steps
            for path in one.get("with", {}).get("path", "").split()
            if "upload" in one.get("uses", "")
        ]
        taken = [one["with"]["name"] for one in steps if "download" in one.get("uses", "")]
        (script,) = (one["run"] for one in steps if "run" in one)
        assert job["defaults"]["run"]["working-directory"] == "exported"
        yield name, f"cd exported; {script}", taken, kept


def gitlab_jobs(archive: Path) -> Iterator[tuple[str, str, list[str], list[str]]]:
    """The same of the jobs after a merge; the first line of `before_script` writes the token."""
    child = read(archive, "gitlab-child.yml")
    (_, enter) = child[".exported"]["before_script"]
    for name, job in child.items():
        if name.endswith(("-plan", "-apply")):
            script = "; ".join([enter, *job["script"]])
            yield name, script, job.get("needs", []), job.get("artifacts", {}).get("paths", [])


def merged(repository: Repository, jobs: Iterator[tuple[str, str, list[str], list[str]]], skips: bool) -> None:
    """Run all jobs of a merge in order, each in a fresh copy with the artifacts that it takes.

    Args:
        repository: the repository.
        jobs: of a file.
        skips: whether an apply is skipped if its plan has no changes.
    """
    changed: Mapping[str, str] = {}
    for name, script, taken, kept in jobs:
        if skips and name.endswith("-apply") and changed["changed"] == "false":
            continue
        there = repository.checkout()
        for artifact in taken:
            for path, content in repository.kept[artifact].items():
                (there / path).write_bytes(content)
        said = there / "output"
        said.touch()
        done = repository.run(script, there, GITHUB_OUTPUT=str(said))
        assert done.returncode == 0, f"{name}\n{done.stdout}\n{done.stderr}"
        changed = dict(line.split("=") for line in said.read_text().splitlines())
        repository.kept[name] = {path: (there / path).read_bytes() for path in kept}


@pytest.mark.parametrize("file", [github_jobs, gitlab_jobs])
def test_each_stack_is_applied_by_the_plan_that_was_shown(file: Any, archive: Path, repository: Repository) -> None:
    """First merge and a later one: a plan of the second stack has the outputs of the first stack's new apply."""
    for version in ("1", "2"):
        (repository.fake / "version").write_text(version)
        merged(repository, file(archive), skips=file is github_jobs)
        shown = [
            repository.kept[f"{stack}-plan"][f"exported/stacks/{stack}/plan.txt"].decode().strip() for stack in ORDER
        ]
        assert repository.applied[-2:] == [f"applied {text}" for text in shown]
        assert json.loads(shown[1].removeprefix("plan of exported-cluster ")) == {"of": f"exported-network {version}"}


def test_a_stack_without_changes_requires_no_approval_on_github(archive: Path, repository: Repository) -> None:
    jobs = read(archive, "github-apply.yml")["jobs"]
    assert jobs["exported-network-apply"]["if"] == (
        "${{ !cancelled() && !failure() && needs.exported-network-plan.outputs.changed == 'true' }}"
    )
    merged(repository, github_jobs(archive), skips=True)
    (repository.fake / "unchanged-exported-network").touch()
    merged(repository, github_jobs(archive), skips=True)
    assert [line.split()[3] for line in repository.applied] == [
        "exported-network",
        "exported-cluster",
        "exported-cluster",
    ]


def test_atlantis_plans_a_stack_once_it_can_and_applies_no_plan_of_old_inputs(
    archive: Path, repository: Repository
) -> None:
    workflow = read(archive, "atlantis.yaml")["workflows"]["exported-cluster"]
    plan, verify = workflow["plan"]["steps"][0]["run"], workflow["apply"]["steps"][0]["run"]
    assert workflow["apply"]["steps"][1] == "apply", "Atlantis applies its plan file"
    there = repository.checkout() / "exported/stacks/exported-cluster"
    planned = repository.fake / "planfile"
    (repository.fake / "bin/terraform1.15.5").symlink_to(repository.fake / "bin/terraform")
    environment = {"PLANFILE": str(planned), "ATLANTIS_TERRAFORM_VERSION": "1.15.5"}
    early = repository.run(plan, there, **environment)
    assert (early.returncode, planned.exists()) == (0, False), "the first pull request is green"
    assert "no plan yet" in early.stdout
    (repository.fake / "exported-network.state").write_text('{"of": "1"}')
    assert repository.run(plan, there, **environment).returncode == 0
    assert '{"of": "1"}' in planned.read_text()
    assert repository.run(verify, there, **environment).returncode == 0
    (repository.fake / "exported-network.state").write_text('{"of": "2"}')
    outdated = repository.run(verify, there, **environment)
    assert outdated.returncode == 1
    assert "atlantis plan -p exported-cluster" in outdated.stderr
