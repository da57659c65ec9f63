"""Roles of HCP Terraform runs: the first stack, applied manually."""

from collections.abc import Iterator, Sequence
from typing import Literal

from constructs import Construct

from modules.iam.role import Iam
from modules.installer_policy.names import Names
from modules.installer_policy.runner import runner_policies
from modules.rules.auth import given_secrets
from modules.rules.runner import subjects
from modules.runner.hcp_roles import HcpRunnerRoles
from modules.settings import Platform
from modules.settings.state import HcpState
from stacks.contract import Output
from stacks.stack import PlatformStack, Run

PHASES: tuple[Literal["plan"], Literal["apply"]] = ("plan", "apply")
ACCOUNT = "${data.aws_caller_identity.current.account_id}"
"""The account of the run, in policies."""


class RunnerStack(PlatformStack):
    """`<platform>-runner`: its own workspace is not trusted by its roles.

    A run that can change its own role would have all permissions, and a run that deletes its role would fail.

    Args:
        platform: platform settings.
        layers: layer names of all stacks of the platform.

    Raises:
        ValueError: the platform is invalid, or has no roles in `State.hcp`.
    """

    layer = "runner"
    about = "roles of HCP Terraform runs"
    outputs = (
        Output("oidc_provider_arn", "string", "ARN of the OIDC provider of HCP Terraform."),
        Output("plan_role_arn", "string", "ARN of the plan role."),
        Output("apply_role_arn", "string", "ARN of the apply role."),
        Output(
            "workspace_variables",
            "map(string)",
            "Environment variables of every other workspace of the platform; set them once.",
        ),
    )

    @classmethod
    def wanted(cls, platform: Platform) -> bool:
        """Wanted with `State.hcp(…, roles=…)`."""
        return isinstance(platform.state, HcpState) and platform.state.roles is not None

    @classmethod
    def create(cls, scope: Construct, platform: Platform, run: Run) -> Iterator[PlatformStack]:
        """Create it with the names of all stacks, whose runs its roles trust."""
        if cls.wanted(platform):
            yield cls(scope, platform, run.layers)

    def __init__(self, scope: Construct, platform: Platform, layers: Sequence[str]) -> None:
        super().__init__(scope, platform)
        state = platform.state
        if not isinstance(state, HcpState) or state.roles is None:
            raise ValueError("state: no runner roles; set State.hcp(…, roles=HcpRoles(…))")
        self.roles = HcpRunnerRoles(
            self,
            "roles",
            iam=Iam.of(platform, permissions_boundary_arn=state.roles.permissions_boundary_arn),
            account=self.account,
            hostname=state.hostname,
            roles=state.roles,
            subjects={phase: subjects(platform, layers, phase) for phase in ("plan", "apply")},
            platform_name=platform.name,
            secret_arns=sorted({arn for _, arn in given_secrets(platform)}),
        )
        self.write_outputs(
            {
                "oidc_provider_arn": self.roles.provider_arn,
                "plan_role_arn": self.roles.plan.arn,
                "apply_role_arn": self.roles.apply.arn,
                "workspace_variables": self.roles.workspace_variables(),
            }
        )

    def complete(self, run: Run) -> None:
        """Attach policies made of all other stacks, unless settings name policies."""
        if not self.roles.measured:
            return
        documents = [stack.to_terraform() for layer, stack in run.stacks.items() if layer != self.layer]
        names = Names.of(self.platform, account=ACCOUNT)
        for phase in PHASES:
            self.roles.attach_measured(phase, runner_policies(self.platform, documents, phase, names))
