"""Hashes of an object's fields, detailed enough to name a change: `spec.template.spec.containers[main].image`."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from modules.kubeflow.manifest import Object
from modules.kubeflow.normalize import KEEP

WORKLOADS = ("CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "StatefulSet")
_DEPTH, _DEPTH_OF_WORKLOADS, _DEPTH_OF_TYPES = 3, 6, 2
_ROLES = ("ClusterRole", "Role", "ClusterRoleBinding", "RoleBinding")
_WHOLE_LISTS = ("env",)
"""Lists whose entries are hashed as a whole, at any depth."""
_WITHOUT = ("apiVersion", "kind", "metadata")
_RECORDED_WHOLE = ("rules", "roleRef", "subjects")
"""Fields of roles and bindings stored with values in the inventory."""


def digest(value: Any) -> str:
    """A short hash of a value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:6]


def field_digests(item: Object) -> dict[str, str]:
    """`{path: hash}` of an object's fields; list entries are identified by `name` if all have one.

    Each ClusterRole label has its own hash, since labels control aggregation.
    """
    kind = item["kind"]
    found = {f"metadata.{key}": digest(value) for key, value in item["metadata"].items() if key in ("finalizers",)}
    for key in ("labels", "annotations"):
        values = item["metadata"].get(key)
        if isinstance(values, dict) and (key == "annotations" or kind == "ClusterRole"):
            found |= {f"metadata.{key}.{name}": digest(value) for name, value in values.items() if name != KEEP}
        elif values:
            found[f"metadata.{key}"] = digest(values)
    without = (*_WITHOUT, *(_RECORDED_WHOLE if kind in _ROLES else ()))
    rest = {key: value for key, value in item.items() if key not in without}
    depth = _DEPTH_OF_WORKLOADS if kind in WORKLOADS else _DEPTH
    if kind == "CustomResourceDefinition":
        depth = _DEPTH_OF_TYPES
    return dict(sorted((found | dict(_walk(rest, "", depth) if rest else ())).items()))


def _walk(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    inner = _named(value)
    if depth == 0 or not inner:
        yield path, digest(value)
        return
    for key, one in inner.items():
        if not isinstance(value, list):
            yield from _walk(one, f"{path}.{key}" if path else key, depth - 1)
        elif path.rpartition(".")[2] in _WHOLE_LISTS:
            yield f"{path}[{key}]", digest(one)
        else:
            yield from _walk({name: inner for name, inner in one.items() if name != "name"}, f"{path}[{key}]", depth)


def _named(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {str(key): value[key] for key in sorted(value)}
    if isinstance(value, list) and all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in value):
        named = {one["name"]: one for one in value}
        return named if len(named) == len(value) else {}
    return {}
