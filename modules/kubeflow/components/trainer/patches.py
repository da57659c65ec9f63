"""Trainer with JobSet and LeaderWorkerSet: JobSet's Deployment keeps the selector of earlier versions."""

from modules.kubeflow.patching.patch import Objects, Variant, keep_selector


def jobset_selector(objects: Objects) -> None:
    """JobSet 0.11.0 adds three labels to the selector. A Deployment's selector is immutable.

    The new labels are on its pods, where the webhook's Service looks for them; the selector of 0.10 matches these pods, too.
    """
    keep_selector(objects, "Deployment", "jobset-controller-manager", {"control-plane": "controller-manager"})


VARIANTS = {"default": Variant((jobset_selector,))}
