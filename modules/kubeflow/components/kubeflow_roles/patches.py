"""Patches of team roles: removes permissions with effect outside the team's namespace."""

from modules.kubeflow.patching.patch import Objects, Variant

ROUTES = ("endpoints", "ingresses")
"""An Ingress of a team became a route of the public gateway for any host (upstream's Istio processes Ingresses of every
namespace), and Endpoints redirect a Service to any address (CVE-2021-25740).

Source: https://github.com/kubernetes/kubernetes/issues/103675
"""


def no_routes(objects: Objects) -> None:
    """Members and pods of a team cannot write Ingresses and Endpoints; `team-admission` rejects them for all roles."""
    rules = objects.one("ClusterRole", "kubeflow-kubernetes-edit")["rules"]
    found = {resource for rule in rules for resource in rule["resources"]} & set(ROUTES)
    if found != set(ROUTES):
        raise ValueError(f"patch: ClusterRole kubeflow-kubernetes-edit: has only {sorted(found)} of {list(ROUTES)}")
    for rule in rules:
        rule["resources"] = [resource for resource in rule["resources"] if resource not in ROUTES]


VARIANTS = {"default": Variant((no_routes,))}
