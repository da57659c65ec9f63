"""Rules by which the scheduler admits a pod to a node, whatever runs there: taints, node selectors, node affinity.

Source: https://kubernetes.io/docs/concepts/scheduling-eviction/
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ZONE_LABEL = "topology.kubernetes.io/zone"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
INTEGER = re.compile(r"[+-]?\d+")


@dataclass(frozen=True)
class Taint:
    """A taint of a node, as Kubernetes writes it."""

    key: str
    value: str
    effect: str


def tolerates(tolerations: Sequence[Mapping[str, Any]], taints: Sequence[Taint]) -> bool:
    """Whether a pod tolerates all taints that keep pods away; PreferNoSchedule does not.

    Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
    """
    repelling = [taint for taint in taints if taint.effect != "PreferNoSchedule"]
    return all(any(_matches(one, taint) for one in tolerations) for taint in repelling)


def _matches(toleration: Mapping[str, Any], taint: Taint) -> bool:
    if toleration.get("effect") not in (None, "", taint.effect):
        return False
    exists: bool = toleration.get("operator", "Equal") == "Exists"
    if not toleration.get("key"):
        return exists
    same_value: bool = (toleration.get("value") or "") == taint.value
    return bool(toleration["key"] == taint.key) and (exists or same_value)


def selects(spec: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether the node selector and the required node affinity of a pod select a node.

    Args:
        spec: pod spec.
        labels: labels of the node. Without a zone among them, terms about a zone count as satisfied (`unevaluated`).

    Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
    """
    wanted = (spec.get("nodeSelector") or {}).items()
    if any(not _unknown_zone(key, labels) and labels.get(key) != value for key, value in wanted):
        return False
    required = node_affinity(spec)
    if required is None:
        return True
    return any(_term(term, labels) for term in required.get("nodeSelectorTerms") or ())


def node_affinity(spec: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The required node affinity of a pod."""
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    found: Mapping[str, Any] | None = affinity.get(REQUIRED)
    return found


def _unknown_zone(key: str, labels: Mapping[str, str]) -> bool:
    return key == ZONE_LABEL and key not in labels


def _term(term: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    expressions = term.get("matchExpressions") or ()
    if not expressions and not term.get("matchFields"):
        return False  # an empty term selects no node
    return all(_unknown_zone(one["key"], labels) or _expression(one, labels) for one in expressions)


def _expression(one: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    there, values = labels.get(one["key"]), [*(one.get("values") or ())]
    match one["operator"]:
        case "In":
            return there in values
        case "NotIn":
            return there not in values
        case "Exists":
            return there is not None
        case "DoesNotExist":
            return there is None
        case "Gt" | "Lt" as operator:
            if there is None or not INTEGER.fullmatch(there):
                return False
            return int(there) > int(values[0]) if operator == "Gt" else int(there) < int(values[0])
    raise ValueError(f"operator {one['operator']!r} of a node affinity: Kubernetes has none of this name; correct it")
