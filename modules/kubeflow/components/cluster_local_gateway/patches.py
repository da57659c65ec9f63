"""The gateway for calls inside the cluster: upstream's NetworkPolicies let only knative-serving reach one of its two ports.

Models and functions have their address in the cluster at the second one, 8081 (Service `knative-local-gateway`), and Knative
calls a route ready only once the gateway answers there.
"""

from modules.kubeflow.components.istio.patches import gateway
from modules.kubeflow.patching.network_policies import TEAMS, allow, namespace
from modules.kubeflow.patching.patch import Objects, Variant

PORTS = (8080, 8081)
"""Of the gateway's pods: Services `cluster-local-gateway` and `knative-local-gateway`."""


def version(objects: Objects) -> None:
    """As in `istio.py`."""
    gateway(objects, "cluster-local-gateway")


def callers(objects: Objects) -> None:
    """Teams' pods, and Knative's own.

    Source: https://knative.dev/docs/serving/services/private-services/
    """
    pods = {"matchLabels": {"app": "cluster-local-gateway"}}
    objects.add(
        allow("istio-system", "callers-of-cluster-local-gateway", pods, PORTS, [TEAMS, namespace("knative-serving")])
    )


VARIANTS = {"default": Variant((version, callers))}
