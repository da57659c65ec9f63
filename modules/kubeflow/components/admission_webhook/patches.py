"""The webhook of PodDefaults: its NetworkPolicy stays in the release that has owned it (`kubeflow_namespace.py`)."""

from modules.kubeflow.patching.patch import Objects, Variant


def policy_of_earlier_release(objects: Objects) -> None:
    """Helm refuses to create what another release owns ("invalid ownership metadata")."""
    objects.remove("NetworkPolicy", "poddefaults")


VARIANTS = {"default": Variant((policy_of_earlier_release,))}
