"""Detection of pods that read a Secret, and their restart on changed content."""

from collections.abc import Collection, Iterator, Sequence

from modules.kubeflow.manifest import Object

VERSION_ANNOTATION = "kubeflow-platform/credentials-version"
"""Annotation on the pods of every reader: a new version restarts them, since environment variables are not updated."""
VERSION_TOKEN = "credentials_version"


def pod_specs(item: Object) -> Iterator[tuple[Object, Object]]:
    """Each pod template of a workload, and its spec; a Pod itself counts."""
    spec = item.get("spec") or {}
    if item["kind"] == "Pod":
        yield item, spec
    elif item["kind"] == "CronJob":
        template = spec["jobTemplate"]["spec"]["template"]
        yield template, template["spec"]
    elif item["kind"] in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"):
        yield spec["template"], spec["template"]["spec"]


def containers(spec: Object) -> list[Object]:
    """All containers of a pod in the order they start."""
    return [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]


def references_of_container(container: Object) -> Iterator[tuple[Object, str]]:
    """Each mapping in a container's variables that names a Secret, with its key."""
    for one in container.get("env") or ():
        if "secretKeyRef" in (one.get("valueFrom") or {}):
            yield one["valueFrom"]["secretKeyRef"], "name"
    for one in container.get("envFrom") or ():
        if "secretRef" in one:
            yield one["secretRef"], "name"


def references_of_volume(volume: Object) -> Iterator[tuple[Object, str]]:
    """The same of a volume."""
    if "secret" in volume:
        yield volume["secret"], "secretName"
    for source in (volume.get("projected") or {}).get("sources") or ():
        if "secret" in source:
            yield source["secret"], "name"


def secrets_read(spec: Object) -> set[str]:
    """Names of all Secrets that a pod reads, in variables or volumes."""
    places = [found for container in containers(spec) for found in references_of_container(container)]
    places += [found for volume in spec.get("volumes") or () for found in references_of_volume(volume)]
    return {reference[key] for reference, key in places}


def readers(
    items: Sequence[Object], supplied: Collection[tuple[str, str]]
) -> Iterator[tuple[Object, Object, set[str]]]:
    """Workloads that read supplied Secrets: object, pod template, names of the Secrets.

    Args:
        items: objects of a component.
        supplied: namespace and name of each Secret.
    """
    for item in items:
        for template, spec in pod_specs(item):
            namespace = item["metadata"].get("namespace")
            if names := {name for name in secrets_read(spec) if (namespace, name) in supplied}:
                yield item, template, names


def mark_readers(items: Sequence[Object], supplied: Collection[tuple[str, str]]) -> None:
    """Add the credential version as annotation to the pods of every reader."""
    for _, template, _ in readers(items, supplied):
        metadata = template.setdefault("metadata", {})
        annotations = {**(metadata.get("annotations") or {}), VERSION_ANNOTATION: f"@@{VERSION_TOKEN}@@"}
        metadata["annotations"] = annotations
