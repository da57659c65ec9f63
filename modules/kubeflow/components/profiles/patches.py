"""Patches of Profiles and KFAM: in-place upgrade, and no external route to KFAM.

Upstream routes /kfam/ to it, but its AuthorizationPolicy allows only the dashboard, so every request is rejected. The
dashboard calls it inside the namespace.
"""

from modules.kubeflow.patching.patch import Objects, Variant, keep_selector


def no_route_to_kfam(objects: Objects) -> None:
    """Remove a route that rejects all requests, so that a later policy does not open it accidentally."""
    objects.remove("VirtualService", "profiles-kfam")


def selector(objects: Objects) -> None:
    """26.03.1 changes the pod labels and thereby the selector, which is immutable in a Deployment.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates
    """
    keep_selector(objects, "Deployment", "profiles-deployment", {"kustomize.component": "profiles"})


VARIANTS = {"default": Variant((no_route_to_kfam, selector))}
