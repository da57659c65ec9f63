"""Patches of the cluster-local gateway: upstream's NetworkPolicies allow only knative-serving on one of its two ports.

Models and functions have cluster-internal host names on the second port, 8081 (Service `knative-local-gateway`), and
Knative marks a route ready only after the gateway answers there.
"""

from modules.kubeflow.components.istio.patches import gateway
from modules.kubeflow.patching.network_policies import TEAMS, allow, namespace
from modules.kubeflow.patching.patch import Objects, Variant

PORTS = (8080, 8081)
"""Ports of the gateway's pods: Services `cluster-local-gateway` and `knative-local-gateway`."""


def version(objects: Objects) -> None:
    """As in `istio.py`."""
    gateway(objects, "cluster-local-gateway")


def callers(objects: Objects) -> None:
    """Pods of teams and of Knative.

    Source: https://knative.dev/docs/serving/services/private-services/
    """
    pods = {"matchLabels": {"app": "cluster-local-gateway"}}
    objects.add(
        allow("istio-system", "callers-of-cluster-local-gateway", pods, PORTS, [TEAMS, namespace("knative-serving")])
    )


VARIANTS = {"default": Variant((version, callers))}
