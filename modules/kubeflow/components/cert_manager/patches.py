"""cert-manager: its objects and Kubeflow's issuer for it are two folders of upstream's and one release; Prometheus reads metrics."""

from modules.kubeflow.patching.network_policies import MONITORING, allow
from modules.kubeflow.patching.patch import Objects, Variant


def metrics(objects: Objects) -> None:
    """Only from the namespace of kube-prometheus-stack; where there is none, nothing is opened."""
    objects.add(allow("cert-manager", "metrics-to-monitoring", {}, ["http-metrics"], [MONITORING]))


VARIANTS = {"default": Variant((metrics,), also=("common/cert-manager/base",))}
