"""Rules about the runner of Terraform, so that its limits are errors at synth and not during a run."""

import json
from collections.abc import Iterable, Iterator, Sequence

from modules.kubeflow.chosen import platform_parts
from modules.kubeflow.install_order import StackPart, first_install_minutes
from modules.kubeflow.variants import lock
from modules.rules.blocks import cover_internet
from modules.rules.iam_quotas import policy_problems
from modules.rules.report import problems
from modules.rules.rule import Problem, rule, warning
from modules.settings.cluster import Cluster
from modules.settings.component import Component, HelmChart
from modules.settings.platform import Platform
from modules.settings.runner import IN_HCP, HcpRoles
from modules.settings.state import HcpState, LocalState, S3State

TOKEN_MINUTES = 12
"""A cluster token is valid for 15 minutes and is not renewed; three are reserved for reading state and creating AWS resources first.

Source: https://github.com/hashicorp/terraform-provider-aws/issues/46633
"""
TRUST_LIMIT = 2048
"""Characters of a role's trust, without spaces.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""


@rule(Platform)
def state_of_the_runner(platform: Platform) -> Iterator[Problem]:
    """State outlives the run and is readable by the other stacks."""
    state = platform.state
    if platform.runner == "ci" and isinstance(state, LocalState):
        yield (
            "runner",
            "a CI job loses local state when it ends",
            "use State.s3(…), State.hcp(…), or State.none() for a pipeline with its own backend",
        )
    if platform.runner in IN_HCP and isinstance(state, LocalState | S3State):
        kind = "local" if isinstance(state, LocalState) else "s3"
        yield (
            "runner",
            f"runs in HCP Terraform ({platform.runner}) require their state there, not in State.{kind}(…)",
            'set state=State.hcp(organization=…), or runner="local" or "ci"',
        )


@rule(Platform)
def roles_of_the_runner(platform: Platform) -> Iterator[Problem]:
    """Roles are for runs in HCP Terraform and trust exact workspace names."""
    state = platform.state
    if not isinstance(state, HcpState) or state.roles is None:
        return
    if platform.runner not in IN_HCP:
        yield (
            "state.roles",
            f'roles are used by runs in HCP Terraform only, not by runner="{platform.runner}"',
            'remove them, or set runner="hcp_remote" or "hcp_agent"',
        )
    if platform.assume_role_arn is not None:
        yield (
            "assume_role_arn",
            "Terraform would assume this role in plans and applies alike, which overrides state.roles",
            "remove it or state.roles",
        )
    if state.project is None:
        yield (
            "state.project",
            "the trust policy of the roles requires the project",
            'set it (HCP Terraform\'s first one is "Default Project")',
        )


@rule(HcpRoles)
def policies_of_roles(roles: HcpRoles) -> Iterator[Problem]:
    """Each once, within the quota of IAM."""
    for field, arns in (("apply_policy_arns", roles.apply_policy_arns), ("plan_policy_arns", roles.plan_policy_arns)):
        yield from policy_problems(field, arns, "combine some in a policy of your own")


def trust_characters(hostname: str, subjects: Sequence[str]) -> int:
    """Characters of the trust policy of a role of HCP Terraform as IAM counts them, with the longest partition.

    Args:
        hostname: of HCP Terraform.
        subjects: of the tokens that can assume the role.
    """
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {"Federated": f"arn:aws-us-gov:iam::{'1' * 12}:oidc-provider/{hostname}"},
                "Condition": {
                    "StringEquals": {f"{hostname}:aud": "aws.workload.identity", f"{hostname}:sub": list(subjects)}
                },
            }
        ],
    }
    return len(json.dumps(trust, separators=(",", ":")))


def subjects(platform: Platform, layers: Sequence[str], phase: str) -> list[str]:
    """Token subjects of runs of each stack, without the runner's own, which is applied by hand.

    Args:
        platform: with `State.hcp` and a project.
        layers: last parts of the names of all its stacks.
        phase: `plan` or `apply`.
    """
    state = platform.state
    assert isinstance(state, HcpState)
    return [
        f"organization:{state.organization}:project:{state.project}:workspace:{state.workspace(platform.name, layer)}:run_phase:{phase}"
        for layer in layers
        if layer != "runner"
    ]


@rule(Platform)
def what_the_runner_has(platform: Platform) -> Iterator[Problem]:
    """Programs, files and networks that a runner in HCP Terraform has.

    Source: https://developer.hashicorp.com/terraform/cloud-docs/run/install-software
    """
    kubeflow, cluster = platform.kubeflow, platform.cluster
    if platform.runner not in IN_HCP or kubeflow is None:
        return
    for index, component in enumerate(kubeflow.extra_components):
        if isinstance(component.source, HelmChart) and "://" not in component.source.repository:
            yield (
                f"kubeflow.extra_components[{index}].source",
                f"{component.source.repository!r} is a local folder, which a run in HCP Terraform does not have",
                "use https://… or oci://…",
            )
    if platform.runner == "hcp_agent":
        return
    if platform.provider_auth() == "exec":
        yield (
            "kubeflow.provider_auth",
            "exec runs the aws program, which HCP Terraform's runners do not have",
            'set provider_auth="token", or runner="hcp_agent" with the program in the agent\'s image',
        )
    if isinstance(cluster, Cluster) and not cluster.public_access_cidrs:
        yield (
            "cluster.public_access_cidrs",
            "the API server is private, and HCP Terraform's runners are outside of the VPC",
            'set runner="hcp_agent" with an agent inside, or open the endpoint',
        )


@rule(Platform)
def a_first_apply_fits_into_its_token(platform: Platform) -> Iterator[Problem]:
    """The first apply must end before its token expires."""
    for part, minutes in over_time(platform):
        if platform.kubeflow is not None and platform.kubeflow.split is not False:
            yield (
                "kubeflow.provider_auth",
                f"the first apply of the {part.name} stack takes about {minutes} minutes, and a token is valid for 15",
                'set provider_auth="exec" where the aws program exists, or remove components for the first apply',
            )


def over_time(platform: Platform) -> Iterator[tuple[StackPart, int]]:
    """Stacks whose first apply takes longer than a token is valid, with the expected minutes."""
    kubeflow = platform.kubeflow
    if kubeflow is None or any(problems(kubeflow)) or platform.provider_auth() == "exec":
        return
    for part in platform_parts(platform):
        minutes = first_install_minutes(part.components, with_images(part.components))
        if minutes > TOKEN_MINUTES:
            yield part, minutes


def with_images(components: Iterable[Component]) -> set[str]:
    """Names of components that run pods, by the lock; every official chart counts as one."""
    return {
        one.name
        for one in components
        if isinstance(one.source, HelmChart)
        or any(entry.images for entry in lock().components.get(one.name, {}).values())
    }


@warning(Platform)
def runner_warnings(platform: Platform) -> Iterator[Problem]:
    """The addresses of HCP Terraform runners are not published.

    Source: https://developer.hashicorp.com/terraform/cloud-docs/architectural-details/ip-ranges
    """
    cluster = platform.cluster
    for part, minutes in over_time(platform):
        if platform.kubeflow is not None and platform.kubeflow.split is False:
            yield (
                "kubeflow.split",
                f"the first apply of the {part.name} stack takes about {minutes} minutes, and a token is valid for 15",
                "use split=False only for a platform that is already applied",
            )
    if platform.runner != "hcp_remote" or platform.kubeflow is None or not isinstance(cluster, Cluster):
        return
    if not cover_internet(cluster.public_access_cidrs):
        yield (
            "runner",
            "HCP Terraform does not publish the addresses of its runners, so stacks in the cluster can fail to connect",
            'set runner="hcp_agent", or public_access_from_anywhere=True with 0.0.0.0/0',
        )
