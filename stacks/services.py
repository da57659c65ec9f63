"""AWS services of Kubeflow: storage, database, sign-in, credentials, and configured service account roles."""

from collections.abc import Mapping
from typing import Any

from constructs import Construct

from modules.cluster.existing import ExistingEksCluster
from modules.cluster.existing_nodes import ExistingNodes
from modules.cluster.network_policy_check import NetworkPolicyCheck
from modules.cluster.outputs import ClusterOutputs
from modules.cluster.webhook_ports import WebhookPorts
from modules.iam.oidc_role import OidcProvider, service_account_role
from modules.iam.role import Role
from modules.kubeflow.auth.kinds import strategy_of
from modules.kubeflow.chosen import chosen_components, external_services_of
from modules.kubeflow.derived_secrets import derived_secrets
from modules.kubeflow.secrets.credentials import NeededSecret, credentials_of
from modules.kubeflow.secrets.expressions import CredentialValues
from modules.kubeflow.secrets.secrets_manager import CredentialStore
from modules.kubeflow.selection import secrets
from modules.kubeflow.variants import entries
from modules.settings import ExistingCluster, Kubeflow, Platform, ServiceAccountRole
from stacks.cluster import ClusterStack
from stacks.contract import Output
from stacks.exposure import expose
from stacks.service_backup import back_up
from stacks.service_database import ServiceDatabase
from stacks.service_network import ExistingClusterNetwork, PlatformNetwork, ServiceNetwork
from stacks.service_outputs import ARTIFACTS, DATABASE, EXPOSURE, FILES, IMAGES, METRICS, SIGN_IN
from stacks.service_storage import ServiceStorage
from stacks.stack import PlatformStack

ABSENT = {"string": "", "list(string)": [], "number": 0}
"""Output value of a disabled service by type; an empty map for any map type."""


class ServicesStack(PlatformStack):
    """`<platform>-services`: depends on the cluster stack, or on an existing cluster.

    Raises:
        ValueError: the platform is invalid.
    """

    layer = "services"
    about = "AWS services for Kubeflow: storage, database, sign-in, credentials, roles"
    outputs = (
        Output("cluster_name", "string", "Name of the EKS cluster."),
        Output("oidc_provider_arn", "string", "ARN of the IAM OIDC provider (IRSA)."),
        Output(
            "credentials",
            "map(object({arn = string, version_id = string}))",
            "Credential to its secret in Secrets Manager and the version in use; never the value.",
        ),
        Output("credentials_key_arn", "string", "ARN of the key that encrypts the credentials."),
        Output("service_account_role_arns", "map(string)", "`<namespace>/<service account>` to the ARN of its role."),
        *ARTIFACTS,
        *DATABASE,
        *FILES,
        *IMAGES,
        *METRICS,
        *SIGN_IN,
        *EXPOSURE,
    )

    @classmethod
    def wanted(cls, platform: Platform) -> bool:
        """Wanted with Kubeflow, service account roles, backups, or an existing cluster."""
        return (
            bool(platform.service_account_roles)
            or platform.backup is not None
            or isinstance(platform.cluster, ExistingCluster)
            or platform.kubeflow is not None
        )

    def __init__(self, scope: Construct, platform: Platform) -> None:
        super().__init__(scope, platform)
        self.conditions: dict[str, tuple[str, str]] = {}
        self._existing: ExistingEksCluster | None = None
        self.cluster = self._cluster()
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
        back_up(self, made)
        absent = {output.name: ABSENT.get(output.type, {}) for output in self.outputs}
        self.write_outputs({**absent, **made}, self.conditions)

    def _cluster(self) -> ClusterOutputs:
        """The existing cluster, or outputs of the cluster stack."""
        if isinstance(self.platform.cluster, ExistingCluster):
            self._existing = ExistingEksCluster(
                self,
                "existing-cluster",
                cluster=self.platform.cluster,
                kubeflow=self.platform.kubeflow is not None,
            )
            return self._existing.outputs
        cluster = self.upstream_stack(ClusterStack)
        return ClusterOutputs(
            cluster_name=cluster.string("cluster_name"),
            oidc_provider=OidcProvider(
                arn=cluster.string("oidc_provider_arn"), issuer_host=cluster.string("oidc_issuer_host")
            ),
        )

    def _network(self) -> ServiceNetwork:
        """The network placement of services; for an existing cluster with checks of its nodes."""
        settings = self.platform.cluster
        if self._existing is None or not isinstance(settings, ExistingCluster):
            return PlatformNetwork(self)
        data = self._existing.data.fqn
        nodes = ExistingNodes(
            self,
            "existing-nodes",
            cluster_data=data,
            cluster_name=settings.name,
            security_group_id=settings.node_security_group_id,
        )
        ports = WebhookPorts(
            self,
            "webhook-ports",
            cluster_data=data,
            node_security_group_id=nodes.security_group_id,
            node_security_group_ids=nodes.security_group_ids,
            add=settings.open_webhook_ports,
        )
        self.conditions["cluster_name"] = ports.condition
        if settings.network_policies == "vpc_cni_addon":
            NetworkPolicyCheck(self, "network-policies", cluster_name=settings.name)
        return ExistingClusterNetwork(settings, data, nodes, self)

    def _kubeflow(self, kubeflow: Kubeflow) -> Mapping[str, Any]:
        """Outputs of configured services; outputs of disabled services are omitted."""
        made: dict[str, Any] = {}
        self.network = self._network()
        self.credentials = self._credentials(kubeflow)
        made |= ServiceDatabase(self, self.network).outputs(kubeflow, self.credentials)
        made |= ServiceStorage(self, self.cluster, self.network).outputs(kubeflow)
        made |= expose(self, kubeflow, self.network)
        made |= strategy_of(kubeflow.auth).create(self, self.context, kubeflow.exposure.url)
        if self.credentials is not None:
            self._documents(kubeflow, self.credentials, made)
            made |= {"credentials": self.credentials.versions, "credentials_key_arn": self.credentials.key.arn}
        return made

    def _credentials(self, kubeflow: Kubeflow) -> CredentialStore | None:
        """Credentials of selected components; Kubeflow's stacks read them by version, this stack from `values`."""
        supplied = derived_secrets(kubeflow)
        needed = credentials_of(self._secrets(kubeflow), supplied.credentials)
        if not needed and not self._fetched(kubeflow):
            return None
        return CredentialStore(
            self,
            "credentials",
            context=self.context,
            credentials=needed,
            revision=kubeflow.services.credentials_version,
            recovery_days=kubeflow.services.credential_recovery_days,
        )

    def _secrets(self, kubeflow: Kubeflow) -> list[NeededSecret]:
        """Kubernetes Secrets of all selected components."""
        components = chosen_components(kubeflow)
        return secrets(
            components, entries(components, external_services=external_services_of(kubeflow)), derived_secrets(kubeflow)
        )

    def _fetched(self, kubeflow: Kubeflow) -> list[NeededSecret]:
        """Secrets read via CSI."""
        return self._secrets(kubeflow) if kubeflow.services.credential_delivery == "csi" else []

    def _documents(self, kubeflow: Kubeflow, store: CredentialStore, made: Mapping[str, Any]) -> None:
        """Store Secrets read via CSI, each as one document.

        Args:
            kubeflow: Kubeflow settings.
            store: target store.
            made: outputs of this stack, which a Secret can use in addition to credentials.
        """
        values = CredentialValues(self, version=store.versions.__getitem__, output=lambda name: f'"{made[name]}"')
        for secret in self._fetched(kubeflow):
            store.add_document(secret, values)

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
