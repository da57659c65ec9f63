"""The roles that runs in HCP Terraform take: before all other stacks, and applied by a person."""

from collections.abc import Iterator, Sequence

from constructs import Construct

from modules.iam.role import Iam
from modules.rules.auth import given_secrets
from modules.rules.runner import subjects
from modules.runner.hcp_roles import HcpRunnerRoles
from modules.settings import Platform
from modules.settings.state import HcpState
from stacks.contract import Output
from stacks.stack import PlatformStack, Run


class RunnerStack(PlatformStack):
    """`<platform>-runner`: its own workspace is not among those that its roles trust.

    A run that could change its own role would have all rights; and one that destroyed the role would end half-way.

    Args:
        platform: platform settings.
        layers: last parts of the names of all stacks of the platform.

    Raises:
        ValueError: the platform has problems, or no roles in `State.hcp`.
    """

    layer = "runner"
    about = "roles that HCP Terraform works with"
    outputs = (
        Output("oidc_provider_arn", "string", "ARN of IAM's entry for HCP Terraform."),
        Output("plan_role_arn", "string", "ARN of the role that a plan takes."),
        Output("apply_role_arn", "string", "ARN of the role that an apply takes."),
        Output(
            "workspace_variables",
            "map(string)",
            "Environment variables of every other workspace of the platform; set them once.",
        ),
    )

    @classmethod
    def wanted(cls, platform: Platform) -> bool:
        """With `State.hcp(…, roles=…)`."""
        return isinstance(platform.state, HcpState) and platform.state.roles is not None

    @classmethod
    def create(cls, scope: Construct, platform: Platform, run: Run) -> Iterator[PlatformStack]:
        """With the names of all stacks: its roles trust runs of each other one."""
        if cls.wanted(platform):
            yield cls(scope, platform, run.layers)

    def __init__(self, scope: Construct, platform: Platform, layers: Sequence[str]) -> None:
        super().__init__(scope, platform)
        state = platform.state
        if not isinstance(state, HcpState) or state.roles is None:
            raise ValueError("state: has no roles for a runner; give State.hcp(…, roles=HcpRoles(…))")
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
