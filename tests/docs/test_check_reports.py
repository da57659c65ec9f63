"""The jobs on docs/check.md are valid by the schemas of GitHub and GitLab, and have what their commands need."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from docs.check_reports import GITHUB, GITLAB
from stacks.handover.actions import ACTIONS
from tests.docs.pages import ROOT, text

PAGE = text(ROOT / "docs" / "check.md")


@pytest.mark.parametrize(("schema", "job"), [("github-workflows", GITHUB), ("gitlab-ci", GITLAB)])
def test_a_job_is_valid_by_its_schema_and_is_on_the_page(schema: str, job: str, tmp_path: Path) -> None:
    file = tmp_path / f"{schema}.yml"
    file.write_text(job, encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert f"```yaml\n{job}```" in PAGE


def test_both_jobs_have_the_whole_history_and_keep_file_and_comment_of_a_failed_check() -> None:
    steps = yaml.safe_load(GITHUB)["jobs"]["check"]["steps"]
    assert steps[0]["with"] == {"fetch-depth": 0, "persist-credentials": False}
    assert [step["if"] for step in steps[-2:]] == ["always()", "always()"]
    job: dict[str, Any] = yaml.safe_load(GITLAB)["check"]
    assert job["variables"]["GIT_DEPTH"] == "0"
    assert job["artifacts"]["when"] == "always"
    assert "comment.md" in job["after_script"][0], "after_script runs also after a failure"


def test_the_workflow_pins_the_actions_of_all_workflows() -> None:
    used = re.findall(r"uses: (\S+)", GITHUB)
    assert len(used) == 5
    assert {*used} <= {one.uses for one in ACTIONS.values()}


def test_no_expression_of_github_is_in_a_command() -> None:
    """A branch name in it would be code: https://docs.github.com/en/actions/reference/security/secure-use#good-practices-for-mitigating-script-injection-attacks."""
    assert not [line for line in GITHUB.splitlines() if "run:" in line and "${{" in line]
