"""Patches of the training operator: variant without MPIJob (v1), whose CRD name equals the MPI operator's (v2beta1)."""

from modules.kubeflow.patching.patch import Objects, Variant

SCHEMES = ("tfjob", "pytorchjob", "xgboostjob", "paddlejob", "jaxjob")


def without_mpijob(objects: Objects) -> None:
    """Enabled schemes; without any, all controllers run.

    Source: https://github.com/kubeflow/trainer/blob/v1.9.2/cmd/training-operator.v1/main.go
    """
    objects.remove("CustomResourceDefinition", "mpijobs.kubeflow.org")
    container = objects.container("Deployment", "training-operator")
    if "args" in container:
        raise ValueError("patch: Deployment training-operator: has arguments; check upstream's change")
    container["args"] = [f"--enable-scheme={scheme}" for scheme in SCHEMES]


VARIANTS = {"default": Variant(), "without-mpijob": Variant((without_mpijob,))}
