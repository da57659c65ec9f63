"""Patches of Istio's namespace: Prometheus can scrape istiod and the gateways."""

from modules.kubeflow.patching.network_policies import MONITORING, allow
from modules.kubeflow.patching.patch import Objects, Variant

METRICS = (15014, 15020)
"""Metrics ports of istiod and of gateways.

Source: https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
"""


def metrics(objects: Objects) -> None:
    """Only from the namespace of kube-prometheus-stack, if installed."""
    objects.add(allow("istio-system", "metrics-to-monitoring", {}, METRICS, [MONITORING]))


VARIANTS = {"default": Variant((metrics,))}
