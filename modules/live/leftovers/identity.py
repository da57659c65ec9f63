"""How a resource in AWS is recognized as one of a platform."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from modules.checks.teardown.outside import CLUSTER_TAG, CNI_TAG, EKS_TAG, ELB_TAG

PLATFORM_TAG = "kubeflow-platform"
"""Tag of all resources that Terraform creates for a platform; see `modules.naming`."""
CLUSTER_TAGS = (ELB_TAG, CNI_TAG, EKS_TAG, "aws:eks:cluster-name", "eks:cluster-name")
"""Tags whose value is the name of the cluster."""
OBJECT_TAGS = ("service.k8s.aws/stack", "ingress.k8s.aws/stack", "kubernetes.io/service-name")
"""Tags whose value is `<namespace>/<name>` of the object that a resource is for."""
CLAIM_TAG = "kubernetes.io/created-for/pvc/namespace"
"""Namespace of a volume's claim.

Source: https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/pkg/driver/controller.go
"""

Tags = Mapping[str, str]


def tags_of(listed: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """Tags as a mapping; most services return a list of `Key` and `Value`."""
    return {str(one["Key"]): str(one.get("Value", "")) for one in listed or ()}


@dataclass(frozen=True)
class Identity:
    """What a platform's resources have in common.

    Args:
        platform: name of the platform.
        cluster: name of the EKS cluster.
        owns_cluster: whether the platform creates the cluster. In an existing cluster only what is for its namespaces belongs to it.
        vpc_ids: VPCs that the platform creates.
        namespaces: its namespaces; used for an existing cluster.
        log_groups: names of its log groups.
        zone_ids: Route 53 zones of external-dns.
        pull_prefixes: prefixes of the pull-through cache, with a slash at the end.
        handles: volumes and access points that PersistentVolumes named before the teardown.
        file_systems: existing EFS file systems.
        recorded: ids in states that are not empty: what Terraform still destroys.
    """

    platform: str
    cluster: str
    owns_cluster: bool
    vpc_ids: frozenset[str] = frozenset()
    namespaces: frozenset[str] = frozenset()
    log_groups: tuple[str, ...] = ()
    zone_ids: tuple[str, ...] = ()
    pull_prefixes: tuple[str, ...] = ()
    handles: frozenset[str] = frozenset()
    file_systems: tuple[str, ...] = ()
    recorded: frozenset[str] = frozenset()

    def mark(self, tags: Tags) -> str:
        """The tag by which a resource belongs to the platform; empty: it does not."""
        if PLATFORM_TAG in tags:
            return f"tag {PLATFORM_TAG}={self.platform}" if tags[PLATFORM_TAG] == self.platform else ""
        mark = self._of_cluster(tags)
        if not mark or self.owns_cluster:
            return mark
        namespaces = {tags[key].partition("/")[0] for key in OBJECT_TAGS if "/" in tags.get(key, "")}
        namespaces |= {tags[CLAIM_TAG]} if CLAIM_TAG in tags else set()
        found = sorted(namespaces & self.namespaces)
        return f"{mark}, for namespace {found[0]}" if found else ""

    def is_of_other(self, tags: Tags) -> bool:
        """Whether a tag names another platform or another cluster."""
        if tags.get(PLATFORM_TAG, self.platform) != self.platform:
            return True
        owned = f"{CLUSTER_TAG}{self.cluster}"
        return any(
            (key in CLUSTER_TAGS and value != self.cluster) or (key.startswith(CLUSTER_TAG) and key != owned)
            for key, value in tags.items()
        )

    def _of_cluster(self, tags: Tags) -> str:
        for key in CLUSTER_TAGS:
            if tags.get(key) == self.cluster:
                return f"tag {key}={self.cluster}"
        owned = f"{CLUSTER_TAG}{self.cluster}"
        return f"tag {owned}=owned" if tags.get(owned) == "owned" else ""
