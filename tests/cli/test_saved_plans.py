"""`diff --plans` and `deploy --plans` as the workflows of `init` run them: each job in a fresh folder, with the real Terraform."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml
from typer.testing import CliRunner

from cli import state_bucket
from cli.app import app
from cli.diff import without_bucket
from cli.init.folder import ROUNDS, applying_workflows, files
from cli.last_apply import State
from cli.plan_table import Change, Plan
from cli.saved_plans import SavedPlans
from cli.stack_list import Stack
from cli.stack_run import StackRun
from tests.cli.deploy_stage import Project

WORKFLOWS: dict[str, Any] = {
    Path(name).stem: yaml.safe_load(text) for name, text in applying_workflows("us-west-2").items()
}


def script(job: str) -> str:
    """What a job of a round runs after its setup."""
    return str(WORKFLOWS["round"]["jobs"][job]["steps"][-1 if job == "apply" else -2]["run"])


def run(job: str, there: Path, environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """A job's script in a folder, with standard error in its output."""
    return subprocess.run(
        ["bash", "-e", "-c", script(job)],
        cwd=there,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


class Runs:
    """Runs of jobs; all have the state of one project, as the state of a platform is in a bucket."""

    def __init__(self, project: Project) -> None:
        self.project, self.count, self.environment = project, 0, dict(project.environment)
        program = project.folder / "bin" / "kubeflow-aws"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {sys.executable} {project.folder / "program.py"} "$@"\n')
        program.chmod(0o755)
        self.environment["PATH"] = f"{program.parent}:{os.environ['PATH']}"
        (project.folder / "state").mkdir()

    def checkout(self) -> Path:
        """A folder with the commit, for one job."""
        self.count += 1
        there = self.project.folder / f"job-{self.count}"
        shutil.copytree(self.project.folder / "generated", there / "generated")
        (there / "state").symlink_to(self.project.folder / "state")
        return there

    def plan(self) -> tuple[bool, Path]:
        """Whether a round has changes, and its folder."""
        there = self.checkout()
        written = {"GITHUB_OUTPUT": str(there / "output"), "GITHUB_STEP_SUMMARY": str(there / "page")}
        done = run("plan", there, {**self.environment, **written})
        assert done.returncode == 0, done.stdout
        return (there / "output").read_text() == "changed=true\n", there

    def apply(self, planned: Path) -> tuple[int, str]:
        """The apply of a round, in another folder that has its artifact only."""
        there = self.checkout()
        shutil.copytree(planned / "plans", there / "plans")
        done = run("apply", there, self.environment)
        if done.returncode == 0:
            assert [path.name for path in (there / "plans").iterdir()] == ["plans.json"], "applied plans are removed"
        return done.returncode, done.stdout


def names(planned: Path) -> Sequence[str]:
    """Stacks with a plan."""
    return sorted(path.parent.name for path in planned.glob("plans/*/saved.tfplan"))


@pytest.mark.terraform
def test_each_round_applies_the_plans_that_it_showed(tmp_path: Path) -> None:
    project = Project(tmp_path, "a")
    runs = Runs(project)
    changed, planned = runs.plan()
    assert (changed, names(planned)) == (True, ["a-network"]), "a stack waits for those before it"
    saved = planned / "plans" / "a-network" / "saved.tfplan"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (planned / "plans", saved)] == [0o700, 0o600]
    assert "# a-network\n" in (planned / "page").read_text()
    assert '"10.0.0.0/16"' in (planned / "page").read_text()
    code, said = runs.apply(planned)
    assert code == 0, said
    assert "planning" not in said
    assert project.state("a-network")["resources"]
    _, cluster = runs.plan()
    assert names(cluster) == ["a-cluster"]

    project.documents["a-network"]["resource"]["terraform_data"]["vpc"]["triggers_replace"] = "another VPC"
    project.documents["a-cluster"]["output"]["more"] = {"value": "x"}
    project.write()
    _, network = runs.plan()
    assert names(network) == ["a-network"], "the cluster's plan would be older than its inputs"
    code, said = runs.apply(network)
    assert code == 0, said
    code, said = runs.apply(cluster)
    assert code == 1
    assert "a-cluster: its configuration has changed since this plan; plan again and review it" in said
    assert "a-cluster: a-network (its outputs) has changed since this plan" in said
    assert project.state("a-cluster") == {}


@pytest.mark.parametrize(("code", "output"), [(0, "changed=false\n"), (3, "changed=true\n"), (1, None), (130, None)])
def test_a_round_has_changes_none_or_fails(tmp_path: Path, code: int, output: str | None) -> None:
    program = tmp_path / "kubeflow-aws"
    program.write_text(f"#!/bin/sh\necho $@ >>called\nmkdir plans\nexit {code}\n")
    program.chmod(0o755)
    written = {"GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "page")}
    done = run("plan", tmp_path, {"PATH": f"{tmp_path}:{os.environ['PATH']}", **written})
    assert done.returncode == (0 if output else code), done.stdout
    assert (tmp_path / "called").read_text() == "diff --plans plans --exit-code\n"
    assert ((tmp_path / "output").read_text() if output else None) == output


def test_no_line_of_a_plan_ends_the_block_of_code_on_the_page(tmp_path: Path) -> None:
    program = tmp_path / "kubeflow-aws"
    program.write_text("#!/bin/sh\nmkdir -p plans/a\ncp long plans/a/plan.txt\nexit 3\n")
    program.chmod(0o755)
    written = {"GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "page")}
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", **written}
    for text, end in (("```\n<!-- hidden\n", ""), ("x" * 999_999, "\n\nThe plans go on in the log of this step.\n")):
        (tmp_path / "page").unlink(missing_ok=True)
        (tmp_path / "long").write_text(text)
        done = run("plan", tmp_path, environment)
        assert done.returncode == 0, done.stdout
        page = (tmp_path / "page").read_text()
        shown = page.removesuffix(end)
        assert page == shown + end
        assert shown.startswith("    ")
        assert {line[:4] for line in shown.splitlines()} == {"    "}
        assert len(page) < 2**20


def test_a_plan_is_for_one_state_of_the_stack_itself(tmp_path: Path) -> None:
    (tmp_path / "cdk.tf.json").write_text("{}")
    stack, plan_file = Stack("a-network", tmp_path, ()), tmp_path / "plan"
    plan_file.touch(mode=0o600)
    (tmp_path / ".terraform.lock.hcl").write_text("hashes")
    saved = SavedPlans.new(tmp_path / "plans")
    change = Change("aws_vpc.this", ("replace", "move"), "data")
    shown = cast("StackRun", SimpleNamespace(shown=lambda *_: "aws_vpc.this will be replaced"))
    saved.save(shown, Plan(stack, (change,), empty=False), plan_file, {"a-network": State({"serial": 1})})

    read = SavedPlans.of(tmp_path / "plans")
    read.check([stack], {"a-network": State({"serial": 1})})
    with read.opened(stack) as (plan, file):
        assert (plan.changes, plan.empty, file.name) == ((change,), False, "saved.tfplan")
    with pytest.raises(ValueError, match="a-network: its state has changed since this plan"):
        read.check([stack], {"a-network": State({"serial": 2})})
    read.provide_lock_files([stack])
    (tmp_path / ".terraform.lock.hcl").unlink()
    read.provide_lock_files([stack])
    assert (tmp_path / ".terraform.lock.hcl").read_text() == "hashes", "the versions of the plan"
    read.remove(stack)
    assert "a-network" not in SavedPlans.of(tmp_path / "plans")
    assert not file.exists()


def test_the_first_pull_request_waits_for_the_state_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stacks = [Stack(f"a-{layer}", tmp_path / layer, ()) for layer in ("network", "cluster")]
    for stack, bucket in zip(stacks, ("new", "old"), strict=True):
        stack.folder.mkdir()
        document = {"terraform": {"backend": {"s3": {"bucket": bucket}}}}
        (stack.folder / "cdk.tf.json").write_text(json.dumps(document))
    monkeypatch.setattr(state_bucket, "missing", lambda names: frozenset({"new"} if names == {"a"} else ()))
    (row,) = without_bucket(stacks)
    assert (row.stack, row.result) == ("a-network", "waits for the state bucket new, which deploy creates")


def test_a_round_without_plans_ends_well(tmp_path: Path) -> None:
    """The one that creates the state bucket: each stack waited for it."""
    project = Project(tmp_path, "a")
    project.fake(ends_after=0)
    SavedPlans.new(tmp_path / "plans")
    code, said = project.run("deploy", "--plans", "plans", "--auto-approve")
    assert code == 0, said
    assert not (tmp_path / "calls").exists(), "Terraform has nothing to do"
    code, said = project.run("deploy", "a-network", "--plans", "plans", "--auto-approve")
    assert (code, "plans: has no plan of a-network; " in said) == (1, True)


def test_plans_of_two_runs_are_not_mixed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"has no plans.json; save plans first: kubeflow-aws diff --plans"):
        SavedPlans.of(tmp_path)
    SavedPlans.new(tmp_path)
    with pytest.raises(ValueError, match="has files; delete it, or choose another folder"):
        SavedPlans.new(tmp_path)


@pytest.mark.parametrize("command", ["diff", "deploy"])
def test_a_file_is_no_folder_for_plans(tmp_path: Path, command: str) -> None:
    (tmp_path / "plans").touch()
    done = CliRunner().invoke(app, [command, "--plans", str(tmp_path / "plans")])
    assert done.exit_code == 2
    assert "Invalid value for '--plans'" in done.output


def test_a_round_follows_only_a_round_with_changes() -> None:
    jobs = WORKFLOWS["platform"]["jobs"]
    rounds = [jobs[f"round-{number}"] for number in range(1, ROUNDS + 1)]
    assert {one["uses"] for one in rounds} == {"./.github/workflows/round.yml"}
    assert [one["with"]["number"] for one in rounds] == list(range(1, ROUNDS + 1))
    assert [one.get("needs") for one in rounds] == [None, *(f"round-{number}" for number in range(1, ROUNDS))]
    assert [one["if"] for one in rounds[1:]] == [
        f"needs.round-{number}.outputs.changed == 'true'" for number in range(1, ROUNDS)
    ]
    called = WORKFLOWS["round"]
    plan, apply = called["jobs"]["plan"], called["jobs"]["apply"]
    assert (plan.get("environment"), apply["environment"]) == (None, "apply")
    assert (apply["needs"], apply["if"]) == ("plan", "needs.plan.outputs.changed == 'true'")
    upload, download = plan["steps"][-1]["with"], apply["steps"][-2]["with"]
    assert (upload["name"], upload["path"]) == (download["name"], download["path"])
    assert called[True]["workflow_call"]["outputs"]["changed"]["value"] == "${{ jobs.plan.outputs.changed }}"
    assert plan["outputs"]["changed"] == "${{ steps.plan.outputs.changed }}"


def test_the_code_of_a_fork_is_not_run() -> None:
    assert WORKFLOWS["platform"]["jobs"]["plan"]["if"] == (
        "github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == github.repository"
    )
    assert WORKFLOWS["platform"]["jobs"]["round-1"]["if"] == "github.event_name != 'pull_request'"


def test_the_role_of_applies_is_for_approved_jobs_alone() -> None:
    """A pull request can change the workflow that runs for it: trust in the repository would be trust in each of its branches."""
    readme = files("quickstart", "", name="dev", region="us-west-2", bucket="dev-state")["README.md"]
    subjects = set(re.findall(r"`repo:OWNER/REPOSITORY:(.+?)`", readme))
    environment = WORKFLOWS["round"]["jobs"]["apply"]["environment"]
    assert subjects == {f"environment:{environment}", "pull_request", "ref:refs/heads/main"}
    assert f"the environment `{environment}` before the first push, with required reviewers and `main`" in readme
