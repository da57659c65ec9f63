"""Patches of Istio's CRDs: from the official chart, in the version of istiod."""

from modules.kubeflow.components.istio.patches import RELEASE
from modules.kubeflow.patching.patch import RenderedChart, Variant

VARIANTS = {
    # without the chart's ServiceAccount, which is in the entry istio
    "default": Variant(
        charts=(RenderedChart("istio-base", RELEASE, {"global": {"resourceScope": "cluster"}, "defaultRevision": ""}),)
    )
}
