"""Istio: its gateways and policies wait for istiod, whose webhook checks them."""

from modules.kubeflow.patch import Variant

VARIANTS = {
    # the CRDs of these groups are in the entry istio-crds
    "default": Variant(own_groups=("networking.istio.io", "security.istio.io"))
}
