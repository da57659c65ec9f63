"""Rendering of aggregated ClusterRoles so that uninstall never blocks on one.

The aggregation controller recreates a ClusterRole (server-side apply) when one of its sources is deleted in the same
uninstall, and Helm deletes all ClusterRoles of a release together. Therefore no release contains both:

- a role whose sources are all in the same component becomes a plain role with the rules the controller would compute;
- a role with sources in several components stays aggregated and selects its sources directly, never another aggregated
  role; the sources in its own component go into a later phase (`rules.PHASES`), which is destroyed first.

Source: https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from modules.kubeflow.manifest import Object

KIND = "ClusterRole"


def settle(items: Sequence[Object], others: Iterable[Object]) -> set[str]:
    """Change the aggregated roles among the objects of one component in place.

    Args:
        items: objects of the component.
        others: objects of all components; those of this one are left out by name.

    Returns:
        Names of the component's roles that one of its aggregated roles selects; they need a release of their own.
    """
    roles = {item["metadata"]["name"]: item for item in items if item["kind"] == KIND}
    foreign = [item for item in others if item["kind"] == KIND and item["metadata"]["name"] not in roles]
    aggregated = [item for item in roles.values() if item.get("aggregationRule")]
    shared = [item for item in aggregated if any(selects(item, other) for other in foreign)]
    plain = [item for item in aggregated if item not in shared]
    rules = {item["metadata"]["name"]: _rules(item, roles.values(), frozenset()) for item in plain}
    selectors = [(item, _selectors(item, shared, frozenset())) for item in shared]
    for item in plain:
        del item["aggregationRule"]
        item["rules"] = rules[item["metadata"]["name"]]
    for item, found in selectors:
        item["aggregationRule"]["clusterRoleSelectors"] = found
        item.pop(
            "rules", None
        )  # an empty list would remove all permissions on each upgrade until the controller reconciles
    for item in shared:
        _leave_out(item, shared)
    return {name for name, item in roles.items() if any(selects(one, item) for one in shared)}


def selects(aggregated: Object, role: Object) -> bool:
    """Whether an aggregated role includes the rules of another role; always false for a plain role."""
    if aggregated["metadata"]["name"] == role["metadata"]["name"]:
        return False
    selectors = (aggregated.get("aggregationRule") or {}).get("clusterRoleSelectors") or ()
    return any(matches(selector, role["metadata"].get("labels") or {}) for selector in selectors)


def matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether labels match a `matchLabels` selector.

    Raises:
        ValueError: it has `matchExpressions`, which upstream does not use.
    """
    if selector.get("matchExpressions"):
        raise ValueError("an aggregated ClusterRole uses matchExpressions; add support for them in aggregated_roles.py")
    return all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())


def _rules(item: Object, roles: Iterable[Object], seen: frozenset[str]) -> list[Any]:
    """Rules that the controller would write: those of all sources, sorted by source name, without duplicates."""
    name = item["metadata"]["name"]
    if not item.get("aggregationRule"):
        return list(item.get("rules") or ())
    found: list[Any] = []
    for source in sorted(roles, key=lambda one: str(one["metadata"]["name"])):
        if source["metadata"]["name"] not in seen and selects(item, source):
            found += [rule for rule in _rules(source, roles, seen | {name}) if rule not in found]
    return found


def _selectors(item: Object, shared: Sequence[Object], seen: frozenset[str]) -> list[Any]:
    """Its selectors, and those of the aggregated roles that it selects."""
    found = list(item["aggregationRule"]["clusterRoleSelectors"])
    for other in shared:
        if other["metadata"]["name"] not in seen and selects(item, other):
            inner = _selectors(other, shared, seen | {item["metadata"]["name"]})
            found += [selector for selector in inner if selector not in found]
    return found


def _leave_out(item: Object, shared: Sequence[Object]) -> None:
    """Remove the labels by which other aggregated roles select this one."""
    for other in shared:
        if other is item:
            continue
        for selector in other["aggregationRule"]["clusterRoleSelectors"]:
            labels = item["metadata"].get("labels") or {}
            if matches(selector, labels):
                item["metadata"]["labels"] = {
                    key: value for key, value in labels.items() if key not in (selector.get("matchLabels") or {})
                }
    if not item["metadata"].get("labels"):
        item["metadata"].pop("labels", None)
