"""CI pipeline templates: plan on pull request, apply on merge, stacks in order.

Plain dictionaries, since GitHub expressions use the same braces as jinja2.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from stacks.handover.backends import init_arguments
from stacks.handover.stack import Stack

TERRAFORM_VERSION = "~> 1.11"
AUDIENCE = "sts.amazonaws.com"


class _Dumper(yaml.SafeDumper):
    """YAML dumper with readable block scripts and without anchors, which GitHub workflows do not support."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def pipelines(platform: str, region: str, stacks: Sequence[Stack]) -> Mapping[str, str]:
    """File name in `pipelines/` to content."""
    made = {
        "github-actions.yml": (
            f"# Copy to .github/workflows/{platform}.yml. Place the archive's folder {platform}/ at the root of the repository.\n"
            "# Variables of the repository: AWS_PLAN_ROLE_ARN and AWS_APPLY_ROLE_ARN, roles that trust GitHub's OIDC provider.\n",
            github(platform, region, stacks),
        ),
        "gitlab-ci.yml": (
            f"# Include it from .gitlab-ci.yml. Place the archive's folder {platform}/ at the root of the repository.\n"
            "# CI/CD variables: AWS_PLAN_ROLE_ARN and AWS_APPLY_ROLE_ARN, roles that trust GitLab's OIDC provider.\n",
            gitlab(platform, region, stacks),
        ),
        "atlantis.yaml": (
            f"# Copy to the root of the repository, next to the archive's folder {platform}/. The server must allow custom workflows\n"
            "# (allowed_overrides: workflow; allow_custom_workflows: true) and have AWS credentials of its own role.\n",
            atlantis(platform, stacks),
        ),
    }
    return {name: head + dump(content) for name, (head, content) in made.items()}


def dump(content: Mapping[str, Any]) -> str:
    """YAML in the order given."""
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, width=120, allow_unicode=True)
    return text


def commands(stack: Stack, action: str) -> str:
    """Shell lines that plan or apply one stack; a plan is skipped while its dependencies are not applied."""
    where, init = f"terraform -chdir=stacks/{stack.name}", f"init -input=false {init_arguments(stack)}".rstrip()
    lines = []
    if stack.inputs and action == "plan":
        lines += [
            f"sh inputs.sh {stack.name} || {{",
            "  code=$?",
            '  [ "$code" -eq 3 ] && exit 0  # its dependencies are not applied yet',
            '  exit "$code"',
            "}",
        ]
    elif stack.inputs:
        lines.append(f"sh inputs.sh {stack.name}")
    lines += [f"{where} {init}", f"{where} plan -input=false -out=plan"]
    if action == "apply":
        lines.append(f"{where} apply -input=false plan")
    return "\n".join(lines) + "\n"


def github(platform: str, region: str, stacks: Sequence[Stack]) -> dict[str, Any]:
    """GitHub Actions.

    Source: https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services
    """
    jobs: dict[str, Any] = {}
    for before, stack in zip([None, *stacks], stacks, strict=False):
        jobs[stack.name] = {
            **({"needs": before.name} if before is not None else {}),
            "runs-on": "ubuntu-latest",
            "environment": "${{ github.event_name == 'push' && '" + platform + "' || '" + platform + "-plan' }}",
            "defaults": {"run": {"working-directory": platform}},
            "steps": [
                {"uses": "actions/checkout@v6", "with": {"persist-credentials": False}},
                {
                    "uses": "hashicorp/setup-terraform@v4",
                    "with": {"terraform_version": TERRAFORM_VERSION, "terraform_wrapper": False},
                },
                {
                    "uses": "aws-actions/configure-aws-credentials@v6",
                    "with": {
                        "aws-region": region,
                        "role-to-assume": "${{ github.event_name == 'push' && vars.AWS_APPLY_ROLE_ARN || vars.AWS_PLAN_ROLE_ARN }}",
                    },
                },
                {"name": "plan", "if": "github.event_name == 'pull_request'", "run": commands(stack, "plan")},
                {"name": "apply", "if": "github.event_name == 'push'", "run": commands(stack, "apply")},
            ],
        }
    paths = [f"{platform}/**"]
    return {
        "name": platform,
        "on": {"pull_request": {"paths": paths}, "push": {"branches": ["main"], "paths": paths}},
        "permissions": {"contents": "read", "id-token": "write"},
        "concurrency": {"group": platform, "cancel-in-progress": False},
        "env": {"TF_IN_AUTOMATION": "true"},
        "jobs": jobs,
    }


def gitlab(platform: str, region: str, stacks: Sequence[Stack]) -> dict[str, Any]:
    """GitLab CI.

    Source: https://docs.gitlab.com/ci/cloud_services/aws/
    """
    token = 'printf %s "$AWS_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"'
    base = {
        "image": {"name": "hashicorp/terraform:1.11", "entrypoint": [""]},
        "id_tokens": {"AWS_TOKEN": {"aud": AUDIENCE}},
        "variables": {
            "AWS_REGION": region,
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/tmp/aws-token",
            "TF_IN_AUTOMATION": "true",
        },
        "resource_group": platform,
        "before_script": [token, f"cd {platform}"],
    }
    changes = {"changes": [f"{platform}/**/*"]}
    made: dict[str, Any] = {"stages": [stack.name for stack in stacks], f".{platform}": base}
    for action, condition in (
        ("plan", '$CI_PIPELINE_SOURCE == "merge_request_event"'),
        ("apply", "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"),
    ):
        for stack in stacks:
            made[f"{stack.name}-{action}"] = {
                "extends": f".{platform}",
                "stage": stack.name,
                "rules": [{"if": condition, **changes}],
                "variables": {"AWS_ROLE_ARN": f"$AWS_{action.upper()}_ROLE_ARN"},
                "script": [commands(stack, action)],
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
                "terraform_version": "v1.11.4",
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
    """Inputs are fetched at plan; apply uses the saved plan."""
    init: dict[str, Any] = {"init": {"extra_args": init_arguments(stack).split()}} if stack.backend else {}
    inputs = [{"run": f"TERRAFORM=$(command -v terraform$ATLANTIS_TERRAFORM_VERSION) sh ../../inputs.sh {stack.name}"}]
    return {
        "plan": {"steps": [*(inputs if stack.inputs else []), init or "init", "plan"]},
        "apply": {"steps": ["apply"]},
    }
