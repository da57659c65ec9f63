"""A stand-in cluster as the recorded version left it: every object with its owner and all that cannot change in place."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from modules.kubeflow.manifest import TOKEN
from modules.upgrade.digests import digest
from modules.upgrade.records import Inventory, Record
from tests.stand_ins.providers import Cluster, Release
from tests.stand_ins.providers.cluster import RELEASE_NAME, RELEASE_NAMESPACE
from tests.stand_ins.providers.kinds import Key, Object
from tests.stand_ins.providers.refusals import MANAGED_BY, value_at

AT_APPLY = "known-at-apply"
"""What `platform_objects.known_at_apply` puts in the place of a value that is known at apply."""
HOST = "https://recorded.example"
KEEP = {"helm.sh/resource-policy": "keep"}
OF_OFFICIAL_CHARTS = (("secrets-store.csi.x-k8s.io", "SecretProviderClass", "v1"),)
"""Object types that releases use and that no inventory has: an official chart brings them."""
_HASH_LENGTH = len(digest(None))


def installed(inventory: Inventory, chosen: Mapping[str, str], now: Sequence[Object]) -> Cluster:
    """A cluster with every release of some components of a recorded version, and an object of each object type.

    Args:
        inventory: the recorded version.
        chosen: `{component: variant}`.
        now: objects of the version that comes next: a field of which only a hash is recorded has their value where it is the same.
    """
    cluster = Cluster(HOST, asks_webhooks=False)
    for group, kind, version in OF_OFFICIAL_CHARTS:
        cluster.put(_object_type(group, kind, version))
    contents = {(one["apiVersion"].rpartition("/")[0], one["kind"], _place(one)): one for one in now}
    for component, variant in sorted(chosen.items()):
        found = inventory.components[component]
        by_release: dict[str, list[Object]] = {}
        for record in (one for one in found.of_variant(variant) if not one.hook):
            one = _object(record, found.namespace, contents)
            by_release.setdefault(record.release, []).append(one)
            cluster.objects[_key(record)] = one
        for release, objects in by_release.items():
            cluster.releases[found.namespace, release] = Release(
                release, found.namespace, 1, {"name": release, "version": "0.0.0"}, {}, "deployed",
                objects, [], "", None, 0, 0,
            )  # fmt: skip
    return cluster


def _object(record: Record, namespace: str, contents: Mapping[tuple[str, str, str], Object]) -> Object:
    group = record.type.partition(".")[2]
    place, _, name = TOKEN.sub(AT_APPLY, record.place).rpartition("/")
    one: Object = {
        "apiVersion": f"{group}/{record.version}" if group else record.version,
        "kind": record.kind,
        "metadata": {
            "name": name,
            "uid": str(uuid.uuid4()),
            "generation": 1,
            "labels": {MANAGED_BY: "Helm"},
            "annotations": {
                RELEASE_NAME: record.release,
                RELEASE_NAMESPACE: namespace,
                **(KEEP if record.keep else {}),
            },
            **({"namespace": place} if place else {}),
        },
    }
    new = contents.get((group, record.kind, record.place))
    for path, value in record.fixed.items():
        current = value_at(new, path) if new is not None else None
        *steps, last = path.split(".")
        inner = one
        for step in steps:
            inner = inner.setdefault(step, {})
        hashed = isinstance(value, str) and len(value) == _HASH_LENGTH and current is not None
        inner[last] = current if hashed and digest(current) == value else value
    if record.object_type is not None:
        one["spec"] |= {
            "group": record.object_type.group,
            "names": {"kind": record.object_type.kind, "plural": record.object_type.plural},
            "versions": [
                {"name": version, "served": found.served, "storage": found.stored}
                for version, found in record.object_type.versions.items()
            ],
        }
        one["status"] = {"storedVersions": list(record.object_type.stored)}
    return one


def _key(record: Record) -> Key:
    namespace, _, name = TOKEN.sub(AT_APPLY, record.place).rpartition("/")
    return record.type.partition(".")[2], record.kind, namespace, name


def _object_type(group: str, kind: str, version: str) -> Object:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.lower()}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": kind.lower()},
            "versions": [{"name": version, "served": True, "storage": True}],
        },
    }


def _place(one: Object) -> str:
    namespace = one["metadata"].get("namespace")
    return f"{namespace}/{one['metadata']['name']}" if namespace else str(one["metadata"]["name"])


def stateful(cluster: Cluster) -> dict[Key, Any]:
    """Objects that hold data, with the id that shows whether they were created again."""
    return {
        key: one["metadata"]["uid"]
        for key, one in cluster.objects.items()
        if key[1] in ("PersistentVolumeClaim", "PersistentVolume", "CustomResourceDefinition", "Namespace")
        or (key[1] == "StatefulSet" and (one.get("spec") or {}).get("volumeClaimTemplates"))
    }
