"""The teams of a platform: an IAM role and a Helm release each."""

from constructs import Construct

from modules.cluster.connection import ClusterConnection
from modules.iam.existing_role import ExistingRole
from modules.iam.oidc_role import service_account_role
from modules.kubeflow.chart_check import check_locals
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.service_accounts import created
from modules.settings import Platform, Statement, Team
from modules.teams.callers import callers
from modules.teams.names import SERVICE_ACCOUNT, release_name
from modules.teams.objects import BUCKET_TOKEN, TeamContext
from modules.teams.rights import rights
from modules.teams.team import TeamRelease, TeamRole
from stacks.cluster_target import cluster_of
from stacks.contract import Output
from stacks.external_services import artifact_bucket
from stacks.service_account_arns import role_arns
from stacks.services import ServicesStack
from stacks.stack import PlatformStack


class TeamsStack(PlatformStack):
    """`<platform>-teams`: depends on all other stacks.

    Raises:
        ValueError: the platform is invalid, or has no Kubeflow.
    """

    layer = "teams"
    about = "teams: namespaces, quotas, roles"
    outputs = (
        Output("namespaces", "map(string)", "Team to its namespace."),
        Output(
            "role_arns",
            "map(string)",
            "Team to the ARN of its pods' role; teams without a role are omitted.",
        ),
    )

    @classmethod
    def wanted(cls, platform: Platform) -> bool:
        """Wanted with at least one team."""
        return platform.kubeflow is not None and bool(platform.kubeflow.teams)

    def __init__(self, scope: Construct, platform: Platform) -> None:
        super().__init__(scope, platform)
        if platform.kubeflow is None:
            raise ValueError("kubeflow: not set; set kubeflow=Kubeflow(…)")
        self.kubeflow = platform.kubeflow
        self.target, found = cluster_of(self)
        ClusterConnection(
            self,
            "sign-in",
            cluster_name=self.target.cluster_name,
            region=platform.region,
            method=self.platform.provider_auth(),
            kubernetes=False,
            found=found,
        )
        self.bucket = artifact_bucket(self, self.kubeflow)
        context = self._context()
        roles = {team.name: self._role(team) for team in self.kubeflow.teams}
        releases = {team.name: self._team(team, context, roles[team.name]) for team in self.kubeflow.teams}
        self.charts = [release.chart for release in releases.values()]
        """Charts to write next to the stack's JSON."""
        self.write_locals(check_locals(self.charts))
        arns = {name: role.arn for name, role in roles.items() if role is not None}
        self.write_outputs({"namespaces": {name: name for name in releases}, "role_arns": arns})

    def _context(self) -> TeamContext:
        installed = {component.name for component in chosen_components(self.kubeflow)} | set(self.kubeflow.preinstalled)
        names = {team.name for team in self.kubeflow.teams}
        roles = [role for role in created(self.platform.service_account_roles) if role.namespace in names]
        tokens: dict[str, str] = {}
        if self.bucket or roles:  # otherwise the stack does not read the state of services
            services = self.upstream_stack(ServicesStack)
            bucket = {BUCKET_TOKEN: services.string("artifact_bucket")} if self.bucket else {}
            tokens = {**bucket, **role_arns(services, roles)}
        return TeamContext(
            region=self.account.region,
            callers=callers(self.kubeflow) if self.kubeflow.team_defaults.isolated else (),
            pod_defaults="admission-webhook" in installed,
            pipelines="pipelines" in installed,
            annotated=self.kubeflow.service_account_auth == "irsa",
            bucket_volumes=self.kubeflow.services.bucket_volumes,
            service_accounts=tuple(roles),
            tokens=tokens,
        )

    def _team(self, team: Team, context: TeamContext, role: TeamRole | None) -> TeamRelease:
        return TeamRelease(
            self,
            team.name,
            team=team,
            context=context,
            role=role,
            protect=self.platform.deletion_protection and team.deletion_protection,
        )

    def _role(self, team: Team) -> TeamRole | None:
        """The role of a team: an existing one, or a new one if there are permissions to grant."""
        if self.kubeflow.team_defaults.aws_identity == "node_role":
            return None
        if team.aws.role is not None:
            return ExistingRole(
                self,
                f"{team.name}-role",
                setting=f"kubeflow.teams: {team.name}",
                name=release_name(team.name),
                role=team.aws.role,
                auth=self.kubeflow.service_account_auth,
                oidc_provider=self.target.oidc_provider,
                cluster_name=self.target.cluster_name,
                namespace=team.name,
                service_account=SERVICE_ACCOUNT,
            )
        own: tuple[Statement, ...] = rights(team.name, self.bucket) if self.bucket is not None else ()
        statements = (*own, *team.aws.statements)
        if not statements and not team.aws.policy_arns:
            return None
        return service_account_role(
            self,
            f"{team.name}-role",
            auth=self.kubeflow.service_account_auth,
            oidc_provider=self.target.oidc_provider,
            cluster_name=self.target.cluster_name,
            iam=self.iam,
            name=release_name(team.name),
            namespace=team.name,
            service_account=SERVICE_ACCOUNT,
            policy_arns=team.aws.policy_arns,
            statements=statements,
        )
