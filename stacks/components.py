"""What is installed in the cluster: add-ons and Kubeflow, from one catalogue, by one kind of stack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from cdktf_cdktf_provider_helm.release import Release
from constructs import Construct

from modules.cluster.node_group import TAINT_EFFECTS
from modules.cluster.sign_in import ClusterSignIn
from modules.iam.oidc_role import OidcRole, PodIdentityRole, service_account_role
from modules.iam.policies import POLICIES
from modules.iam.policy_context import PolicyContext
from modules.kubeflow.chart import LocalChart
from modules.kubeflow.component import AwsAccess, Builtin, Component, HelmChart, Part
from modules.kubeflow.credential_store import ClusterSecrets
from modules.kubeflow.credential_values import CredentialValues, version_in
from modules.kubeflow.drain import KARPENTERS_KINDS, MINUTES, drain_chart, kinds_of
from modules.kubeflow.inputs import annotations, tokens
from modules.kubeflow.karpenter import DISCOVERY_TAG, KarpenterInfrastructure
from modules.kubeflow.notebooks import offered_images
from modules.kubeflow.release import ComponentRelease, Inputs
from modules.kubeflow.selection import VERSION, chart_of_namespaces, charts, namespaces, namespaces_of_others, secrets
from modules.kubeflow.sign_in import SIGN_IN, CognitoClient, existing_client, sign_in_tokens
from modules.kubeflow.supply import supply
from modules.kubeflow.values import ChartContext, RemoteWrite, chart_values
from modules.kubeflow.variants import entries
from modules.log_group import LogGroup
from modules.naming import addressed, tags
from modules.settings import Cognito, ExistingCluster, ExistingCognito, ExistingNetwork, NoAuth, Platform, Statement
from modules.settings.kubeflow import Kubeflow
from modules.settings.storage_checks import STORAGE_CLASSES
from stacks.backing import artifact_bucket, backing_tokens
from stacks.cluster_target import cluster_of
from stacks.credential_delivery import CredentialDelivery
from stacks.stack import PlatformStack

TARGET_GROUP = ("target_group_arn", "target_group_name")
"""Outputs of the services stack that the binding of the gateway's pods is told."""


@dataclass
class Installed:
    """What earlier stacks of the platform have installed already."""

    namespaces: set[str] = field(default_factory=set)


class ComponentsStack(PlatformStack):
    """`<platform>-addons`, `<platform>-kubeflow`, or a numbered part of one: stands on the cluster.

    Args:
        platform: the settings.
        part: which components.
        installed: what earlier stacks have; this stack adds its own.

    Raises:
        ValueError: the platform has problems, or the lock lacks a component.
    """

    def __init__(self, scope: Construct, platform: Platform, part: Part, installed: Installed) -> None:
        super().__init__(scope, platform, part.name)
        if platform.kubeflow is None:
            raise ValueError("kubeflow: this platform has none; give kubeflow=Kubeflow(…)")
        self.kubeflow: Kubeflow = platform.kubeflow
        self.part = part
        self.entries = entries(
            part.components,
            beside=self.kubeflow.components(),
            backing=self.kubeflow.backing(),
        )
        self.charts: list[LocalChart] = []
        """Charts to be written beside the stack's JSON."""
        wanted_secrets = secrets(part.components, self.entries, supply(self.kubeflow))
        values = CredentialValues(self, version=self._credential, output=self._service)
        self.delivery = CredentialDelivery(self, self.kubeflow, wanted_secrets, values)
        self.target, found = cluster_of(self)
        sign_in = ClusterSignIn(
            self,
            "sign-in",
            cluster_name=self.target.cluster_name,
            region=platform.region,
            method=self.kubeflow.sign_in,
            kubernetes=bool(self.delivery.written),
            found=found,
        )
        self.vpc_id = f"${{{sign_in.cluster.fqn}.vpc_config[0].vpc_id}}"
        self.kubernetes_version = sign_in.cluster.version
        self.node_security_group_id = (
            f"${{{sign_in.cluster.fqn}.vpc_config[0].cluster_security_group_id}}"
            if isinstance(platform.cluster, ExistingCluster)
            else self.predecessor("cluster").string("node_security_group_id")
            if any(component.name == "karpenter-node-pools" for component in part.components)
            else ""
        )
        names = {component.name for component in part.components}
        self.karpenter = self._karpenter() if "karpenter" in names else None
        self.pod_logs = self._pod_logs() if "aws-for-fluent-bit" in names else None
        self.bucket = artifact_bucket(self, self.kubeflow) if "pipelines" in names else None
        self.first = self._namespaces(installed)
        self.secrets = ClusterSecrets(
            self,
            "secrets",
            secrets=self.delivery.written,
            values=values,
            version=self.kubeflow.services.credentials_version,
            depends_on=self.first,
        )
        self.releases: dict[str, ComponentRelease] = {}
        for component in part.components:
            self.releases[component.name] = self._install(component)
        self._drain()
        self._outputs()

    def _credential(self, name: str) -> Mapping[str, str]:
        """Secret and version of a credential, by the services stack."""
        return version_in(self._service("credentials"))(name)

    def _service(self, output: str) -> str:
        """An output of the services stack, in Terraform's language."""
        return self.predecessor("services").expression(output)

    def _karpenter(self) -> KarpenterInfrastructure:
        network, repositories = self.platform.network, self.kubeflow.services.repositories
        made = KarpenterInfrastructure(
            self,
            "karpenter-infrastructure",
            iam=self.iam,
            cluster_name=self.target.cluster_name,
            tag_subnet_ids=network.private_subnet_ids
            if isinstance(network, ExistingNetwork) and network.tag_subnets
            else (),
        )
        if repositories is not None and repositories.pull_through:
            policy_arn = self.predecessor("services").string("pull_through_policy_arn")
            addressed(
                "karpenter_node_pull_through",
                IamRolePolicyAttachment(self, "pull-through", role=made.node_role_name, policy_arn=policy_arn),
            )
        return made

    def _pod_logs(self) -> LogGroup:
        return LogGroup(
            self,
            "pod-logs",
            account=self.account,
            platform_name=self.platform.name,
            name="pod_logs",
            log_group_name=f"/aws/eks/{self.platform.name}/pods",
            retention_days=self.kubeflow.pod_log_retention_days,
            protect=self.platform.deletion_protection,
        )

    def _drain(self) -> None:
        """While nothing is protected, the last release takes away what users made, before their controllers go.

        With deletion protection it is not there: object types and namespaces stay then, and all that is in them.
        """
        kinds: tuple[str, ...] = KARPENTERS_KINDS if "karpenter-node-pools" in self.releases else ()
        if self.part.layer == "kubeflow":
            kinds = tuple(kinds_of(self.entries.values(), self.releases))
        if self.platform.deletion_protection or not kinds:
            return
        name = f"{self.part.name}-drain"
        component = Component(name, "kube-system", Builtin(), timeout_seconds=MINUTES * 60 + 60)
        chart = drain_chart(name, component.namespace, kinds, VERSION)
        self.charts.append(chart)
        ComponentRelease(
            self,
            name,
            component=component,
            charts=[chart],
            inputs=self._inputs(component),
            depends_on=[release.last for release in self.releases.values()],
        )

    def _namespaces(self, installed: Installed) -> list[Release]:
        """One release of all new namespaces: no release can be in a namespace that it makes itself."""
        present = [self.kubeflow.known()[name] for name in self.kubeflow.already_installed]
        there = frozenset(installed.namespaces | namespaces_of_others(present))
        self.made_namespaces = namespaces(self.part.components, self.entries, there)
        installed.namespaces |= {namespace.name for namespace in self.made_namespaces}
        if not self.made_namespaces:
            return []
        name = f"{self.part.name}-namespaces"
        chart = chart_of_namespaces(name, self.made_namespaces)
        self.charts.append(chart)
        component = Component(name, "kube-system", Builtin())
        release = ComponentRelease(
            self, name, component=component, charts=[chart], inputs=self._inputs(component), depends_on=()
        )
        return [release.last]

    def _install(self, component: Component) -> ComponentRelease:
        local = charts(component, self.entries.get(component.name), self._object_facts())
        self.charts += local
        needs = [self.releases[need].last for need in component.needs if need in self.releases]
        before: list[ITerraformDependable] = [*self.first, *needs, *self.secrets.resources.get(component.name, ())]
        roles = self._roles(component)
        return ComponentRelease(
            self,
            component.name,
            component=component,
            charts=local,
            inputs=self._inputs(component, roles),
            depends_on=[*before, *(right for role in roles.values() if role is not None for right in role.rights)],
        )

    def _roles(self, component: Component) -> dict[str, OidcRole | PodIdentityRole | None]:
        """A role for each service account that calls AWS: with the policy that the catalogue names, and its credentials."""
        rights = self.delivery.rights(component)
        for access in component.aws:
            if not access.with_bucket or self.bucket is not None:
                fetching = rights.get(access.service_account, ())
                rights[access.service_account] = (*self._statements(access), *fetching)
        return {account: self._role(component, account, statements) for account, statements in rights.items()}

    def _statements(self, access: AwsAccess) -> Sequence[Statement]:
        context = PolicyContext(
            partition=self.platform.partition,
            region=self.platform.region,
            account_id=self.account.account_id,
            cluster_name=self.target.cluster_name,
            vpc_id=self.vpc_id,
            dns_zone_ids=self.kubeflow.dns_zone_ids,
            pod_log_group_name=self.pod_logs.resource.name if self.pod_logs is not None else None,
            interruption_queue_arn=self.karpenter.queue_arn if self.karpenter is not None else None,
            karpenter_node_role_arn=self.karpenter.node_role_arn if self.karpenter is not None else None,
            artifact_bucket=self.bucket,
        )
        return POLICIES[access.policy](context)

    def _role(
        self, component: Component, service_account: str, statements: Sequence[Statement]
    ) -> OidcRole | PodIdentityRole:
        return service_account_role(
            self,
            f"{component.name}-{service_account}",
            auth=self.kubeflow.service_account_auth,
            oidc_provider=self.target.oidc_provider,
            cluster_name=self.target.cluster_name,
            iam=self.iam,
            name=service_account,
            namespace=component.namespace,
            service_account=service_account,
            statements=statements,
        )

    def _inputs(
        self, component: Component, roles: Mapping[str, OidcRole | PodIdentityRole | None] | None = None
    ) -> Inputs:
        irsa = self.kubeflow.service_account_auth == "irsa"
        arns = {account: role.arn if role is not None and irsa else None for account, role in (roles or {}).items()}
        values: Mapping[str, Any] = {}
        if isinstance(component.source, HelmChart):
            values = chart_values(
                component,
                ChartContext(
                    cluster_name=self.target.cluster_name,
                    region=self.platform.region,
                    vpc_id=self.vpc_id,
                    kubernetes_version=self.kubernetes_version,
                    roles=arns,
                    kubeflow=self.kubeflow,
                    deletion_protection=self.platform.deletion_protection,
                    pod_log_group_name=self.pod_logs.resource.name if self.pod_logs is not None else None,
                    interruption_queue_name=self.karpenter.queue_name if self.karpenter is not None else None,
                    karpenter_node_group=self.kubeflow.karpenter_node_group,
                    remote_write=self._remote_write(component, irsa),
                    credentials_stamp=self.delivery.stamp(component),
                    fetched=self.delivery.fetched_by_chart(component),
                ),
            )
        found = tokens(self.kubeflow, self.platform.cluster, oidc_issuer_host=self.target.oidc_provider.issuer_host)
        found |= backing_tokens(self, self.kubeflow, component.name)
        found |= annotations([*arns, *(access.service_account for access in component.aws)], arns)
        found |= self.delivery.tokens(component, arns)
        if component.name in SIGN_IN:
            found |= sign_in_tokens(self.kubeflow, self._cognito())
        if self.karpenter is not None:
            found |= {
                "node_role_name": self.karpenter.node_role_name,
                "node_security_group_id": self.node_security_group_id,
            }
        if component.name == "gateway-target-group":
            found |= {name: self.predecessor("services").string(name) for name in TARGET_GROUP}
        if component.name in STORAGE_CLASSES:
            found |= self._file_systems(STORAGE_CLASSES[component.name])
        return Inputs(
            values=values,
            tokens=found,
            keep=self.platform.deletion_protection,
        )

    def _remote_write(self, component: Component, irsa: bool) -> RemoteWrite | None:
        """Managed Prometheus, for the chart that writes to it."""
        if component.name != "kube-prometheus-stack" or self.kubeflow.services.metrics is None:
            return None
        services = self.predecessor("services")
        return RemoteWrite(
            services.string("metrics_remote_write_url"), services.string("metrics_role_arn") if irsa else None
        )

    def _cognito(self) -> CognitoClient | None:
        """The user pool that people sign in with."""
        auth = self.kubeflow.auth
        if isinstance(auth, ExistingCognito):
            return existing_client(auth)
        if not isinstance(auth, Cognito):
            return None
        services = self.predecessor("services")
        return CognitoClient(
            services.string("oidc_issuer"), services.string("oidc_client_id"), services.string("cognito_domain")
        )

    def _file_systems(self, name: str) -> dict[str, str]:
        """What StorageClass and volumes of a file system are told about it."""
        outputs = {"efs": ("efs_file_system_id",), "fsx": ("fsx_file_system_id", "fsx_dns_name", "fsx_mount_name")}
        return {output: self.predecessor("services").string(output) for output in outputs[name]}

    def _object_facts(self) -> dict[str, Any]:
        """Names for the templates in `modules/kubeflow/objects/`."""
        auto_mode = (
            not isinstance(self.platform.cluster, ExistingCluster) and self.platform.cluster.auto_mode is not None
        )
        return {
            "provisioner": "ebs.csi.eks.amazonaws.com" if auto_mode else "ebs.csi.aws.com",
            "reclaim_policy": "Retain" if self.platform.deletion_protection else "Delete",
            "node_pools": self.kubeflow.node_pools,
            "taints": {
                pool.name: [
                    {"key": taint.key, "value": taint.value, "effect": TAINT_EFFECTS[taint.effect]}
                    for taint in pool.taints
                ]
                for pool in self.kubeflow.node_pools
            },
            "subnet_terms": self._subnet_terms(),
            "tags": tags(self.platform),
            "fixed_user": self.kubeflow.auth.user if isinstance(self.kubeflow.auth, NoAuth) else "",
            "teams": [profile.name for profile in self.kubeflow.profiles],
            "fsx_gib": self.kubeflow.services.fsx.storage_gib if self.kubeflow.services.fsx is not None else 0,
        }

    def _subnet_terms(self) -> list[dict[str, Any]]:
        """Where Karpenter makes nodes: subnets by id where settings name them, else those with the discovery tag."""
        network = self.platform.network
        if isinstance(network, ExistingNetwork):
            return [{"id": subnet_id} for subnet_id in network.private_subnet_ids]
        name = self.platform.cluster.name if isinstance(self.platform.cluster, ExistingCluster) else self.platform.name
        return [{"tags": {DISCOVERY_TAG: name}}]

    def _outputs(self) -> None:
        versions = {
            component.name: component.source.version
            if isinstance(component.source, HelmChart)
            else self.releases[component.name].last.version
            for component in self.part.components
        }
        images = {image for entry in self.entries.values() for image in (*entry.images, *entry.hidden_images)}
        if "jupyter-web-app" in self.releases:
            images |= offered_images(self.kubeflow.notebooks)
        self.write_outputs(
            {
                "namespaces": sorted(namespace.name for namespace in self.made_namespaces),
                "component_versions": versions,
                "images": sorted(images),
                **self._entrance(),
            }
        )

    def _entrance(self) -> dict[str, str]:
        if self.part.layer != "kubeflow":
            return {}
        return {
            "dashboard_url": self.kubeflow.exposure.url,
            "port_forward_command": "kubectl port-forward --namespace istio-system service/istio-ingressgateway 8080:80",
        }
