"""What prevents the start of a pod: objects that it names and that do not exist."""

from collections.abc import Iterator
from typing import Any

from .cluster import Cluster
from .kinds import Object

_TEMPLATES = ("DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet")
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


def pod_template(one: Object) -> dict[str, Any] | None:
    """The template (or the Pod itself) of what runs pods; None for all other kinds."""
    if one["kind"] == "Pod":
        return one
    spec = one.get("spec") or {}
    if one["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    elif one["kind"] not in _TEMPLATES:
        return None
    template: dict[str, Any] = spec["template"]
    return template


def why_not_ready(cluster: Cluster, one: Object) -> list[str]:
    """A sentence for each thing that an object's pods wait for, or that a claim waits for."""
    namespace = one["metadata"].get("namespace", "default")
    if one["kind"] == "PersistentVolumeClaim":
        return _unbound(cluster, one["spec"])
    template = pod_template(one)
    spec = one.get("spec") or {}
    if template is None or spec.get("replicas", 1) == 0:
        return []
    reasons = []
    for kind, name, optional in sorted(set(references(template["spec"]))):
        if not optional and not _exists(cluster, kind, namespace, name):
            reasons.append(f'{kind.lower()} "{name}" not found' + _certificate(cluster, kind, namespace, name))
    for claim in spec.get("volumeClaimTemplates") or []:
        reasons += _unbound(cluster, claim["spec"])
    return reasons


def references(spec: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Kind, name and whether it may be missing, of all that a pod needs in its namespace.

    Not imagePullSecrets: the kubelet starts a pod without them.
    """
    yield "ServiceAccount", spec.get("serviceAccountName") or spec.get("serviceAccount") or "default", False
    priority = spec.get("priorityClassName") or ""
    if priority and not priority.startswith("system-"):
        yield "PriorityClass", priority, False
    for volume in spec.get("volumes") or []:
        yield from _of_volume(volume)
        for source in (volume.get("projected") or {}).get("sources") or []:
            yield from _of_source("Secret", source.get("secret"))
            yield from _of_source("ConfigMap", source.get("configMap"))
    for container in [*(spec.get("initContainers") or []), *(spec.get("containers") or [])]:
        for one in container.get("env") or []:
            source = one.get("valueFrom") or {}
            yield from _of_source("Secret", source.get("secretKeyRef"))
            yield from _of_source("ConfigMap", source.get("configMapKeyRef"))
        for one in container.get("envFrom") or []:
            yield from _of_source("Secret", one.get("secretRef"))
            yield from _of_source("ConfigMap", one.get("configMapRef"))


def _of_volume(volume: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    secret, csi = volume.get("secret"), volume.get("csi") or {}
    if secret:
        yield "Secret", secret["secretName"], bool(secret.get("optional"))
    yield from _of_source("ConfigMap", volume.get("configMap"))
    if volume.get("persistentVolumeClaim"):
        yield "PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"], False
    if csi.get("driver") == "secrets-store.csi.k8s.io":
        yield "SecretProviderClass", csi["volumeAttributes"]["secretProviderClass"], False


def _of_source(kind: str, source: dict[str, Any] | None) -> Iterator[tuple[str, str, bool]]:
    if source:
        yield kind, source["name"], bool(source.get("optional"))


def _exists(cluster: Cluster, kind: str, namespace: str, name: str) -> bool:
    if kind == "PriorityClass":
        return cluster.get(kind, name, api_group="scheduling.k8s.io") is not None
    if kind == "SecretProviderClass":
        return cluster.get(kind, name, namespace, "secrets-store.csi.x-k8s.io") is not None
    made = {(kind, namespace, name), (kind, "*", name)} & cluster.appears
    return bool(made) or cluster.get(kind, name, namespace) is not None or _is_issued(cluster, kind, namespace, name)


def _is_issued(cluster: Cluster, kind: str, namespace: str, name: str) -> bool:
    """Whether cert-manager or the secrets store driver fills this Secret."""
    if kind != "Secret":
        return False
    synced = (
        one
        for provider_class in cluster.of_kind("SecretProviderClass")
        if provider_class["metadata"]["namespace"] == namespace
        for one in provider_class["spec"].get("secretObjects") or []
    )
    return any(one["secretName"] == name for one in synced) or any(
        _issuer(cluster, one) is not None for one in _certificates(cluster, namespace, name)
    )


def _certificates(cluster: Cluster, namespace: str, secret: str) -> list[Object]:
    return [
        one
        for one in cluster.of_kind("Certificate")
        if one["apiVersion"].startswith("cert-manager.io/")
        and one["metadata"]["namespace"] == namespace
        and one["spec"]["secretName"] == secret
    ]


def _issuer(cluster: Cluster, certificate: Object) -> Object | None:
    wanted = certificate["spec"]["issuerRef"]
    kind = wanted.get("kind", "Issuer")
    namespace = "" if kind == "ClusterIssuer" else certificate["metadata"]["namespace"]
    return cluster.get(kind, wanted["name"], namespace, "cert-manager.io")


def _certificate(cluster: Cluster, kind: str, namespace: str, name: str) -> str:
    """Why cert-manager has not made a Secret that a Certificate requests."""
    for one in _certificates(cluster, namespace, name) if kind == "Secret" else ():
        wanted = one["spec"]["issuerRef"]
        return f": Certificate {one['metadata']['name']} waits for {wanted.get('kind', 'Issuer')} {wanted['name']}"
    return ""


def _unbound(cluster: Cluster, claim: dict[str, Any]) -> list[str]:
    """Why no volume is made for a claim."""
    wanted = claim.get("storageClassName")
    classes = {
        one["metadata"]["name"]: one["metadata"].get("annotations") or {} for one in cluster.of_kind("StorageClass")
    }
    if wanted is None and not any(notes.get(DEFAULT_CLASS) == "true" for notes in classes.values()):
        return ["the claim names no StorageClass and none is the default"]
    return [f'storageclass "{wanted}" not found'] if wanted and wanted not in classes else []
