"""The gateway for calls inside the cluster: the version and the registry of the rest of the mesh."""

from modules.kubeflow.patch import Objects, Variant
from modules.kubeflow.patches.istio import gateway


def version(objects: Objects) -> None:
    """As in `istio.py`."""
    gateway(objects, "cluster-local-gateway")


VARIANTS = {"default": Variant((version,))}
