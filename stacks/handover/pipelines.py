"""CI pipelines: plans on a pull request, and after the merge each stack in order: a plan, its approval, exactly that plan applied.

Plain dictionaries, since GitHub expressions use the same braces as jinja2. What a step runs is in `ci.sh` of the archive.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from modules.text import page
from stacks.handover.actions import CHECKOUT, CREDENTIALS, DOWNLOAD, SETUP_TERRAFORM, UPLOAD, with_versions
from stacks.handover.backends import init_arguments
from stacks.handover.stack import Stack

TERRAFORM_VERSION = "1.15.5"
"""One version for the plan and for the job that applies it. Source: https://github.com/hashicorp/terraform/releases"""
AUDIENCE = "sts.amazonaws.com"


class _Dumper(yaml.SafeDumper):
    """YAML dumper with readable block scripts and without anchors, which GitHub workflows do not support."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


PLAN_FILE = "saved.tfplan"
PLAN_TEXT = "plan.txt"
PLAN_FILES = (PLAN_FILE, PLAN_TEXT, ".terraform.lock.hcl")
"""Files of a stack that the job which applies takes from the job which planned; Terraform compares the lock file with the plan."""
KEEP_DAYS = 7
"""Days for the approval; a plan contains the values of the configuration."""


def pipelines(platform: str, region: str, stacks: Sequence[Stack]) -> Mapping[str, str]:
    """File name in `pipelines/` to content."""
    where = f"Place the archive's folder {platform}/ at the root of the repository."
    made = {
        "github-plan.yml": (
            f"# Copy to .github/workflows/{platform}-plan.yml. {where}\n"
            f"# Variable AWS_PLAN_ROLE_ARN: a role that trusts GitHub's OIDC provider for the environment {platform}-plan.\n",
            github_plan(platform, region, stacks),
        ),
        "github-apply.yml": (
            f"# Copy to .github/workflows/{platform}-apply.yml. {where}\n"
            f"# Variables AWS_PLAN_ROLE_ARN and AWS_APPLY_ROLE_ARN: roles that trust GitHub's OIDC provider for the environments\n"
            f"# {platform}-plan and {platform}. Set required reviewers for the environment {platform}: they see each plan before it is applied.\n",
            github_apply(platform, region, stacks),
        ),
        "gitlab-ci.yml": (
            f"# Include it from .gitlab-ci.yml:  include: {{local: /{platform}/pipelines/gitlab-ci.yml}}\n"
            f"# {where} It starts gitlab-child.yml, whose stages are its own.\n",
            gitlab(platform),
        ),
        "gitlab-child.yml": (
            "# Started by gitlab-ci.yml. CI/CD variables AWS_PLAN_ROLE_ARN and AWS_APPLY_ROLE_ARN: roles that trust GitLab's OIDC provider.\n"
            "# Each apply waits for a click; protect the environment to choose its approvers.\n",
            gitlab_child(platform, region, stacks),
        ),
        "atlantis.yaml": (
            f"# Copy to the root of the repository, next to the archive's folder {platform}/. The server must allow custom workflows\n"
            "# (allowed_overrides: workflow; allow_custom_workflows: true) and have AWS credentials of its own role.\n"
            f"# A stack is planned once those before it are applied: comment  atlantis plan -p {stacks[-1].name}  after their apply.\n",
            atlantis(platform, stacks),
        ),
    }
    return {name: head + with_versions(dump(content)) for name, (head, content) in made.items()}


def ci_script(stacks: Sequence[Stack]) -> str:
    """`ci.sh`: the steps of all pipelines."""
    return page(Path(__file__).with_name("ci.sh.j2"), init={stack.name: init_arguments(stack) for stack in stacks})


def dump(content: Mapping[str, Any]) -> str:
    """YAML in the order given."""
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, width=120, allow_unicode=True)
    return text


def github_plan(platform: str, region: str, stacks: Sequence[Stack]) -> dict[str, Any]:
    """GitHub Actions on a pull request: all plans, shown on the run's page and kept nowhere.

    A pull request of a fork gets no token for AWS, so it is skipped.
    """
    return {
        "name": f"{platform} plan",
        "on": {"pull_request": {"paths": [f"{platform}/**"]}},
        "permissions": {"contents": "read", "id-token": "write"},
        "concurrency": {"group": f"{platform}-plan-${{{{ github.ref }}}}", "cancel-in-progress": True},
        "env": {"TF_IN_AUTOMATION": "true"},
        "jobs": {
            "plan": {
                "if": "github.event.pull_request.head.repo.full_name == github.repository",
                "strategy": {"fail-fast": False, "matrix": {"stack": [stack.name for stack in stacks]}},
                "name": "${{ matrix.stack }}",
                "runs-on": "ubuntu-latest",
                "environment": f"{platform}-plan",
                "defaults": {"run": {"working-directory": platform}},
                "steps": [*github_setup(region, "PLAN"), {"run": "sh ci.sh preview ${{ matrix.stack }}"}],
            }
        },
    }


def github_apply(platform: str, region: str, stacks: Sequence[Stack]) -> dict[str, Any]:
    """GitHub Actions after a merge: each stack is planned, approved in the environment, and applied as planned.

    A stack is planned after the stacks before it are applied, so its plan is never older than its inputs. A stack without
    changes has no apply, and requires no approval.

    Source: https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services
    """
    jobs: dict[str, Any] = {}
    base = {"runs-on": "ubuntu-latest", "defaults": {"run": {"working-directory": platform}}}
    for before, stack in zip([None, *stacks], stacks, strict=False):
        folder, plan = f"{platform}/stacks/{stack.name}", f"{stack.name}-plan"
        jobs[plan] = {
            **(
                {"needs": f"{before.name}-apply", "if": "${{ !cancelled() && !failure() }}"}
                if before is not None
                else {}
            ),
            **base,
            "environment": f"{platform}-plan",
            "outputs": {"changed": "${{ steps.plan.outputs.changed }}"},
            "steps": [
                *github_setup(region, "PLAN"),
                {"id": "plan", "run": f"sh ci.sh plan {stack.name}"},
                {
                    "uses": UPLOAD.uses,
                    "with": {
                        "name": plan,
                        "path": "\n".join(f"{folder}/{file}" for file in PLAN_FILES) + "\n",
                        "include-hidden-files": True,
                        "if-no-files-found": "error",
                        "retention-days": KEEP_DAYS,
                    },
                },
            ],
        }
        jobs[f"{stack.name}-apply"] = {
            "needs": plan,
            "if": f"${{{{ !cancelled() && !failure() && needs.{plan}.outputs.changed == 'true' }}}}",
            **base,
            "environment": platform,
            "steps": [
                *github_setup(region, "APPLY"),
                {"uses": DOWNLOAD.uses, "with": {"name": plan, "path": folder}},
                {"run": f"sh ci.sh apply {stack.name}"},
            ],
        }
    return {
        "name": f"{platform} apply",
        "on": {"push": {"branches": ["main"], "paths": [f"{platform}/**"]}},
        "permissions": {"contents": "read", "id-token": "write"},
        "concurrency": {"group": f"{platform}-apply", "cancel-in-progress": False},
        "env": {"TF_IN_AUTOMATION": "true"},
        "jobs": jobs,
    }


def github_setup(region: str, role: str) -> list[dict[str, Any]]:
    """First steps of each job: files, Terraform, and the role of plans or of applies."""
    return [
        {"uses": CHECKOUT.uses, "with": {"persist-credentials": False}},
        {
            "uses": SETUP_TERRAFORM.uses,
            "with": {"terraform_version": TERRAFORM_VERSION, "terraform_wrapper": False},
        },
        {
            "uses": CREDENTIALS.uses,
            "with": {"aws-region": region, "role-to-assume": f"${{{{ vars.AWS_{role}_ROLE_ARN }}}}"},
        },
    ]


def gitlab(platform: str) -> dict[str, Any]:
    """GitLab CI of the repository: one job that starts the child pipeline, for merge requests and for the default branch.

    Source: https://docs.gitlab.com/ci/pipelines/downstream_pipelines/#parent-child-pipelines
    """
    changes = {"changes": [f"{platform}/**/*"]}
    return {
        platform: {
            "trigger": {"include": [{"local": f"{platform}/pipelines/gitlab-child.yml"}], "strategy": "depend"},
            "rules": [
                {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"', **changes},
                {"if": '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE == "push"', **changes},
            ],
        }
    }


def gitlab_child(platform: str, region: str, stacks: Sequence[Stack]) -> dict[str, Any]:
    """The child pipeline: previews of a merge request, or for each stack its plan and, after a click, its apply.

    Source: https://docs.gitlab.com/ci/cloud_services/aws/, https://docs.gitlab.com/ci/jobs/job_control/#types-of-manual-jobs
    """
    base = {
        "image": {"name": f"hashicorp/terraform:{TERRAFORM_VERSION}", "entrypoint": [""]},
        "id_tokens": {"AWS_TOKEN": {"aud": AUDIENCE}},
        "variables": {
            "AWS_REGION": region,
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/tmp/aws-token",
            "TF_IN_AUTOMATION": "true",
        },
        "before_script": ['printf %s "$AWS_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"', f"cd {platform}"],
    }
    on_request, on_main = [{"if": "$CI_MERGE_REQUEST_IID"}], "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"
    made: dict[str, Any] = {"stages": ["preview", *(stack.name for stack in stacks)], f".{platform}": base}
    for stack in stacks:
        made[f"{stack.name}-preview"] = {
            "extends": f".{platform}",
            "stage": "preview",
            "rules": on_request,
            "interruptible": True,
            "variables": {"AWS_ROLE_ARN": "$AWS_PLAN_ROLE_ARN"},
            "script": [f"sh ci.sh preview {stack.name}"],
        }
        made[f"{stack.name}-plan"] = {
            "extends": f".{platform}",
            "stage": stack.name,
            "rules": [{"if": on_main}],
            "interruptible": False,
            "variables": {"AWS_ROLE_ARN": "$AWS_PLAN_ROLE_ARN"},
            "script": [f"sh ci.sh plan {stack.name}"],
            "artifacts": {
                "paths": [f"{platform}/stacks/{stack.name}/{file}" for file in PLAN_FILES],
                "expire_in": f"{KEEP_DAYS} days",
                "access": "developer",
            },
        }
        made[f"{stack.name}-apply"] = {
            "extends": f".{platform}",
            "stage": stack.name,
            "needs": [f"{stack.name}-plan"],
            "rules": [{"if": on_main, "when": "manual", "allow_failure": False}],
            "interruptible": False,
            "resource_group": platform,
            "environment": {"name": platform},
            "variables": {"AWS_ROLE_ARN": "$AWS_APPLY_ROLE_ARN"},
            "script": [f"sh ci.sh apply {stack.name}"],
        }
    return made


def atlantis(platform: str, stacks: Sequence[Stack]) -> dict[str, Any]:
    """Atlantis: projects in execution order.

    Source: https://www.runatlantis.io/docs/repo-level-atlantis-yaml
    """
    return {
        "version": 3,
        "parallel_plan": False,
        "parallel_apply": False,
        "abort_on_execution_order_fail": True,
        "projects": [
            {
                "name": stack.name,
                "dir": f"{platform}/stacks/{stack.name}",
                "terraform_version": f"v{TERRAFORM_VERSION}",
                "execution_order_group": index,
                **({"depends_on": [stacks[index - 1].name]} if index else {}),
                "workflow": stack.name,
                "autoplan": {"enabled": True, "when_modified": ["**/*"]},
                "apply_requirements": ["approved", "mergeable", "undiverged"],
            }
            for index, stack in enumerate(stacks)
        ],
        "workflows": {stack.name: atlantis_workflow(stack) for stack in stacks},
    }


def atlantis_workflow(stack: Stack) -> dict[str, Any]:
    """A plan once the stacks before it are applied, and its apply while its inputs are those of the plan.

    Source: https://www.runatlantis.io/docs/custom-workflows#custom-run-command
    """
    program = "TERRAFORM=$(command -v terraform$ATLANTIS_TERRAFORM_VERSION)"
    return {
        "plan": {"steps": [{"run": f"{program} sh ../../ci.sh atlantis {stack.name}"}]},
        "apply": {"steps": [{"run": f"{program} sh ../../ci.sh verify {stack.name}"}, "apply"]},
    }
