"""What Helm and the API server refuse about an object that is there already, in their own words.

Sources: https://github.com/helm/helm/blob/v3.18.6/pkg/action/validate.go for ownership, and for what cannot change
https://github.com/kubernetes/kubernetes/tree/v1.35.0/pkg/apis (validation.go of each group) and
https://github.com/kubernetes/kubernetes/blob/v1.35.0/staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from .cluster import RELEASE_NAME, RELEASE_NAMESPACE, Cluster, Refused
from .kinds import Key, Object, group
from .pods import DEFAULT_CLASS

MANAGED_BY = "app.kubernetes.io/managed-by"
_UNITS = {"": 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_STATEFUL_SET = (
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
    "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
)
_CLAIM = "spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
_WHEN_IMMUTABLE = "Forbidden: field is immutable when `immutable` is set"

Say = Callable[[Any], str]
"""The message for a new value."""


def _immutable(path: str) -> Say:
    return lambda value: f"{path}: Invalid value: {json.dumps(value)}: field is immutable"


def _forbidden(path: str) -> Say:
    return lambda _: f"{path}: Forbidden: updates to {path} are forbidden."


_SELECTOR: Mapping[str, tuple[Any, Say]] = {"spec.selector": (None, _immutable("spec.selector"))}
_ROLE_REF: Mapping[str, tuple[Any, Say]] = {
    "roleRef": (None, lambda value: f"roleRef: Invalid value: {json.dumps(value)}: cannot change roleRef")
}
_FIXED: Mapping[str, Mapping[str, tuple[Any, Say]]] = {
    "ClusterRoleBinding": _ROLE_REF,
    "CSIDriver": {"spec.attachRequired": (True, _immutable("spec.attachRequired"))},
    "CustomResourceDefinition": {"spec.scope": (None, _immutable("spec.scope"))},
    "DaemonSet": _SELECTOR,
    "Deployment": _SELECTOR,
    "IngressClass": {"spec.controller": (None, _immutable("spec.controller"))},
    "Job": {
        "spec.completionMode": ("NonIndexed", _immutable("spec.completionMode")),
        "spec.template": (None, lambda _: "spec.template: Invalid value: core.PodTemplateSpec{…}: field is immutable"),
    },
    "PersistentVolumeClaim": {
        path: (filled, lambda _: _CLAIM)
        for path, filled in (
            ("spec.accessModes", None),
            ("spec.dataSource", None),
            ("spec.selector", None),
            ("spec.storageClassName", None),
            ("spec.volumeMode", "Filesystem"),
            ("spec.volumeName", None),
        )
    },
    "PriorityClass": {"value": (None, lambda _: "value: Forbidden: may not be changed in an update.")},
    "ReplicaSet": _SELECTOR,
    "RoleBinding": _ROLE_REF,
    "RuntimeClass": {"handler": (None, _immutable("handler"))},
    "Secret": {"type": ("Opaque", _immutable("type"))},
    "Service": {
        "spec.clusterIP": (
            None,
            lambda value: (
                f"spec.clusterIPs[0]: Invalid value: {json.dumps([value])}: may not change once set"
                if value is not None
                else "spec.clusterIPs[0]: Invalid value: null: primary clusterIP can not be unset"
            ),
        )
    },
    "StatefulSet": {
        path: (filled, lambda _: _STATEFUL_SET)
        for path, filled in (
            ("spec.podManagementPolicy", "OrderedReady"),
            ("spec.selector", None),
            ("spec.serviceName", None),
            ("spec.volumeClaimTemplates", None),
        )
    },
    "StorageClass": {
        "parameters": (None, _forbidden("parameters")),
        "provisioner": (None, _forbidden("provisioner")),
        "reclaimPolicy": ("Delete", _forbidden("reclaimPolicy")),
        "volumeBindingMode": ("Immediate", _immutable("volumeBindingMode")),
    },
}
"""By kind: the path, what the server fills in where an object names nothing, and the message."""


def refuse_foreign(
    cluster: Cluster, objects: Collection[Object], owner: tuple[str, str], before: Collection[Object]
) -> None:
    """Helm's check of ownership: of each object that the release did not have before.

    Args:
        cluster: as it is now.
        objects: of the release.
        owner: namespace and name of the release.
        before: objects of the release's last revision, which Helm does not look at.

    Raises:
        Refused: another release, or none, owns an object that is there.
    """
    namespace, release = owner
    own: set[Key] = {cluster.key(one, namespace) for one in before if cluster.is_namespaced(one) is not None}
    for one in objects:
        key = cluster.key(one, namespace)
        old = cluster.objects.get(key)
        causes = [] if old is None or key in own else list(_not_owned(old, namespace, release))
        if causes:
            action = "update" if before else "install"
            raise Refused(
                f"Unable to continue with {action}",
                f'{key[1]} "{key[3]}" in namespace "{key[2]}" exists and cannot be imported into the current release: '
                f"invalid ownership metadata; {'; '.join(causes)}",
            )


def _not_owned(old: Object, namespace: str, release: str) -> Iterator[str]:
    labels, notes = (old["metadata"].get(part) or {} for part in ("labels", "annotations"))
    for what, values, key, wanted, words in (
        ("label", labels, MANAGED_BY, "Helm", "set to"),
        ("annotation", notes, RELEASE_NAME, release, "set to"),
        ("annotation", notes, RELEASE_NAMESPACE, namespace, "set to"),
    ):
        if key not in values:
            yield f'{what} validation error: missing key "{key}": must be {words} "{wanted}"'
        elif values[key] != wanted:
            yield f'{what} validation error: key "{key}" must equal "{wanted}": current value is "{values[key]}"'


def refused_changes(cluster: Cluster, old: Object, new: Object) -> list[str]:
    """What the API server says about an update; empty when it takes it.

    Args:
        cluster: knows the default StorageClass.
        old: the object as it is stored.
        new: the object as it would be.
    """
    kind = new["kind"]
    found = []
    for path, (filled, say) in _FIXED.get(kind, {}).items():
        before, after = value_at(old, path), value_at(new, path)
        if path == "spec.storageClassName":
            filled = _default_class(cluster)
        if (filled if before is None else before) != (filled if after is None else after):
            found.append(say(after))
    if kind in ("ConfigMap", "Secret") and old.get("immutable"):
        found += [
            f"{part}: {_WHEN_IMMUTABLE}"
            for part in ("immutable", "data", "binaryData", "stringData")
            if old.get(part) != new.get(part)
        ]
    if kind == "PersistentVolumeClaim":
        found += _shrunk(old, new)
    if kind == "CustomResourceDefinition":
        found += _dropped_versions(old, new)
    return list(dict.fromkeys(found))


def message(one: Object, causes: Collection[str]) -> tuple[str, str]:
    """Summary and detail of Helm's error for an update that the API server refuses."""
    kind, name, api_group = one["kind"], one["metadata"]["name"], group(one["apiVersion"])
    said = next(iter(causes)) if len(causes) == 1 else f"[{', '.join(causes)}]"
    return (
        f'cannot patch "{name}" with kind {kind}',
        f'{kind}{f".{api_group}" if api_group else ""} "{name}" is invalid: {said}',
    )


def with_stored_versions(old: Object | None, new: Object) -> Object:
    """A CustomResourceDefinition with the versions that its objects may be stored in; others as they are."""
    if new["kind"] != "CustomResourceDefinition":
        return new
    now = [one["name"] for one in new["spec"]["versions"] if one.get("storage")]
    return {**new, "status": {"storedVersions": list(dict.fromkeys([*_stored(old), *now]))}}


def _stored(crd: Object | None) -> list[str]:
    return list(((crd or {}).get("status") or {}).get("storedVersions") or ())


def _dropped_versions(old: Object, new: Object) -> list[str]:
    kept = {one["name"] for one in new["spec"]["versions"]}
    return [
        f'status.storedVersions[{at}]: Invalid value: "{name}": missing from spec.versions; {name} was previously a storage '
        f"version, and must remain in spec.versions until a storage migration ensures no data remains persisted in {name} and "
        f"removes {name} from status.storedVersions"
        for at, name in enumerate(_stored(old))
        if name not in kept
    ]


def _shrunk(old: Object, new: Object) -> list[str]:
    sizes = [value_at(one, "spec.resources.requests.storage") for one in (old, new)]
    if None in sizes or _bytes(sizes[1]) >= _bytes(sizes[0]):
        return []
    return ["spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"]


def _bytes(size: str) -> Decimal:
    number = size.rstrip("kKMGTi")
    return Decimal(number) * _UNITS[size[len(number) :]]


def _default_class(cluster: Cluster) -> str | None:
    for one in cluster.of_kind("StorageClass"):
        if (one["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) == "true":
            return str(one["metadata"]["name"])
    return None


def value_at(one: Object, path: str) -> Any:
    """The value at a dotted path; None when there is none."""
    value: Any = one
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value
