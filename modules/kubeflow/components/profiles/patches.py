"""Profiles and KFAM: upgraded in place, and no route leads to KFAM from outside.

Upstream routes /kfam/ to it, and its own AuthorizationPolicy lets only the dashboard in: every answer is a refusal. The
dashboard calls it inside the namespace.
"""

from modules.kubeflow.patching.patch import Objects, Variant, keep_selector


def no_route_to_kfam(objects: Objects) -> None:
    """A route that refuses everybody is taken out, so that a later policy does not open it by accident."""
    objects.remove("VirtualService", "profiles-kfam")


def selector(objects: Objects) -> None:
    """26.03.1 changes the labels of the pods, and with them the selector, which is immutable in a Deployment.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates
    """
    keep_selector(objects, "Deployment", "profiles-deployment", {"kustomize.component": "profiles"})


VARIANTS = {"default": Variant((no_route_to_kfam, selector))}
