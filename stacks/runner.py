"""The roles that runs in HCP Terraform take: before all other stacks, and applied by a person."""

from constructs import Construct

from modules.iam.role import Iam
from modules.rules.auth import given_secrets
from modules.rules.runner import subjects
from modules.runner.hcp_roles import HcpRunnerRoles
from modules.settings import Platform
from modules.settings.state import HcpState
from stacks.stack import PlatformStack


class RunnerStack(PlatformStack):
    """`<platform>-runner`: its own workspace is not among those that its roles trust.

    A run that could change its own role would have all rights; and one that destroyed the role would end half-way.

    Raises:
        ValueError: the platform has problems, or no roles in `State.hcp`.
    """

    def __init__(self, scope: Construct, platform: Platform) -> None:
        super().__init__(scope, platform, "runner")
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
            subjects={phase: subjects(platform, phase) for phase in ("plan", "apply")},
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
