"""Files of a repository for one platform, next to its main.py."""

import uuid
from collections.abc import Mapping
from pathlib import Path

from kubeflow_aws import __version__
from modules.text import page
from stacks.handover.actions import ACTIONS
from stacks.handover.pipelines import KEEP_DAYS, TERRAFORM_VERSION
from stacks.order import STACKS

TEMPLATES = Path(__file__).with_name("repository")
WORKFLOWS = ".github/workflows"
ROUNDS = len(STACKS)
"""Rounds of plans and applies after a merge, one for each stack of the longest order."""
_PLAN_AND_APPLY = (
    "`kubeflow-aws deploy` applies all stacks, `kubeflow-aws diff` plans them. The state is in the bucket `{bucket}`.",
    "plans each pull request. A push to `main` is applied in rounds by `round.yml`: the plans of all stacks that can be planned, "
    "their approval by the reviewers of the environment `apply`, and exactly these plans.\n\n"
    "- Create the environment `apply` before the first push, with required reviewers and `main` as its only branch: GitHub creates a "
    "missing one without both, and plans are then applied without approval.\n"
    "- Set the variables `PLAN_ROLE_ARN` and `APPLY_ROLE_ARN` in the repository's settings: IAM roles that trust GitHub's OIDC provider "
    "for the audience `sts.amazonaws.com`. A pull request can change the workflow, so the role of applies must trust only the "
    "subject `repo:OWNER/REPOSITORY:environment:apply`, and the role of plans, which reads and locks the state, only "
    "`repo:OWNER/REPOSITORY:pull_request` and `repo:OWNER/REPOSITORY:ref:refs/heads/main`.\n"
    "- `RUNNER` names a runner that reaches the API server; without it, jobs run on GitHub's own.",
)
_HCP = (
    "HCP Terraform plans and applies: one workspace for each folder in `generated/stacks`, connected to this repository.",
    "checks that `generated/` is what `main.py` says.",
)
_HAND_OVER = (
    "`kubeflow-aws export` packs the stacks into `handover/` for the pipeline that applies them.",
    "checks that `generated/` is what `main.py` says, and uploads the archive.",
)


def files(kind: str, main: str, *, name: str, region: str, bucket: str | None) -> Mapping[str, str]:
    """Path to content of every file of the repository.

    Args:
        kind: of the platform.
        main: text of main.py.
        name: of the platform.
        region: of the platform.
        bucket: of the Terraform state; None if HCP Terraform or another pipeline has the state.
    """
    apply, ci = {"hcp": _HCP, "hand-over": _HAND_OVER}.get(kind, _PLAN_AND_APPLY)
    if bucket:
        workflows = applying_workflows(region)
    else:
        check = page(TEMPLATES / "check.yml.j2", export=kind == "hand-over", actions=ACTIONS)
        workflows = {f"{WORKFLOWS}/platform.yml": check}
    return {
        "main.py": main,
        "protected_resources.json": "{}\n",
        "requirements.txt": page(TEMPLATES / "requirements.txt.j2", version=__version__),
        ".gitignore": page(TEMPLATES / "gitignore.j2"),
        "cdktf.json": page(TEMPLATES / "cdktf.json.j2", project_id=uuid.uuid4()),
        "README.md": page(
            TEMPLATES / "README.md.j2", name=name, region=region, apply=apply.format(bucket=bucket), ci=ci
        ),
        **workflows,
    }


def applying_workflows(region: str) -> Mapping[str, str]:
    """Workflows of a platform whose state is in a bucket: plans, their approval, and exactly these plans applied.

    Args:
        region: of the platform.
    """
    given = {"actions": ACTIONS, "region": region, "terraform_version": TERRAFORM_VERSION}
    setup = {role: page(TEMPLATES / "setup.yml.j2", role=role, **given).rstrip("\n") for role in ("PLAN", "APPLY")}
    return {
        f"{WORKFLOWS}/platform.yml": page(TEMPLATES / "apply.yml.j2", setup=setup, rounds=ROUNDS),
        f"{WORKFLOWS}/round.yml": page(TEMPLATES / "round.yml.j2", setup=setup, actions=ACTIONS, keep_days=KEEP_DAYS),
    }
