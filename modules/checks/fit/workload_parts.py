"""Parts of a workload that its placement and its updates depend on: devices, EBS volumes, surge, PodDisruptionBudget."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from modules.checks.traffic.selectors import matches
from modules.kubeflow.manifest import Object
from modules.kubeflow.pod_requests import pod_request

SHARED_CLASSES = frozenset({"efs", "fsx"})
"""StorageClasses of the platform whose volumes are not EBS volumes; every other one counts as EBS."""


def devices(spec: Mapping[str, Any]) -> dict[str, int]:
    """Extended resources of a pod, such as `nvidia.com/gpu`, by name.

    Source: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#extended-resources
    """
    names = {
        name
        for one in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ()))
        for kind in ("requests", "limits")
        for name in (one.get("resources") or {}).get(kind) or {}
        if "/" in name
    }
    return {name: math.ceil(pod_request(spec, name)) for name in sorted(names)}


def block_volumes(one: Object, claims: Mapping[tuple[str, str], Object]) -> int:
    """EBS volumes of one pod of a workload.

    Args:
        one: Deployment, StatefulSet or DaemonSet.
        claims: namespace and name of each PersistentVolumeClaim to the object.
    """
    spec = one["spec"]["template"]["spec"]
    namespace = one["metadata"].get("namespace", "")
    templates = list(one["spec"].get("volumeClaimTemplates") or ())
    for volume in spec.get("volumes") or ():
        named = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if named and (namespace, named) in claims:
            templates.append(claims[namespace, named])
        elif "ephemeral" in volume:
            templates.append(volume["ephemeral"]["volumeClaimTemplate"])
    return sum(claim["spec"].get("storageClassName") not in SHARED_CLASSES for claim in templates)


def rolling_update(one: Object, replicas: int) -> tuple[int, int]:
    """Pods in addition and pods missing, at most, while an update of a workload rolls.

    Args:
        one: Deployment, StatefulSet or DaemonSet.
        replicas: its pods; a DaemonSet's numbers count for each node.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment (surge is rounded
    up, missing pods are rounded down, and if both are zero one pod may be missing) and
    https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/
    """
    if one["kind"] == "Deployment":
        strategy = one["spec"].get("strategy") or {}
        if strategy.get("type") == "Recreate":
            return 0, replicas
        given = strategy.get("rollingUpdate") or {}
        surge = math.ceil(share(given.get("maxSurge", "25%"), replicas))
        missing = math.floor(share(given.get("maxUnavailable", "25%"), replicas))
        return surge, missing if surge or missing else 1
    if one["kind"] == "DaemonSet":
        given = (one["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}
        surge = math.ceil(share(given.get("maxSurge", 0), 1))
        return surge, 0 if surge else 1
    return 0, 1


def share(given: str | int, of: int) -> float:
    """A number, or a percentage of another one."""
    return int(given.removesuffix("%")) * of / 100 if isinstance(given, str) and given.endswith("%") else int(given)


def evictable(namespace: str, labels: Mapping[str, str], replicas: int, budgets: Iterable[Object]) -> int | None:
    """Pods that the PodDisruptionBudgets of a workload let go while all are healthy; None: it has none.

    Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages
    """
    found = []
    for one in budgets:
        spec = one["spec"]
        if one["metadata"].get("namespace", "") != namespace or not matches(spec.get("selector"), labels):
            continue
        if "maxUnavailable" in spec:
            found.append(math.ceil(share(spec["maxUnavailable"], replicas)))
        else:
            found.append(max(0, replicas - math.ceil(share(spec.get("minAvailable", 1), replicas))))
    return min(found, default=None)
