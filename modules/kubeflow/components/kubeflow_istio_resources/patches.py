"""Patches of Kubeflow's gateway: ports, hosts and certificates from settings."""

from modules.kubeflow.patching.patch import Objects, Variant


def servers(objects: Objects) -> None:
    """Token `gateway_servers`: Istio's list of servers. Upstream's is plain HTTP on port 80 for every host."""
    objects.merge("Gateway", "kubeflow-gateway", {"spec": {"servers": "@@json:gateway_servers@@"}})


VARIANTS = {"default": Variant((servers,))}
