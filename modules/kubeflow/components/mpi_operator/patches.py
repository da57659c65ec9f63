"""Patches of the MPI operator: a security context that Pod Security `restricted` of the namespace kubeflow requires."""

from modules.kubeflow.patching.patch import Objects, Variant

NONROOT = 65532
"""User `nonroot` of distroless images; the operator writes no file."""


def restricted(objects: Objects) -> None:
    """Set what upstream's manifests leave out; without it no pod of the Deployment is admitted.

    Source: https://github.com/kubeflow/mpi-operator/blob/v0.8.0/manifests/base/deployment.yaml
    """
    container = objects.container("Deployment", "mpi-operator")
    if "securityContext" in container:
        raise ValueError("patch: Deployment mpi-operator: has a security context; remove the patch")
    container["securityContext"] = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "runAsUser": NONROOT,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


VARIANTS = {"default": Variant((restricted,))}
