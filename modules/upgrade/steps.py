"""Manual steps for a difference, with commands."""

from collections.abc import Iterator

from modules.upgrade.changes import Comparison

STORED_VERSIONS = (
    "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/"
    "#upgrade-existing-objects-to-a-new-stored-version"
)


HANDED_OVER = "none: the previous release is upgraded first and deletes it, then this release creates it"


def kubectl_name(key: str) -> str:
    """Arguments for kubectl of an object: `Deployment.apps -n kubeflow katib-ui`."""
    kind, _, place = key.partition(" ")
    namespace, slash, name = place.partition("/")
    return f"{kind} -n {namespace} {name}" if slash else f"{kind} {place}"


def of_move(key: str, to: str) -> str:
    """The step for an object with a new owning release."""
    return (
        f"kubectl annotate {kubectl_name(key)} --overwrite meta.helm.sh/release-name={to} helm.sh/resource-policy=keep "
        "(the second prevents the old release from deleting it)"
    )


def of_fixed(key: str) -> str:
    """The step for an immutable field."""
    kind = key.partition(" ")[0].partition(".")[0]
    if kind in ("PersistentVolumeClaim", "PersistentVolume"):
        return "keep the old value with a patch, or move the data to a new volume"
    if kind == "StatefulSet":
        return f"kubectl delete {kubectl_name(key)} --cascade=orphan; its pods and volumes are kept, the upgrade recreates it"
    if kind == "CustomResourceDefinition":
        return "keep the old value with a patch: deleting a CRD deletes all its objects"
    return f"kubectl delete {kubectl_name(key)}; the upgrade recreates it"


def all_steps(found: Comparison) -> Iterator[str]:
    """All manual steps, in order."""
    for move in (one for one in found.moves if not one.handed_over):
        yield f"Before applying: {move.object} moves from release {move.before} to {move.after}: {move.step}."
    for fixed in found.fixed:
        yield f"Before applying: {fixed.object}: {fixed.path} cannot change in place: {fixed.step}."
    for version in found.versions:
        if version.what == "removed" and version.was_stored:
            yield (
                f"Before applying: version {version.version} of {version.object_type} is removed, and objects may be stored in it: "
                "rewrite each object in the storage version, then remove it from status.storedVersions "
                f"(kubectl get crd {version.object_type} -o jsonpath={{.status.storedVersions}}): {STORED_VERSIONS}"
            )
        elif version.what in ("removed", "not served"):
            yield (
                f"Before applying: manifests and clients must stop using version {version.version} of {version.object_type}."
            )
        elif version.what == "type removed":
            yield (
                f"Before applying: {version.object_type} is removed and its objects have no controller: "
                f"kubectl get {version.object_type} -A, and save or move them. With deletion protection the CRD is kept."
            )
    for object_type in dict.fromkeys((one.object_type, one.kind, one.version) for one in found.fields):
        paths = [
            f"{one.path} ({one.what})"
            for one in found.fields
            if (one.object_type, one.kind, one.version) == object_type
        ]
        shown = ", ".join(paths[:SHOWN]) + (f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else "")
        yield f"Before applying: manifests of {object_type[1]} ({object_type[0]}, {object_type[2]}) must change: {shown}."


SHOWN = 8
"""Maximum number of fields in one sentence."""
