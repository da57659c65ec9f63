"""The webhook of PodDefaults: its NetworkPolicy is kept in the release that owned it (`kubeflow_namespace.py`)."""

from modules.kubeflow.patching.patch import Objects, Variant


def policy_of_earlier_release(objects: Objects) -> None:
    """Helm cannot create an object owned by another release ("invalid ownership metadata")."""
    objects.remove("NetworkPolicy", "poddefaults")


VARIANTS = {"default": Variant((policy_of_earlier_release,))}
