"""Immutable fields by kind, with the API server's default values.

Source: https://github.com/kubernetes/kubernetes/tree/v1.35.0/pkg/apis (validation.go of each group, `Validate…Update`)
"""

from collections.abc import Mapping
from typing import Any

from modules.kubeflow.manifest import Object
from modules.upgrade.digests import digest

SIZE = "spec.resources.requests.storage"
"""Size of a claim: it can grow if the StorageClass allows expansion, and cannot shrink."""
_FIXED: Mapping[str, Mapping[str, Any]] = {
    "ClusterRoleBinding": {"roleRef": None},
    "CSIDriver": {"spec.attachRequired": True, "spec.volumeLifecycleModes": ["Persistent"]},
    "CustomResourceDefinition": {"spec.scope": None},
    "DaemonSet": {"spec.selector": None},
    "Deployment": {"spec.selector": None},
    "IngressClass": {"spec.controller": None},
    "Job": {"spec.selector": None, "spec.completionMode": "NonIndexed"},
    "PersistentVolume": {"spec.csi": None, "spec.nfs": None},
    "PersistentVolumeClaim": {
        "spec.accessModes": None,
        "spec.dataSource": None,
        SIZE: None,
        "spec.selector": None,
        "spec.storageClassName": None,
        "spec.volumeMode": "Filesystem",
        "spec.volumeName": None,
    },
    "PriorityClass": {"value": None, "preemptionPolicy": "PreemptLowerPriority"},
    "ReplicaSet": {"spec.selector": None},
    "RoleBinding": {"roleRef": None},
    "RuntimeClass": {"handler": None},
    "Secret": {"type": "Opaque"},
    "Service": {"spec.clusterIP": None},
    "StatefulSet": {
        "spec.podManagementPolicy": "OrderedReady",
        "spec.selector": None,
        "spec.serviceName": None,
        "spec.volumeClaimTemplates": None,
    },
    "StorageClass": {
        "parameters": None,
        "provisioner": None,
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "Immediate",
    },
}
_HASHED: Mapping[str, tuple[str, ...]] = {
    "ConfigMap": ("data", "binaryData"),
    "Secret": ("data", "stringData"),
}
"""Fields that are immutable if the object has `immutable: true`."""


def fixed_fields(item: Object) -> dict[str, Any]:
    """`{path: value}` of immutable fields; a Job's pod template and a ConfigMap's content as hashes."""
    kind = item["kind"]
    found = {path: value_at(item, path) for path in _FIXED.get(kind, {})}
    found = {path: _FIXED[kind][path] if value is None else value for path, value in found.items()}
    if kind == "Job":
        found["spec.template"] = digest(item["spec"]["template"])
    if item.get("immutable"):
        found |= {path: digest(item[path]) for path in _HASHED.get(kind, ()) if item.get(path)}
    return {path: value for path, value in found.items() if value is not None}


def value_at(item: Object, path: str) -> Any:
    """The value at a dotted path, or None."""
    value: Any = item
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value
