"""Files of a repository for one platform, next to its main.py."""

import uuid
from collections.abc import Mapping
from pathlib import Path

from kubeflow_aws import __version__
from modules.text import page
from stacks.handover.actions import ACTIONS

TEMPLATES = Path(__file__).with_name("repository")
WORKFLOW = ".github/workflows/platform.yml"
_PLAN_AND_APPLY = (
    "`kubeflow-aws deploy` applies all stacks, `kubeflow-aws diff` plans them. The state is in the bucket `{bucket}`.",
    "plans each pull request and applies each push to `main`. Set the variables `PLAN_ROLE_ARN` and `APPLY_ROLE_ARN` in the "
    "repository's settings: IAM roles that trust GitHub's OIDC provider for this repository. `RUNNER` names a runner that "
    "reaches the API server; without it, jobs run on GitHub's own.",
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
    workflow = TEMPLATES / ("apply.yml.j2" if bucket else "check.yml.j2")
    return {
        "main.py": main,
        "protected_resources.json": "{}\n",
        "requirements.txt": page(TEMPLATES / "requirements.txt.j2", version=__version__),
        ".gitignore": page(TEMPLATES / "gitignore.j2"),
        "cdktf.json": page(TEMPLATES / "cdktf.json.j2", project_id=uuid.uuid4()),
        "README.md": page(
            TEMPLATES / "README.md.j2", name=name, region=region, apply=apply.format(bucket=bucket), ci=ci
        ),
        WORKFLOW: page(workflow, region=region, export=kind == "hand-over", actions=ACTIONS),
    }
