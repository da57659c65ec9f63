"""Fields of a pod that Knative's webhook refuses in a revision unless a flag allows them.

Sources: https://knative.dev/docs/serving/configuration/feature-flags/ and
https://github.com/knative/serving/blob/knative-v1.22.0/pkg/apis/serving/fieldmask.go
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from modules.checks.admission.problem import Path
from modules.kubeflow.manifest import Object

CONFIG = ("knative-serving", "config-features")
PREFIX = "kubernetes.podspec-"
FIELDS: Mapping[str, str] = {
    "affinity": "affinity",
    "dnsConfig": "dnsconfig",
    "dnsPolicy": "dnspolicy",
    "hostAliases": "hostaliases",
    "hostIPC": "hostipc",
    "hostNetwork": "hostnetwork",
    "hostPID": "hostpid",
    "initContainers": "init-containers",
    "nodeSelector": "nodeselector",
    "priorityClassName": "priorityclassname",
    "runtimeClassName": "runtimeclassname",
    "schedulerName": "schedulername",
    "securityContext": "securitycontext",
    "shareProcessNamespace": "shareprocessnamespace",
    "tolerations": "tolerations",
    "topologySpreadConstraints": "topologyspreadconstraints",
}
"""Field of a pod spec to the end of its flag."""
VOLUMES: Mapping[str, str] = {
    "csi": "volumes-csi",
    "emptyDir": "volumes-emptydir",
    "hostPath": "volumes-hostpath",
    "image": "volumes-image",
    "persistentVolumeClaim": "persistent-volume-claim",
}
"""Type of a volume to the end of its flag."""
ALWAYS_VOLUMES = frozenset({"configMap", "projected", "secret"})
ON = frozenset({PREFIX + "volumes-emptydir", "multi-container"})
"""Flags that are on where the ConfigMap says nothing.

Source: `defaultFeaturesConfig` in https://github.com/knative/serving/blob/knative-v1.22.0/pkg/apis/config/features.go
"""
CAPABILITIES = "kubernetes.containerspec-addcapabilities"
Refused = tuple[Path, str, str]
"""Path in the pod spec, what is refused, and the flag that allows it; empty: none does."""


def flags(objects: Iterable[Object]) -> Mapping[str, str] | None:
    """Data of the ConfigMap of flags; None: Knative Serving is not among the objects."""
    for one in objects:
        metadata = one["metadata"]
        if one["kind"] == "ConfigMap" and (metadata.get("namespace"), metadata["name"]) == CONFIG:
            return one.get("data") or {}
    return None


def refused(spec: Mapping[str, Any], data: Mapping[str, str]) -> Iterator[Refused]:
    """What Knative refuses in a pod spec.

    Args:
        spec: of the revision.
        data: result of `flags`.
    """
    for field, end in FIELDS.items():
        if spec.get(field) and not _allowed(PREFIX + end, data):
            yield (field,), f"Knative refuses {field}", PREFIX + end
    for number, volume in enumerate(spec.get("volumes") or ()):
        for kind in volume.keys() - {"name"} - ALWAYS_VOLUMES:
            flag = PREFIX + VOLUMES[kind] if kind in VOLUMES else ""
            if not flag or not _allowed(flag, data):
                yield ("volumes", number, kind), f"Knative refuses a volume of the type {kind}", flag
    yield from _containers(spec, data)


def _containers(spec: Mapping[str, Any], data: Mapping[str, str]) -> Iterator[Refused]:
    for number, one in enumerate(spec.get("containers") or ()):
        context = one.get("securityContext") or {}
        if (context.get("capabilities") or {}).get("add") and not _allowed(CAPABILITIES, data):
            path: Path = ("containers", number, "securityContext", "capabilities", "add")
            yield path, "Knative refuses added capabilities", CAPABILITIES
        for place, env in enumerate(one.get("env") or ()):
            for source in ("fieldRef", "resourceFieldRef"):
                if source in (env.get("valueFrom") or {}) and not _allowed(PREFIX + "fieldref", data):
                    yield ("containers", number, "env", place), f"Knative refuses {source}", PREFIX + "fieldref"


def _allowed(flag: str, data: Mapping[str, str]) -> bool:
    found = data.get(flag, "enabled" if flag in ON else "disabled").lower()
    return found in ("enabled", "allowed")
