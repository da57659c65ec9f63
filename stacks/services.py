"""What Kubeflow stands on in AWS: credentials, and roles for service accounts of the user's."""

from constructs import Construct

from modules.cluster.existing import ExistingEksCluster
from modules.cluster.outputs import ClusterOutputs
from modules.iam.oidc_role import OidcProvider, OidcRole, PodIdentityRole
from modules.iam.role import Role
from modules.kubeflow.credential_store import CredentialStore
from modules.kubeflow.credentials import credentials_of
from modules.kubeflow.selection import entries, secrets
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
                "read_first_user_password": self._read_first_user_password(),
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

    def _read_first_user_password(self) -> str:
        kubeflow = self.platform.kubeflow
        if kubeflow is None or "dex" not in {component.name for component in kubeflow.components()}:
            return ""
        return (
            f"aws secretsmanager get-secret-value --region {self.platform.region} --secret-id {self.platform.name}/first-user "
            "--query SecretString --output text"
        )

    def _role(self, role: ServiceAccountRole) -> Role:
        if role.auth == "irsa":
            return OidcRole(
                self,
                role.name,
                iam=self.iam,
                oidc_provider=self.cluster.oidc_provider,
                namespace=role.namespace,
                service_account=role.service_account,
                name=role.name,
                policy_arns=role.policy_arns,
                statements=role.statements,
            )
        return PodIdentityRole(
            self,
            role.name,
            iam=self.iam,
            cluster_name=self.cluster.cluster_name,
            namespace=role.namespace,
            service_account=role.service_account,
            name=role.name,
            policy_arns=role.policy_arns,
            statements=role.statements,
        )
