"""Patches of Trainer with JobSet and LeaderWorkerSet: JobSet's Deployment keeps the selector of earlier versions."""

from modules.kubeflow.patching.patch import Objects, Variant, keep_selector


def jobset_selector(objects: Objects) -> None:
    """JobSet 0.11.0 adds three labels to the selector. A Deployment's selector is immutable.

    The selector of 0.10 matches the pods of both versions, so the webhook responds throughout an upgrade.
    """
    keep_selector(objects, "Deployment", "jobset-controller-manager", {"control-plane": "controller-manager"})


VARIANTS = {"default": Variant((jobset_selector,))}
