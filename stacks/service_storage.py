"""Configured storage of artifacts, files, images and metrics, in the services stack."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modules.cluster.outputs import ClusterOutputs
from modules.iam import role_names
from modules.iam.oidc_role import service_account_role
from modules.kubeflow.values import PROMETHEUS
from modules.managed_prometheus import ExistingPrometheusWorkspace, PrometheusWorkspace, remote_write
from modules.naming import aws_name
from modules.settings import (
    ArtifactBucket,
    Cluster,
    Efs,
    ExistingBucket,
    ExistingCluster,
    FsxLustre,
    Kubeflow,
    ManagedPrometheus,
    Network,
)
from modules.settings.services import Services
from modules.storage.artifact_bucket import ArtifactStore, ExistingArtifactStore
from modules.storage.efs import EfsFileSystem, ExistingEfsFileSystem
from modules.storage.fsx import LustreFileSystem, lustre_reads_objects
from modules.storage.placement import ExistingSubnets, NetworkPlacement
from modules.storage.repositories import ImageRepositories, PullThroughCache
from stacks.cluster import ClusterStack
from stacks.network import NetworkStack
from stacks.service_network import ServiceNetwork
from stacks.stack import PlatformStack


@dataclass
class ServiceStorage:
    """Each method creates one kind and returns its outputs; outputs of disabled services are omitted.

    Args:
        stack: services stack.
        cluster: its cluster.
        network: network placement of services.
    """

    stack: PlatformStack
    cluster: ClusterOutputs
    network: ServiceNetwork

    def __post_init__(self) -> None:
        self.platform, self.account = self.stack.platform, self.stack.account
        self.protect = self.platform.deletion_protection
        self._placement: NetworkPlacement | None = None

    def outputs(self, kubeflow: Kubeflow) -> dict[str, Any]:
        """Create all configured services."""
        services = kubeflow.services
        made = self._artifacts(services)
        made |= self._files(services, made.get("artifact_bucket"))
        made |= self._repositories(services)
        return made | self._metrics(kubeflow)

    def _artifacts(self, services: Services) -> dict[str, Any]:
        settings, fsx = services.artifacts, services.fsx
        store: ArtifactStore | ExistingArtifactStore
        if isinstance(settings, ArtifactBucket):
            linked = isinstance(fsx, FsxLustre) and fsx.linked_bucket is not None and fsx.linked_bucket.bucket is None
            store = ArtifactStore(
                self.stack,
                "artifacts",
                context=self.stack.context,
                settings=settings,
                key_statements=[lustre_reads_objects(self.account)] if linked else (),
            )
        elif isinstance(settings, ExistingBucket):
            store = ExistingArtifactStore(self.stack, "artifacts", name=settings.name, kms_key_arn=settings.kms_key_arn)
        else:
            return {}
        return {
            "artifact_bucket": store.name,
            "artifact_bucket_arn": store.arn,
            "artifact_kms_key_arn": store.kms_key_arn,
        }

    def _files(self, services: Services, artifact_bucket: str | None) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if isinstance(services.efs, Efs):
            made["efs_file_system_id"] = EfsFileSystem(
                self.stack,
                "efs",
                context=self.stack.context,
                settings=services.efs,
                placement=self.placement(),
            ).id
        elif services.efs is not None:
            made["efs_file_system_id"] = ExistingEfsFileSystem(
                self.stack, "efs", file_system_id=services.efs.file_system_id
            ).id
        return made | self._lustre(services, artifact_bucket)

    def _lustre(self, services: Services, artifact_bucket: str | None) -> dict[str, Any]:
        settings = services.fsx
        if settings is None:
            return {}
        if not isinstance(settings, FsxLustre):
            return {
                "fsx_file_system_id": settings.file_system_id,
                "fsx_dns_name": f"{settings.file_system_id}.fsx.{self.account.region}.{self.account.dns_suffix}",
                "fsx_mount_name": settings.mount_name,
            }
        link = settings.linked_bucket
        made = LustreFileSystem(
            self.stack,
            "fsx",
            context=self.stack.context,
            settings=settings,
            placement=self.placement(),
            bucket=(link.bucket or artifact_bucket) if link is not None else None,
        )
        return {
            "fsx_file_system_id": made.resource.id,
            "fsx_dns_name": made.resource.dns_name,
            "fsx_mount_name": made.resource.mount_name,
            "fsx_security_group_id": made.security_group_id,
        }

    def _repositories(self, services: Services) -> dict[str, Any]:
        settings = services.repositories
        if settings is None:
            return {}
        made: dict[str, Any] = {}
        if settings.names:
            made["repository_urls"] = ImageRepositories(
                self.stack,
                "repositories",
                context=self.stack.context,
                settings=settings,
            ).urls
        if settings.pull_through:
            cache = PullThroughCache(
                self.stack,
                "pull-through",
                context=self.stack.context,
                settings=settings,
                node_role_names=self._node_role_names(),
            )
            made |= {"pull_through_prefixes": cache.prefixes, "pull_through_policy_arn": cache.policy_arn}
        return made

    def _node_role_names(self) -> Mapping[str, str]:
        """Role names of created node groups and of EKS Auto Mode; the cluster stack's output has ARNs, but attachments need names."""
        cluster = self.platform.cluster
        if isinstance(cluster, ExistingCluster):
            return {}
        found = {}
        if cluster.node_groups:
            arns = self.stack.upstream_stack(ClusterStack).expression("node_role_arns")
            found = {group.name: f'${{basename({arns}["{group.name}"])}}' for group in cluster.node_groups}
        if cluster.auto_mode is not None:
            found[role_names.AUTO_MODE_NODE] = aws_name(self.platform.name, role_names.AUTO_MODE_NODE)
        return found

    def _metrics(self, kubeflow: Kubeflow) -> dict[str, Any]:
        settings = kubeflow.services.metrics
        if settings is None:
            return {}
        workspace: PrometheusWorkspace | ExistingPrometheusWorkspace
        if isinstance(settings, ManagedPrometheus):
            workspace = PrometheusWorkspace(
                self.stack,
                "metrics",
                context=self.stack.context,
                log_retention_days=settings.log_retention_days,
            )
        else:
            workspace = ExistingPrometheusWorkspace(self.stack, "metrics", workspace_id=settings.workspace_id)
        role = service_account_role(
            self.stack,
            "prometheus",
            auth=kubeflow.service_account_auth,
            oidc_provider=self.cluster.oidc_provider,
            cluster_name=self.cluster.cluster_name,
            iam=self.stack.iam,
            name=role_names.PROMETHEUS,
            namespace="monitoring",
            service_account=PROMETHEUS,
            statements=remote_write(workspace.arn),
        )
        return {
            "metrics_workspace_arn": workspace.arn,
            "metrics_remote_write_url": workspace.remote_write_url,
            "metrics_role_arn": role.arn,
        }

    def placement(self) -> NetworkPlacement:
        """Network placement of file systems; read once, since each value read is an input of the stack."""
        if self._placement is None:
            network, cluster = self.platform.network, self.platform.cluster
            subnets = (
                ExistingSubnets(self.stack, "subnets", subnet_ids=self.network.private_subnet_ids).ids_by_zone
                if isinstance(cluster, ExistingCluster)
                else self.stack.upstream_stack(NetworkStack).expression("private_subnet_ids_by_zone")
            )
            self._placement = NetworkPlacement(
                vpc_id=self.network.vpc_id,
                subnet_ids_by_zone=subnets,
                zones=self.platform.zone_names() if isinstance(network, Network) else (),
                clients=self.network.pod_security_group_ids,
                clients_are_ours=isinstance(cluster, Cluster),
            )
        return self._placement
