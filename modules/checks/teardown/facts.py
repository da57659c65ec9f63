"""What the plan of a teardown is derived from: one platform's settings and documents."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from modules.aws_data.stateful_types import STATEFUL_TYPES
from modules.checks.inputs import Documents
from modules.kubeflow.chosen import chosen_components
from modules.settings import Cluster, ExistingCluster, Kubeflow, Network, Platform

_EXPRESSION = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True)
class Resource:
    """One resource of a stack."""

    stack: str
    kind: str
    name: str
    body: Mapping[str, Any]

    @property
    def address(self) -> str:
        """`<stack>/<type>.<name>`."""
        return f"{self.stack}/{self.kind}.{self.name}"

    @property
    def is_protected(self) -> bool:
        """Whether Terraform refuses to destroy it."""
        return bool(self.body.get("lifecycle", {}).get("prevent_destroy"))

    def text(self, key: str) -> str:
        """An argument with `…` for what is known only at apply."""
        return _EXPRESSION.sub("…", str(self.body.get(key, "")))


@dataclass(frozen=True)
class Facts:
    """One platform.

    Args:
        platform: platform with valid settings.
        stacks: stack name to its `cdk.tf.json`, in apply order.
    """

    platform: Platform
    stacks: Documents

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """All managed resources, in apply order."""
        return tuple(
            Resource(stack, kind, name, body)
            for stack, document in self.stacks.items()
            for kind, bodies in document.get("resource", {}).items()
            for name, body in bodies.items()
        )

    def of(self, kind: str) -> Iterator[Resource]:
        """Resources of one Terraform type."""
        return (one for one in self.resources if one.kind == kind)

    @property
    def stateful(self) -> list[Resource]:
        """Resources whose type holds data."""
        return [one for one in self.resources if one.kind in STATEFUL_TYPES]

    @property
    def kubeflow(self) -> Kubeflow:
        """Settings of the components; without components: nothing is installed."""
        return self.platform.kubeflow or Kubeflow()

    @cached_property
    def components(self) -> frozenset[str]:
        """Names of components that the cluster has, preinstalled ones included."""
        if self.platform.kubeflow is None:
            return frozenset()
        return frozenset({one.name for one in chosen_components(self.kubeflow)} | {*self.kubeflow.preinstalled})

    @cached_property
    def addons(self) -> frozenset[str]:
        """Names of the EKS add-ons of a new cluster."""
        return frozenset(str(one.body["addon_name"]) for one in self.of("aws_eks_addon"))

    @property
    def cluster_name(self) -> str:
        """Name of the EKS cluster."""
        cluster = self.platform.cluster
        return cluster.name if isinstance(cluster, ExistingCluster) else self.platform.name

    @property
    def own_cluster(self) -> bool:
        """Whether the platform creates the cluster."""
        return isinstance(self.platform.cluster, Cluster)

    @property
    def own_network(self) -> bool:
        """Whether the platform creates the VPC."""
        return isinstance(self.platform.network, Network)

    @property
    def auto_mode(self) -> bool:
        """Whether EKS operates nodes."""
        return isinstance(self.platform.cluster, Cluster) and self.platform.cluster.auto_mode is not None
