"""Scope of object types: namespaced or cluster-scoped.

Source: https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/
"""

from collections.abc import Iterable, Mapping

from modules.kubeflow.manifest import Identity, Object

KUBERNETES_GROUPS = frozenset((
    "",
    "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps",
    "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io",
    "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io",
    "networking.k8s.io", "node.k8s.io", "policy", "rbac.authorization.k8s.io", "resource.k8s.io",
    "scheduling.k8s.io", "storage.k8s.io",
))  # fmt: skip
"""Kubernetes' own API groups."""
CLUSTER_SCOPED = frozenset((
    "APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole", "ClusterRoleBinding",
    "CustomResourceDefinition", "DeviceClass", "FlowSchema", "IngressClass", "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration", "Namespace", "Node", "PersistentVolume",
    "PriorityClass", "PriorityLevelConfiguration", "RuntimeClass", "StorageClass", "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeAttributesClass",
))  # fmt: skip
"""Cluster-scoped kinds of Kubernetes."""


def scopes(objects: Iterable[Object]) -> dict[tuple[str, str], bool]:
    """`{(group, kind): whether it is namespaced}` of the CRDs among the objects."""
    return {
        (item["spec"]["group"], item["spec"]["names"]["kind"]): item["spec"]["scope"] == "Namespaced"
        for item in objects
        if item["kind"] == "CustomResourceDefinition"
    }


def in_namespace(found: Identity, known: Mapping[tuple[str, str], bool]) -> bool:
    """Whether an object is namespaced.

    Raises:
        ValueError: it has no namespace and its type is unknown.
    """
    scope = known.get((found.group, found.kind))
    if scope is None and found.group not in KUBERNETES_GROUPS:
        if found.namespace:
            return True
        raise ValueError(f"{found}: has no namespace, and no CRD defines the scope of {found.type}")
    return scope if scope is not None else found.kind not in CLUSTER_SCOPED
