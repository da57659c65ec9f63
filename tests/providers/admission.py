"""What an API server and Helm refuse about a set of objects, before and while they are written."""

from collections.abc import Collection
from typing import Any

from .cluster import RELEASE_NAME, RELEASE_NAMESPACE, Cluster, Refused
from .kinds import Key, Object, described, group
from .webhooks import silent_webhook

_BUILD = "unable to build kubernetes objects from release manifest"
# Fields that an update may not change, as dotted paths; `?` in front: only once the object says `immutable: true`.
_IMMUTABLE = {
    "ClusterRoleBinding": ("roleRef",),
    "ConfigMap": ("?data", "?binaryData"),
    "DaemonSet": ("spec.selector",),
    "Deployment": ("spec.selector",),
    "Job": ("spec.selector", "spec.template"),
    "PersistentVolumeClaim": ("spec.accessModes", "spec.storageClassName", "spec.volumeName"),
    "RoleBinding": ("roleRef",),
    "Secret": ("type", "?data", "?binaryData", "?stringData"),
    "Service": ("spec.clusterIP",),
    "StatefulSet": ("spec.selector", "spec.serviceName", "spec.podManagementPolicy", "spec.volumeClaimTemplates"),
    "StorageClass": ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"),
}


def check_manifest(cluster: Cluster, objects: Collection[Object], owner: tuple[str, str], take_ownership: bool) -> None:
    """What Helm finds out about all objects of a release before it writes the first.

    Args:
        cluster: as it is now.
        objects: of the release.
        owner: namespace and name of the release.
        take_ownership: whether objects of others may be taken over.

    Raises:
        Refused: a kind the server does not know, one object twice, or an object that another release or nobody owns.
    """
    namespace, release = owner
    missing = sorted(
        f'no matches for kind "{one["kind"]}" in version "{one["apiVersion"]}" ({described(one)}); ensure CRDs are installed first'
        for one in objects
        if cluster.is_namespaced(one) is None
    )
    if missing:
        raise Refused(_BUILD, "resource mapping not found: " + "; ".join(dict.fromkeys(missing)))
    seen: set[Key] = set()
    for one in objects:
        key = cluster.key(one, namespace)
        if key in seen:
            raise Refused(_BUILD, f"{described(one)} is there twice")
        seen.add(key)
        old = cluster.objects.get(key)
        notes = (old or {}).get("metadata", {}).get("annotations") or {}
        current = notes.get(RELEASE_NAMESPACE), notes.get(RELEASE_NAME)
        if old is not None and current != owner and not take_ownership:
            is_owned = f"it belongs to release {current[1]} in {current[0]}" if current[1] else "no release owns it"
            raise Refused(
                "Unable to continue with install",
                f"{described(old)} exists and cannot be imported into the current release: invalid ownership metadata; {is_owned}, "
                f"not to {release} in {namespace}",
            )


def write(cluster: Cluster, one: Object, namespace: str = "default", force: bool = False) -> Object:
    """Write one object as the API server would.

    Args:
        cluster: to write to.
        one: the object.
        namespace: where it goes when it names none.
        force: delete and create anew what cannot change in place.

    Raises:
        Refused: kind or namespace is not there, a webhook does not answer, or a field would change that must not.
    """
    if cluster.is_namespaced(one) is None:
        raise Refused(f'no matches for kind "{one["kind"]}" in version "{one["apiVersion"]}"', described(one))
    key = cluster.key(one, namespace)
    old = cluster.objects.get(key)
    silent = silent_webhook(cluster, one, key[2], "UPDATE" if old else "CREATE")
    if silent:
        raise Refused("Internal error occurred", f"{silent} (asked about {described(one)})")
    if old is not None:
        changed = _immutable_changes(old, one)
        if changed and not force:
            name, kind = one["metadata"]["name"], one["kind"]
            raise Refused(
                f'cannot patch "{name}" with kind {kind}',
                f'{kind}.{group(one["apiVersion"])} "{name}" is invalid: {", ".join(changed)}: field is immutable',
            )
        if changed:
            cluster.delete(key)
    return cluster.put(one, namespace)


def _immutable_changes(old: Object, new: Object) -> list[str]:
    changed = []
    for path in _IMMUTABLE.get(new["kind"], ()):
        plain = path.removeprefix("?")
        before, after = _field(old, plain), _field(new, plain)
        # What the server filled in by itself is null in the new one.
        if before != after and after is not None and (before is not None or plain == "spec.selector"):
            changed += [plain] if plain == path or old.get("immutable") else []
    if new["kind"] == "CustomResourceDefinition":
        kept = {one["name"] for one in new["spec"]["versions"]}
        stored = {one["name"] for one in old["spec"]["versions"] if one.get("storage")}
        changed += [f"status.storedVersions: {gone} must appear in spec.versions" for gone in sorted(stored - kept)]
    return changed


def _field(one: Object, path: str) -> Any:
    value: Any = one
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value
