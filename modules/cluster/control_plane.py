"""The EKS control plane: cluster, its role, key, logs, and its OIDC provider in IAM."""

from collections.abc import Sequence
from typing import Any

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.eks_cluster import (
    EksCluster,
    EksClusterAccessConfig,
    EksClusterComputeConfig,
    EksClusterEncryptionConfig,
    EksClusterEncryptionConfigProvider,
    EksClusterKubernetesNetworkConfig,
    EksClusterKubernetesNetworkConfigElasticLoadBalancing,
    EksClusterStorageConfig,
    EksClusterStorageConfigBlockStorage,
    EksClusterUpgradePolicy,
    EksClusterVpcConfig,
    EksClusterZonalShiftConfig,
)
from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from constructs import Construct

from modules.account import Account
from modules.aws_data.regions import OIDC_AUDIENCE, PARTITIONS
from modules.cluster.user_data.node_group import ClusterDetails
from modules.iam import role_names
from modules.iam.oidc_role import OidcProvider
from modules.iam.role import Role, Trust
from modules.kms_key import KmsKey
from modules.log_group import LogGroup
from modules.naming import addressed
from modules.platform_context import PlatformContext
from modules.security_scan import accepted
from modules.settings import Cluster, Statement

AUTO_MODE_CLUSTER_POLICIES = (
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html"""
AUTO_MODE_NODE_POLICIES = ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html"""


def newer_arguments(cluster: Cluster) -> dict[str, Any]:
    """Arguments that the oldest supported AWS provider does not have, with their values, as far as settings use them.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-configuration.html
    """
    found: dict[str, Any] = {}
    if cluster.eks_deletion_protection:
        found["deletion_protection"] = True
    if cluster.control_plane_tier is not None:
        found["control_plane_scaling_config"] = {"tier": cluster.control_plane_tier}
    server: dict[str, Any] = {}
    if cluster.event_retention_minutes is not None:
        server["event_ttl"] = f"{cluster.event_retention_minutes}m"
    if (ports := cluster.node_ports) is not None:
        server["service_node_port_range"] = {"min_port": ports.first, "max_port": ports.last}
    if server:
        found["kube_api_server_config"] = server
    if (scoring := cluster.scheduler_scoring) is not None:
        weights = [{"name": name, "weight": weight} for name, weight in sorted(scoring.weights.items())]
        strategy = {"type": scoring.strategy, **({"resource": weights} if weights else {})}
        found["kube_scheduler_config"] = {"node_resources_fit": {"scoring_strategy": strategy}}
    return found


class ControlPlane(Construct):
    """An EKS cluster without nodes.

    Args:
        context: name prefix, account, role settings and protection of the platform.
        cluster: cluster settings.
        subnet_ids: subnets of the control plane's interfaces (token).
        security_group_id: security group of those interfaces (token).

    Source: https://docs.aws.amazon.com/eks/latest/userguide/create-cluster.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: PlatformContext,
        cluster: Cluster,
        subnet_ids: Sequence[str],
        security_group_id: str,
    ) -> None:
        super().__init__(scope, id_)
        self.name = context.iam.name_prefix
        self.iam = context.iam
        self.cluster = cluster
        self.secrets_key_arn = cluster.secrets_kms_key_arn or self._secrets_key(context.account, context.protect).arn
        logs = LogGroup(
            self,
            "logs",
            account=context.account,
            platform_name=self.name,
            name="control_plane_logs",
            log_group_name=f"/aws/eks/{self.name}/cluster",  # name fixed by EKS, which otherwise creates it without retention and key
            retention_days=cluster.log_retention_days,
            protect=context.protect,
        )
        role = self._role()
        auto_role = self._auto_mode_node_role() if cluster.auto_mode is not None else None
        self.resource = addressed(
            "this",
            EksCluster(
                self,
                "cluster",
                name=self.name,
                version=cluster.kubernetes_version,
                role_arn=role.arn,
                bootstrap_self_managed_addons=False,
                enabled_cluster_log_types=sorted(cluster.log_types),
                access_config=EksClusterAccessConfig(
                    authentication_mode=cluster.authentication_mode, bootstrap_cluster_creator_admin_permissions=False
                ),
                encryption_config=EksClusterEncryptionConfig(
                    provider=EksClusterEncryptionConfigProvider(key_arn=self.secrets_key_arn), resources=["secrets"]
                ),
                upgrade_policy=EksClusterUpgradePolicy(support_type=cluster.support_type),
                zonal_shift_config=EksClusterZonalShiftConfig(enabled=cluster.zonal_shift),
                vpc_config=EksClusterVpcConfig(
                    subnet_ids=list(subnet_ids),
                    security_group_ids=[security_group_id],
                    endpoint_private_access=True,
                    endpoint_public_access=bool(cluster.public_access_cidrs),
                    public_access_cidrs=[str(block) for block in sorted(cluster.public_access_cidrs)] or None,
                ),
                kubernetes_network_config=self._kubernetes_network(),
                compute_config=EksClusterComputeConfig(
                    enabled=True,
                    node_pools=list(cluster.auto_mode.node_pools),
                    node_role_arn=auto_role.arn if auto_role else None,
                )
                if cluster.auto_mode is not None
                else None,
                storage_config=EksClusterStorageConfig(block_storage=EksClusterStorageConfigBlockStorage(enabled=True))
                if cluster.auto_mode is not None
                else None,
                deletion_protection=context.protect if cluster.eks_deletion_protection else None,
                lifecycle=TerraformResourceLifecycle(prevent_destroy=context.protect),
                depends_on=[*role.rights, *(auto_role.rights if auto_role else []), logs.resource],
            ),
        )
        for argument, value in newer_arguments(cluster).items():
            if argument != "deletion_protection":  # the bindings lack the others, or their newest blocks
                self.resource.add_override(argument, value)
        if cluster.public_access_cidrs:
            open_to = ", ".join(str(block) for block in sorted(cluster.public_access_cidrs))
            accepted(self.resource, CKV_AWS_39=f"Settings enable a public endpoint, restricted to {open_to}.")
        self.oidc_provider = self._oidc_provider()

    def _secrets_key(self, account: Account, protect: bool) -> KmsKey:
        return KmsKey(
            self,
            "secrets-key",
            platform_name=self.name,
            name="secrets",
            description=f"Encrypts Kubernetes Secrets of the cluster {self.name}",
            account_root_arn=account.root_arn,
            protect=protect,
        )

    def _role(self) -> Role:
        policies = [
            "AmazonEKSClusterPolicy",
            *(AUTO_MODE_CLUSTER_POLICIES if self.cluster.auto_mode is not None else ()),
        ]
        actions = ("sts:AssumeRole", "sts:TagSession") if self.cluster.auto_mode is not None else ("sts:AssumeRole",)
        return Role(
            self,
            "role",
            iam=self.iam,
            name=role_names.CLUSTER,
            trust=Trust("Service", ("eks.amazonaws.com",), actions),
            policy_arns=[self.iam.managed(policy) for policy in policies],
            statements=(
                Statement(
                    actions=("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"),
                    resources=(self.secrets_key_arn,),
                ),
            ),
        )

    def _auto_mode_node_role(self) -> Role:
        return Role(
            self,
            "auto-mode-node-role",
            iam=self.iam,
            name=role_names.AUTO_MODE_NODE,
            trust=Trust("Service", (PARTITIONS[self.iam.partition].ec2_principal,)),
            policy_arns=[self.iam.managed(policy) for policy in AUTO_MODE_NODE_POLICIES],
        )

    def _kubernetes_network(self) -> EksClusterKubernetesNetworkConfig | None:
        if self.cluster.service_cidr is None and self.cluster.auto_mode is None:
            return None
        return EksClusterKubernetesNetworkConfig(
            service_ipv4_cidr=str(self.cluster.service_cidr) if self.cluster.service_cidr is not None else None,
            elastic_load_balancing=EksClusterKubernetesNetworkConfigElasticLoadBalancing(enabled=True)
            if self.cluster.auto_mode is not None
            else None,
        )

    def _oidc_provider(self) -> OidcProvider:
        """The cluster's OIDC provider in IAM, which trusts the issuer's certificate without a thumbprint."""
        issuer = f"{self.resource.fqn}.identity[0].oidc[0].issuer"
        provider = addressed(
            "this",
            IamOpenidConnectProvider(self, "oidc-provider", url=f"${{{issuer}}}", client_id_list=[OIDC_AUDIENCE]),
        )
        return OidcProvider(arn=provider.arn, issuer_host=f'${{replace({issuer}, "https://", "")}}')

    @property
    def details(self) -> ClusterDetails:
        """What a node with an AMI of your own needs to join the cluster (tokens).

        Written out: within an expression, such as base64encode("…"), a token resolves without its ${}.
        """
        cluster = self.resource.fqn
        return ClusterDetails(
            name=f"${{{cluster}.name}}",
            endpoint=f"${{{cluster}.endpoint}}",
            certificate_authority_data=f"${{{cluster}.certificate_authority[0].data}}",
            service_cidr=f"${{{cluster}.kubernetes_network_config[0].service_ipv4_cidr}}",
        )

    @property
    def own_security_group_id(self) -> str:
        """The cluster security group created by EKS, for control plane interfaces and Fargate pods (token)."""
        return f"${{{self.resource.fqn}.vpc_config[0].cluster_security_group_id}}"
