"""Patches of cert-manager: two upstream folders (objects and Kubeflow's issuer) in one release; metrics for Prometheus."""

from modules.kubeflow.patching.network_policies import MONITORING, allow
from modules.kubeflow.patching.patch import Objects, Variant


def metrics(objects: Objects) -> None:
    """Only from the namespace of kube-prometheus-stack, if installed."""
    objects.add(allow("cert-manager", "metrics-to-monitoring", {}, ["http-metrics"], [MONITORING]))


VARIANTS = {"default": Variant((metrics,), also=("common/cert-manager/base",))}
