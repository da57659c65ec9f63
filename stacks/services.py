"""What Kubeflow stands on in AWS: credentials, and roles for service accounts of the user's."""

from constructs import Construct

from modules.cluster.existing import ExistingEksCluster
from modules.cluster.outputs import ClusterOutputs
from modules.iam.oidc_role import OidcProvider, service_account_role
from modules.iam.role import Role
from modules.kubeflow.credential_store import CredentialStore
from modules.kubeflow.credentials import credentials_of
from modules.kubeflow.selection import secrets
from modules.kubeflow.variants import entries
from modules.settings import ExistingCluster, Platform, ServiceAccountRole
from stacks.stack import PlatformStack


class ServicesStack(PlatformStack):
    """`<platform>-services`: stands on the cluster stack, or on a cluster that is another's.

    Raises:
        ValueError: the platform has problems.
    """

    def __init__(self, scope: Construct, platform: Platform) -> None:
        super().__init__(scope, platform, "services")
        self.cluster = self._cluster()
        roles = {
            f"{role.namespace}/{role.service_account}": self._role(role) for role in platform.service_account_roles
        }
        self.write_outputs(
            {
                "cluster_name": self.cluster.cluster_name,
                "oidc_provider_arn": self.cluster.oidc_provider.arn,
                "service_account_role_arns": {account: role.arn for account, role in roles.items()},
                "credentials": self._credentials(),
                "first_user_password_command": self._first_user_password_command(),
            }
        )

    def _cluster(self) -> ClusterOutputs:
        if isinstance(self.platform.cluster, ExistingCluster):
            return ExistingEksCluster(self, "existing-cluster", cluster=self.platform.cluster).outputs
        cluster = self.predecessor("cluster")
        return ClusterOutputs(
            cluster_name=cluster.string("cluster_name"),
            oidc_provider=OidcProvider(
                arn=cluster.string("oidc_provider_arn"), issuer_host=cluster.string("oidc_issuer_host")
            ),
        )

    def _credentials(self) -> dict[str, dict[str, str]]:
        """Passwords of what is chosen; Kubeflow's stacks read them by version."""
        kubeflow = self.platform.kubeflow
        if kubeflow is None:
            return {}
        components = kubeflow.components()
        needed = credentials_of(secrets(components, entries(components)))
        if not needed:
            return {}
        return CredentialStore(
            self,
            "credentials",
            platform_name=self.platform.name,
            account_root_arn=self.account.root_arn,
            credentials=needed,
            recovery_days=kubeflow.credential_recovery_days,
            protect=self.platform.deletion_protection,
        ).versions

    def _first_user_password_command(self) -> str:
        kubeflow = self.platform.kubeflow
        if kubeflow is None or "dex" not in {component.name for component in kubeflow.components()}:
            return ""
        return (
            f"aws secretsmanager get-secret-value --region {self.platform.region} --secret-id {self.platform.name}/first-user "
            "--query SecretString --output text"
        )

    def _role(self, role: ServiceAccountRole) -> Role:
        return service_account_role(
            self,
            role.name,
            auth=role.auth,
            iam=self.iam,
            oidc_provider=self.cluster.oidc_provider,
            cluster_name=self.cluster.cluster_name,
            namespace=role.namespace,
            service_account=role.service_account,
            name=role.name,
            policy_arns=role.policy_arns,
            statements=role.statements,
        )
