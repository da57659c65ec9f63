"""Context of components: their cluster, and AWS resources in their own stack."""

from collections.abc import Collection

from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment

from modules.cluster.connection import ClusterConnection
from modules.cluster.existing_nodes import ExistingNodes
from modules.kubeflow.behaviours import BEHAVIOURS
from modules.kubeflow.chosen import AUTO_MODE_POOLS
from modules.kubeflow.components.karpenter.infrastructure import KarpenterInfrastructure
from modules.log_group import LogGroup
from modules.naming import addressed
from modules.settings import Cluster, ExistingNetwork, Kubeflow
from stacks.cluster import ClusterStack
from stacks.cluster_target import cluster_of
from stacks.external_services import artifact_bucket
from stacks.services import ServicesStack
from stacks.stack import PlatformStack


class ComponentContext:
    """Configures cluster access of a stack, and creates AWS resources for its components.

    Args:
        stack: parent stack, which reads earlier stacks.
        kubeflow: Kubeflow settings.
        names: names of its components.
        writes_secrets: whether Terraform itself writes Kubernetes Secrets.
    """

    def __init__(
        self, stack: PlatformStack, kubeflow: Kubeflow, names: Collection[str], *, writes_secrets: bool
    ) -> None:
        self.stack, self.kubeflow = stack, kubeflow
        self.target, found = cluster_of(stack)
        connection = ClusterConnection(
            stack,
            "sign-in",
            cluster_name=self.target.cluster_name,
            region=stack.platform.region,
            method=stack.platform.provider_auth(),
            kubernetes=writes_secrets,
            found=found,
        )
        self.vpc_id = f"${{{connection.cluster.fqn}.vpc_config[0].vpc_id}}"
        self.kubernetes_version = connection.cluster.version
        self.node_security_group_id = ""
        if "karpenter-node-pools" in names:
            self.node_security_group_id = self._node_security_group_id(connection.cluster.fqn)
        elif AUTO_MODE_POOLS in names:  # the group that nodes of the built-in pools have
            self.node_security_group_id = stack.upstream_stack(ClusterStack).string("cluster_security_group_id")
        self.karpenter = self._karpenter() if "karpenter" in names else None
        self.pod_logs = self._pod_logs() if "aws-for-fluent-bit" in names else None
        uses_bucket = any(BEHAVIOURS[name].artifact_bucket for name in names if name in BEHAVIOURS)
        self.bucket = artifact_bucket(stack, kubeflow) if uses_bucket else None

    def _node_security_group_id(self, cluster_data: str) -> str:
        """Of an existing cluster: what its nodes have, so that Karpenter's nodes and they reach each other."""
        cluster = self.stack.platform.cluster
        if isinstance(cluster, Cluster):
            return self.stack.upstream_stack(ClusterStack).string("node_security_group_id")
        return ExistingNodes(
            self.stack,
            "existing-nodes",
            cluster_data=cluster_data,
            cluster_name=cluster.name,
            security_group_id=cluster.node_security_group_id,
        ).security_group_id

    def _karpenter(self) -> KarpenterInfrastructure:
        network, repositories = self.stack.platform.network, self.kubeflow.services.repositories
        made = KarpenterInfrastructure(
            self.stack,
            "karpenter-infrastructure",
            iam=self.stack.iam,
            cluster_name=self.target.cluster_name,
            tag_subnet_ids=network.private_subnet_ids
            if isinstance(network, ExistingNetwork) and network.tag_subnets
            else (),
            grouped_pools=[pool.name for pool in self.kubeflow.node_pools if pool.efa],
        )
        if repositories is not None and repositories.pull_through:
            policy_arn = self.stack.upstream_stack(ServicesStack).string("pull_through_policy_arn")
            addressed(
                "karpenter_node_pull_through",
                IamRolePolicyAttachment(self.stack, "pull-through", role=made.node_role_name, policy_arn=policy_arn),
            )
        return made

    def _pod_logs(self) -> LogGroup:
        platform = self.stack.platform
        return LogGroup(
            self.stack,
            "pod-logs",
            account=self.stack.account,
            platform_name=platform.name,
            name="pod_logs",
            log_group_name=f"/aws/eks/{platform.name}/pods",
            retention_days=self.kubeflow.pod_log_retention_days,
            protect=platform.deletion_protection,
        )
