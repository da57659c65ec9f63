"""The gateway that everything from outside comes through: which ports, hosts and certificates is a setting."""

from modules.kubeflow.patching.patch import Objects, Variant


def servers(objects: Objects) -> None:
    """Token `gateway_servers`: Istio's list of servers. Upstream's is plain HTTP on port 80 for every host."""
    objects.merge("Gateway", "kubeflow-gateway", {"spec": {"servers": "@@json:gateway_servers@@"}})


VARIANTS = {"default": Variant((servers,))}
