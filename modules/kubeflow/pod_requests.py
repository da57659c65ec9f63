"""What a pod requests of a node, as the scheduler adds it up."""

import functools
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_SUFFIXES = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("0.001"), "k": Decimal(10) ** 3, "M": Decimal(10) ** 6, "G": Decimal(10) ** 9, "T": Decimal(10) ** 12,
    "P": Decimal(10) ** 15, "E": Decimal(10) ** 18,
    "Ki": Decimal(2) ** 10, "Mi": Decimal(2) ** 20, "Gi": Decimal(2) ** 30, "Ti": Decimal(2) ** 40,
    "Pi": Decimal(2) ** 50, "Ei": Decimal(2) ** 60,
}  # fmt: skip


@functools.lru_cache(maxsize=1024)
def quantity(text: str | int | float) -> Decimal:
    """A Kubernetes quantity (`500m`, `2Gi`, `1e3`) in its unit.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    """
    text = str(text)
    suffix = next((suffix for suffix in sorted(_SUFFIXES, key=len, reverse=True) if text.endswith(suffix)), "")
    return Decimal(text.removesuffix(suffix)) * _SUFFIXES.get(suffix, Decimal(1))


def requested(resources: Mapping[str, Any], resource: str) -> Decimal:
    """Request of one container, or its limit where it has no request of this resource.

    Source: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#requests-and-limits
    """
    for kind in ("requests", "limits"):
        if resource in (resources.get(kind) or {}):
            return quantity(resources[kind][resource])
    return Decimal(0)


def pod_request(spec: Mapping[str, Any], resource: str) -> Decimal:
    """Request of a pod: the sum of its containers and sidecars, or the largest step of its start if that is greater.

    A sidecar is an init container with restartPolicy Always: it runs together with all containers that start after it.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
    """
    pod_level = spec.get("resources") or {}
    if resource in (pod_level.get("requests") or {}) or resource in (pod_level.get("limits") or {}):
        return requested(pod_level, resource) + quantity((spec.get("overhead") or {}).get(resource, 0))
    sidecars = largest = Decimal(0)
    for container in spec.get("initContainers") or ():
        request = requested(container.get("resources") or {}, resource)
        if container.get("restartPolicy") == "Always":
            sidecars += request
            largest = max(largest, sidecars)
        else:
            largest = max(largest, sidecars + request)
    running = sum((requested(one.get("resources") or {}, resource) for one in spec["containers"]), sidecars)
    return max(running, largest) + quantity((spec.get("overhead") or {}).get(resource, 0))
