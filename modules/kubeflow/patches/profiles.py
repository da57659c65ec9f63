"""Profiles and KFAM: no route leads to KFAM from outside.

Upstream routes /kfam/ to it, and its own AuthorizationPolicy lets only the dashboard in: every answer is a refusal. The
dashboard calls it inside the namespace.
"""

from modules.kubeflow.patch import Objects, Variant


def no_route_to_kfam(objects: Objects) -> None:
    """A route that refuses everybody is taken out, so that a later policy does not open it by accident."""
    objects.remove("VirtualService", "profiles-kfam")


VARIANTS = {"default": Variant((no_route_to_kfam,))}
