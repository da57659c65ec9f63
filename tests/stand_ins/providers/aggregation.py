"""The controller that fills aggregated ClusterRoles, and creates some of them again after they were deleted.

It works on a copy of the cluster that is a moment old. When a role is deleted together with one that it selects, the
controller still sees the first, computes new rules for it and applies them (server-side apply), which creates it again:
without its aggregation rule, and without the marks of its release.

Source: https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go
"""

from collections.abc import Iterable
from typing import Any

from .cluster import Cluster
from .kinds import Object
from .webhooks import selects

RBAC = "rbac.authorization.k8s.io"


def fill(cluster: Cluster) -> None:
    """Write the rules of all aggregated roles, until nothing changes: one may select another."""
    roles = list(cluster.of_kind("ClusterRole"))
    aggregated = [role for role in roles if role.get("aggregationRule")]
    changed = True
    while changed:
        changed = False
        for role in aggregated:
            rules = _rules(role, roles)
            changed |= rules != (role.get("rules") or [])
            role["rules"] = rules


def created_again(cluster: Cluster, deleted: Iterable[Object]) -> list[str]:
    """What the controller does after some objects were deleted at the same time.

    Args:
        cluster: after the deletion.
        deleted: the objects as they were stored.

    Returns:
        Names of the roles that are there again.
    """
    roles = [one for one in deleted if one["kind"] == "ClusterRole"]
    back = []
    for role in roles:
        others = [*cluster.of_kind("ClusterRole"), *(one for one in roles if one is not role)]
        before, after = _rules(role, others), _rules(role, list(cluster.of_kind("ClusterRole")))
        if role.get("aggregationRule") and before != after:
            back.append(role["metadata"]["name"])
            cluster.put(
                {
                    "apiVersion": f"{RBAC}/v1",
                    "kind": "ClusterRole",
                    "metadata": {"name": role["metadata"]["name"]},
                    "rules": after,
                }
            )
    fill(cluster)
    return back


def _rules(role: Object, roles: Iterable[Object]) -> list[Any]:
    found: list[Any] = []
    taken = (one for one in roles if one["metadata"]["name"] != role["metadata"]["name"] and takes_in(role, one))
    for source in sorted(taken, key=lambda one: str(one["metadata"]["name"])):
        found += [rule for rule in source.get("rules") or () if rule not in found]
    return found


def takes_in(role: Object, source: Object) -> bool:
    """Whether an aggregated role selects another role."""
    selectors = (role.get("aggregationRule") or {}).get("clusterRoleSelectors") or ()
    return any(selects(selector, source["metadata"].get("labels")) for selector in selectors)
