"""What Kubeflow stands on in AWS: storage, database, sign-in, credentials, and roles for service accounts of the user's."""

from collections.abc import Mapping
from typing import Any

from constructs import Construct

from modules.cluster.existing import ExistingEksCluster
from modules.cluster.outputs import ClusterOutputs
from modules.iam.oidc_role import OidcProvider, service_account_role
from modules.iam.role import Role
from modules.kubeflow.credential_store import CredentialStore
from modules.kubeflow.credentials import credentials_of
from modules.kubeflow.selection import secrets
from modules.kubeflow.variants import entries
from modules.settings import ExistingCluster, Kubeflow, Platform, ServiceAccountRole
from stacks.contract import contract_of
from stacks.service_network import NetworkOfOthers, NetworkOfOurs, ServiceNetwork
from stacks.stack import PlatformStack

ABSENT = {"string": "", "list(string)": [], "number": 0}
"""What an output is whose service is not there, by its type; of any map, an empty one."""


class ServicesStack(PlatformStack):
    """`<platform>-services`: stands on the cluster stack, or on a cluster that is another's.

    Raises:
        ValueError: the platform has problems.
    """

    def __init__(self, scope: Construct, platform: Platform) -> None:
        super().__init__(scope, platform, "services")
        self.cluster, self.network = self._ground()
        roles = {
            f"{role.namespace}/{role.service_account}": self._role(role) for role in platform.service_account_roles
        }
        made: dict[str, Any] = {
            "cluster_name": self.cluster.cluster_name,
            "oidc_provider_arn": self.cluster.oidc_provider.arn,
            "service_account_role_arns": {account: role.arn for account, role in roles.items()},
        }
        if platform.kubeflow is not None:
            made |= self._kubeflow(platform.kubeflow)
        absent = {name: ABSENT.get(output.type, {}) for name, output in contract_of("services").items()}
        self.write_outputs({**absent, **made})

    def _ground(self) -> tuple[ClusterOutputs, ServiceNetwork]:
        """The cluster, and where in its VPC services are placed."""
        if isinstance(self.platform.cluster, ExistingCluster):
            existing = ExistingEksCluster(self, "existing-cluster", cluster=self.platform.cluster)
            return existing.outputs, NetworkOfOthers(self.platform.cluster, existing.data.fqn)
        cluster = self.predecessor("cluster")
        outputs = ClusterOutputs(
            cluster_name=cluster.string("cluster_name"),
            oidc_provider=OidcProvider(
                arn=cluster.string("oidc_provider_arn"), issuer_host=cluster.string("oidc_issuer_host")
            ),
        )
        return outputs, NetworkOfOurs(self)

    def _kubeflow(self, kubeflow: Kubeflow) -> Mapping[str, Any]:
        """Outputs of what Kubeflow stands on, by the settings; those of what is not there are left out."""
        made: dict[str, Any] = {"credentials": self._credentials(kubeflow)}
        return made

    def _credentials(self, kubeflow: Kubeflow) -> dict[str, dict[str, str]]:
        """Passwords of what is chosen; Kubeflow's stacks read them by version."""
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
            recovery_days=kubeflow.services.credential_recovery_days,
            protect=self.platform.deletion_protection,
        ).versions

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
