"""What an API server knows before any CRD, and the order in which Helm sends objects to it."""

from collections.abc import Iterable
from typing import Any

_NAMESPACED = """
v1 ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret \
Service ServiceAccount
apps/v1 ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet
autoscaling/v1 HorizontalPodAutoscaler
autoscaling/v2 HorizontalPodAutoscaler
batch/v1 CronJob Job
coordination.k8s.io/v1 Lease
discovery.k8s.io/v1 EndpointSlice
networking.k8s.io/v1 Ingress NetworkPolicy
policy/v1 PodDisruptionBudget
rbac.authorization.k8s.io/v1 Role RoleBinding
storage.k8s.io/v1 CSIStorageCapacity
"""
_CLUSTER_WIDE = """
v1 Namespace Node PersistentVolume
admissionregistration.k8s.io/v1 MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding \
ValidatingWebhookConfiguration
apiextensions.k8s.io/v1 CustomResourceDefinition
apiregistration.k8s.io/v1 APIService
certificates.k8s.io/v1 CertificateSigningRequest
flowcontrol.apiserver.k8s.io/v1 FlowSchema PriorityLevelConfiguration
networking.k8s.io/v1 IngressClass
node.k8s.io/v1 RuntimeClass
rbac.authorization.k8s.io/v1 ClusterRole ClusterRoleBinding
scheduling.k8s.io/v1 PriorityClass
storage.k8s.io/v1 CSIDriver CSINode StorageClass VolumeAttachment
"""
# Of Helm 3, and of Helm 4 for the webhook configurations: Helm 3 sorts them among the kinds it does not know. Measured: with
# pods that are not ready, Helm 4's order makes a release fail that holds a webhook and its own custom resources.
INSTALL_ORDER = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
]

Object = dict[str, Any]
"""A Kubernetes object as YAML holds it."""
Key = tuple[str, str, str, str]
"""API group, kind, namespace or empty, name."""


def _table(text: str) -> set[tuple[str, str]]:
    rows = (line.split() for line in text.strip().splitlines())
    return {(version, kind) for version, *kinds in rows for kind in kinds}


NAMESPACED, CLUSTER_WIDE = _table(_NAMESPACED), _table(_CLUSTER_WIDE)


def group(api_version: str) -> str:
    """`apps` of `apps/v1`, empty for `v1`."""
    return api_version.rpartition("/")[0]


def in_install_order(objects: Iterable[Object]) -> list[Object]:
    """As Helm installs them: known kinds by its table, then the others by kind; the given order within a kind."""

    def rank(one: Object) -> tuple[int, str]:
        kind = one["kind"]
        return (INSTALL_ORDER.index(kind), "") if kind in INSTALL_ORDER else (len(INSTALL_ORDER), kind)

    return sorted(objects, key=rank)


def described(one: Object) -> str:
    """`Deployment kubeflow/katib-controller`, for messages."""
    meta = one["metadata"]
    place = f"{meta['namespace']}/" if meta.get("namespace") else ""
    return f"{one['kind']} {place}{meta['name']}"
