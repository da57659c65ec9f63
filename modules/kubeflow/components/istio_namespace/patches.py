"""The namespace of Istio: Prometheus reads the metrics of istiod and of the gateways."""

from modules.kubeflow.patching.network_policies import MONITORING, allow
from modules.kubeflow.patching.patch import Objects, Variant

METRICS = (15014, 15020)
"""Of istiod, and of a gateway.

Source: https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
"""


def metrics(objects: Objects) -> None:
    """Only from the namespace of kube-prometheus-stack; where there is none, nothing is opened."""
    objects.add(allow("istio-system", "metrics-to-monitoring", {}, METRICS, [MONITORING]))


VARIANTS = {"default": Variant((metrics,))}
