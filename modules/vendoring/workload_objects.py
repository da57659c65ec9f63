"""Objects without the fields that placing their pods does not need: the data of `workloads.lock.json`.

What is left has the shape of Kubernetes, so that one program reads both.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from modules.kubeflow.manifest import Object
from modules.kubeflow.workloads_lock import CONFIG_MAPS, WORKLOADS

POD_FIELDS = (
    *("nodeSelector", "nodeName", "affinity", "tolerations", "topologySpreadConstraints", "hostNetwork", "overhead"),
    *("priorityClassName", "runtimeClassName", "schedulerName", "schedulingGates"),
)
"""Fields of a pod that decide on which node it runs."""
SIDECAR_PREFIX = "sidecar.istio.io/"
NOISE = frozenset({"helm.sh/chart", "app.kubernetes.io/version", "app.kubernetes.io/managed-by"})
"""Labels that change with each release, and that no selector names."""


def reduced(objects: Iterable[Object], namespace: str) -> list[Object]:
    """The objects that say what runs and where, each with the fields for that.

    Args:
        objects: rendered objects.
        namespace: of objects without one, as Helm installs them.
    """
    found = [one for item in objects for one in _reduced(item, namespace)]
    return sorted(found, key=lambda one: (one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]))


def _reduced(item: Object, namespace: str) -> Iterator[Object]:
    kind, spec = item["kind"], item.get("spec") or {}
    place = {"name": item["metadata"]["name"], "namespace": item["metadata"].get("namespace") or namespace}
    made: Object = {"kind": kind, "metadata": place}
    if kind in WORKLOADS:
        kept = _kept(spec, "replicas", "strategy", "updateStrategy", "podManagementPolicy")
        claims = [
            {"metadata": {"name": one["metadata"]["name"]}, "spec": _claim(one["spec"])}
            for one in spec.get("volumeClaimTemplates") or ()
        ]
        kept |= {"volumeClaimTemplates": claims} if claims else {}
        yield {**made, "spec": {**kept, "template": _template(spec["template"])}}
    elif kind == "PersistentVolumeClaim":
        yield {**made, "spec": _claim(spec)}
    elif kind == "HorizontalPodAutoscaler":
        target = _kept(spec["scaleTargetRef"], "kind", "name")
        yield {**made, "spec": {**_kept(spec, "minReplicas", "maxReplicas"), "scaleTargetRef": target}}
    elif kind == "PodDisruptionBudget":
        yield {**made, "spec": _kept(spec, "minAvailable", "maxUnavailable", "selector")}
    elif kind == "MutatingWebhookConfiguration":
        if hooks := [_hook(one) for one in item.get("webhooks") or () if _injects(one)]:
            yield {"kind": kind, "metadata": {"name": place["name"]}, "webhooks": hooks}
    elif kind == "ConfigMap" and (place["namespace"], place["name"]) in CONFIG_MAPS:
        proxy = json.loads(item["data"]["values"])["global"]["proxy"]
        values = {"global": {"proxy": _kept(proxy, "resources")}}
        yield {**made, "data": {"values": json.dumps(values)}}


def _template(template: Mapping[str, Any]) -> dict[str, Any]:
    metadata = template.get("metadata") or {}
    labels = {key: value for key, value in (metadata.get("labels") or {}).items() if key not in NOISE}
    annotations = {
        key: value for key, value in (metadata.get("annotations") or {}).items() if key.startswith(SIDECAR_PREFIX)
    }
    kept = {key: value for key, value in (("annotations", annotations), ("labels", labels)) if value}
    return {**({"metadata": kept} if kept else {}), "spec": _pod(template["spec"])}


def _pod(spec: Mapping[str, Any]) -> dict[str, Any]:
    made = _kept(spec, *POD_FIELDS)
    if resources := _requests(spec):
        made["resources"] = resources
    for name in ("initContainers", "containers"):
        if found := [_container(one) for one in spec.get(name) or ()]:
            made[name] = found
    volumes = [_kept(one, "name", "persistentVolumeClaim") for one in spec.get("volumes") or () if _claimed(one)]
    volumes += [
        {"name": one["name"], "ephemeral": {"volumeClaimTemplate": {"spec": _claim(claim["spec"])}}}
        for one in spec.get("volumes") or ()
        if (claim := (one.get("ephemeral") or {}).get("volumeClaimTemplate"))
    ]
    return {**made, **({"volumes": volumes} if volumes else {})}


def _claimed(volume: Mapping[str, Any]) -> bool:
    return "persistentVolumeClaim" in volume


def _container(one: Mapping[str, Any]) -> dict[str, Any]:
    made = _kept(one, "name", "restartPolicy")
    if resources := _requests(one):
        made["resources"] = resources
    ports = [_kept(port, "hostPort", "hostIP", "protocol") for port in one.get("ports") or () if port.get("hostPort")]
    return {**made, **({"ports": ports} if ports else {})}


def _requests(one: Mapping[str, Any]) -> dict[str, Any]:
    """Requests as Kubernetes completes them: the limit of a resource where it has no request.

    Source: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#requests-and-limits
    """
    resources = one.get("resources") or {}
    requests = {**(resources.get("limits") or {}), **(resources.get("requests") or {})}
    return {"requests": requests} if requests else {}


def _claim(spec: Mapping[str, Any]) -> dict[str, Any]:
    size = {"requests": {"storage": str(spec["resources"]["requests"]["storage"])}}
    return {**_kept(spec, "accessModes", "storageClassName", "volumeMode"), "resources": size}


def _injects(hook: Mapping[str, Any]) -> bool:
    service = hook["clientConfig"].get("service") or {}
    return str(service.get("path", "")).startswith("/inject")


def _hook(hook: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **_kept(hook, "name", "namespaceSelector", "objectSelector"),
        "clientConfig": {"service": _kept(hook["clientConfig"]["service"], "path")},
        "rules": [_kept(rule, "resources") for rule in hook.get("rules") or ()],
    }


def _kept(item: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Some fields, without those that say nothing (absent, null, empty)."""
    return {name: item[name] for name in names if item.get(name) not in (None, "", [], {})}


def by_variant(variants: Mapping[str, Sequence[Object]]) -> list[Object]:
    """Objects of all variants, each once: those that not all variants have with their `variants`.

    Args:
        variants: variant to its reduced objects.
    """
    found: dict[str, tuple[Object, list[str]]] = {}
    for name, objects in variants.items():
        for one in objects:
            found.setdefault(json.dumps(one, sort_keys=True), (one, []))[1].append(name)
    merged = [
        one if len(names) == len(variants) else {**one, "variants": sorted(names)} for one, names in found.values()
    ]
    return sorted(merged, key=lambda one: (_place(one), one.get("variants", [])))


def _place(one: Object) -> tuple[str, str, str]:
    return one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]
