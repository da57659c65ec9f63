"""ResourceQuota and LimitRange: what a namespace refuses, with its defaults applied.

Sources: https://kubernetes.io/docs/concepts/policy/resource-quotas/ and https://kubernetes.io/docs/concepts/policy/limit-range/
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.checks.admission.problem import Path
from modules.kubeflow.manifest import Object
from modules.kubeflow.pod_requests import pod_request, quantity

COMPUTE = ("cpu", "memory")
KEYS = ("initContainers", "containers")


@dataclass(frozen=True)
class Limits:
    """Quotas and ranges of one namespace."""

    hard: Mapping[str, str]
    """Resource as a quota writes it to its limit; the lowest of several quotas. Quotas with scopes are not among them."""
    ranges: tuple[Mapping[str, Any], ...]
    """`limits` of all LimitRanges."""
    scoped: tuple[str, ...] = ()
    """Quotas with scopes, which are not evaluated."""


def limits_of(objects: Iterable[Object], namespace: str) -> Limits:
    """Quotas and ranges among some objects; a Profile's quota becomes a ResourceQuota of its namespace.

    Source: https://github.com/kubeflow/dashboard/blob/main/components/profile-controller/controllers/profile_controller.go
    """
    hard: dict[str, str] = {}
    ranges: list[Mapping[str, Any]] = []
    scoped = []
    for one in objects:
        spec = one.get("spec") or {}
        if one["kind"] == "Profile" and one["metadata"]["name"] == namespace:
            quota = spec.get("resourceQuotaSpec") or {}
        elif one["metadata"].get("namespace") != namespace:
            continue
        elif one["kind"] == "ResourceQuota":
            quota = spec
        else:
            ranges += spec.get("limits") or () if one["kind"] == "LimitRange" else ()
            continue
        if quota.get("scopes") or quota.get("scopeSelector"):
            scoped.append(one["metadata"]["name"])
            continue
        for name, value in (quota.get("hard") or {}).items():
            if name not in hard or quantity(str(value)) < quantity(hard[name]):
                hard[name] = str(value)
    return Limits(hard, tuple(ranges), tuple(scoped))


def with_defaults(spec: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    """A pod spec with the requests and limits that the API server and LimitRanges add.

    A request that is missing becomes the limit; then ranges fill what is left, as the API server does.
    """
    found = dict(spec)
    for key in KEYS:
        if spec.get(key):
            found[key] = [_with_defaults(one, limits) for one in spec[key]]
    return found


def _with_defaults(container: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    resources = container.get("resources") or {}
    most = dict(resources.get("limits") or {})
    least = {**most, **(resources.get("requests") or {})}
    for one in limits.ranges:
        if one.get("type") == "Container":
            given = {**(one.get("max") or {}), **(one.get("default") or {})}
            for name, value in {**given, **(one.get("defaultRequest") or {})}.items():
                least.setdefault(name, value)
            for name, value in given.items():
                most.setdefault(name, value)
    return {**container, "resources": {**resources, "requests": least, "limits": most}}


def unlimited(spec: Mapping[str, Any], limits: Limits) -> Iterator[tuple[Path, str]]:
    """Containers without a request or limit that a quota counts; `spec` has its defaults.

    Source: `Constraints` in https://github.com/kubernetes/kubernetes/blob/master/pkg/quota/v1/evaluator/core/pods.go
    """
    for key in KEYS:
        for number, one in enumerate(spec.get(key) or ()):
            resources = one.get("resources") or {}
            for name in sorted(limits.hard):
                part, _, resource = name.rpartition(".")
                where = {"": "requests", "requests": "requests", "limits": "limits"}.get(part)
                if resource in COMPUTE and where is not None and resource not in (resources.get(where) or {}):
                    yield (
                        (key, number),
                        f"container {one.get('name')} has no {where}.{resource}, which the quota counts",
                    )


def outside(spec: Mapping[str, Any], limits: Limits) -> Iterator[tuple[Path, str]]:
    """Containers outside the minimum or maximum of a LimitRange; `spec` has its defaults."""
    for one in limits.ranges:
        if one.get("type") != "Container":
            continue
        for key in KEYS:
            for number, container in enumerate(spec.get(key) or ()):
                resources = container.get("resources") or {}
                yield from (((key, number, "resources"), text) for text in _outside(one, resources))


def _outside(one: Mapping[str, Any], resources: Mapping[str, Any]) -> Iterator[str]:
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    for name, least in (one.get("min") or {}).items():
        if name not in requests or quantity(str(requests[name])) < quantity(str(least)):
            yield f"requests.{name} is {requests.get(name, 'missing')}, below the LimitRange's minimum {least}"
    for name, most in (one.get("max") or {}).items():
        if name not in limits or quantity(str(limits[name])) > quantity(str(most)):
            yield f"limits.{name} is {limits.get(name, 'missing')}, above the LimitRange's maximum {most}"


def need(spec: Mapping[str, Any], pods: int) -> dict[str, float]:
    """What pods of a spec take of a quota, by the quota's names; `spec` has its defaults.

    Args:
        spec: pod spec.
        pods: how many there are at once.
    """
    found = {"pods": float(pods)}
    for where in ("requests", "limits"):
        counted = _only(spec, where)
        names = {name for key in KEYS for one in counted.get(key) or () for name in one["resources"]["requests"]}
        for name in names:
            amount = float(pod_request(counted, name)) * pods
            found[f"{where}.{name}"] = amount
            if where == "requests":
                found[name] = amount
    return found


def _only(spec: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The spec with the requests or the limits of containers as their only requests."""
    return {
        **{key: value for key, value in spec.items() if key != "resources"},
        **{
            key: [
                {**one, "resources": {"requests": (one.get("resources") or {}).get(where) or {}}}
                for one in spec.get(key) or ()
            ]
            for key in KEYS
        },
    }


def exceeded(total: Mapping[str, float], limits: Limits) -> Iterator[str]:
    """What is above a quota, even in an empty namespace.

    Args:
        total: what is taken, by the quota's names.
        limits: of the namespace.
    """
    for name, most in sorted(limits.hard.items()):
        if total.get(name, 0.0) > float(quantity(most)):
            yield f"{name}: {_shown(name, total[name])} of {most} in the quota"


def _shown(name: str, amount: float) -> str:
    if name.endswith(("memory", "storage")):
        return f"{amount / 2**30:.1f}Gi"
    return f"{amount:g}"
