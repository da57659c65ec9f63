"""Network placement of services: from earlier stacks, or from an existing cluster."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Protocol

from constructs import Construct

from modules.cluster.existing_nodes import ExistingNodes
from modules.cluster.existing_subnets import PrivateSubnets
from modules.settings import Cluster, ExistingCluster
from stacks.cluster import ClusterStack
from stacks.network import NetworkStack
from stacks.stack import PlatformStack


class ServiceNetwork(Protocol):
    """Network attributes, read lazily: each value read becomes an input of an exported stack."""

    @property
    def vpc_id(self) -> str:
        """Id of the VPC (token)."""

    @property
    def private_subnet_ids(self) -> Sequence[str]:
        """Private subnets (token of type list(string), or ids)."""

    @property
    def public_subnet_ids(self) -> Sequence[str]:
        """Subnets for a public load balancer (token of type list(string), or ids); may be empty."""

    @property
    def node_security_group_id(self) -> str:
        """Security group of nodes, and so of most pods (token, or an id)."""

    @property
    def pod_security_group_ids(self) -> Mapping[str, str]:
        """Security groups of pods: `nodes`, and `cluster_group` for EKS Auto Mode and Fargate."""

    @property
    def load_balancer_security_group_id(self) -> str | None:
        """Security group allowed by the gateway's pods (token); None on an existing cluster."""


class PlatformNetwork:
    """The network and cluster stacks of the platform.

    Args:
        stack: consuming stack.
    """

    def __init__(self, stack: PlatformStack) -> None:
        self._stack = stack

    @property
    def vpc_id(self) -> str:
        """Output of the network stack."""
        return self._stack.upstream_stack(NetworkStack).string("vpc_id")

    @property
    def private_subnet_ids(self) -> Sequence[str]:
        """Output of the network stack."""
        return self._stack.upstream_stack(NetworkStack).strings("private_subnet_ids")

    @property
    def public_subnet_ids(self) -> Sequence[str]:
        """Output of the network stack."""
        return self._stack.upstream_stack(NetworkStack).strings("public_subnet_ids")

    @property
    def node_security_group_id(self) -> str:
        """Output of the cluster stack."""
        return self._stack.upstream_stack(ClusterStack).string("node_security_group_id")

    @property
    def pod_security_group_ids(self) -> Mapping[str, str]:
        """Outputs of the cluster stack."""
        cluster, ids = self._stack.platform.cluster, {"nodes": self.node_security_group_id}
        if isinstance(cluster, Cluster) and cluster.uses_cluster_group:
            ids["cluster_group"] = self._stack.upstream_stack(ClusterStack).string("cluster_security_group_id")
        return ids

    @property
    def load_balancer_security_group_id(self) -> str | None:
        """Output of the cluster stack."""
        return self._stack.upstream_stack(ClusterStack).string("load_balancer_security_group_id")


class ExistingClusterNetwork:
    """Attributes of an existing cluster, or from settings.

    Args:
        cluster: cluster settings.
        data: address of its data source.
        nodes: its nodes.
        scope: parent of what is looked up when it is read first.
    """

    load_balancer_security_group_id: str | None = None

    def __init__(self, cluster: ExistingCluster, data: str, nodes: ExistingNodes, scope: Construct) -> None:
        self._cluster = cluster
        self._data = data
        self._scope = scope
        self._vpc = f"{data}.vpc_config[0]"
        self._nodes = nodes

    @property
    def vpc_id(self) -> str:
        """The cluster's."""
        return f"${{{self._vpc}.vpc_id}}"

    @property
    def private_subnet_ids(self) -> Sequence[str]:
        """From settings; default: subnets of the cluster without a route to an internet gateway."""
        return self._cluster.private_subnet_ids or self._private_subnets.ids

    @cached_property
    def _private_subnets(self) -> PrivateSubnets:
        return PrivateSubnets(self._scope, "private-subnets", cluster_data=self._data, cluster_name=self._cluster.name)

    @property
    def public_subnet_ids(self) -> Sequence[str]:
        """From settings."""
        return self._cluster.public_subnet_ids

    @property
    def node_security_group_id(self) -> str:
        """From settings; default: looked up."""
        return self._nodes.security_group_id

    @property
    def pod_security_group_ids(self) -> Mapping[str, str]:
        """Security group of its nodes."""
        return {"nodes": self.node_security_group_id}
