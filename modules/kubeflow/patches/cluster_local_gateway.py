"""The gateway for calls inside the cluster: the version and the registry of the rest of the mesh."""

from modules.kubeflow.patch import Objects, Variant
from modules.kubeflow.patches.istio import released_image


def image(objects: Objects) -> None:
    """The proxy's image, as in `istio.py`."""
    released_image(objects, "Deployment", "cluster-local-gateway")


VARIANTS = {"default": Variant((image,))}
