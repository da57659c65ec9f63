"""Pods and policies of small clusters, for tests of what policies mean."""

from typing import Any

from modules.checks.traffic.cluster import Pod, Port
from modules.kubeflow.manifest import Object


def pod(
    namespace: str = "a",
    ports: tuple[Port, ...] = (Port(80, "TCP", "web"), Port(53, "UDP", "dns")),
    *,
    labels: dict[str, str] | None = None,
    address: str | None = None,
    sidecar: bool = False,
    account: str = "default",
    annotations: dict[str, str] | None = None,
    host_network: bool = False,
) -> Pod:
    return Pod(
        namespace, "Pod/one", labels or {}, annotations or {}, account, ports, sidecar, False, host_network, address
    )


def policy(name: str = "policy", namespace: str = "a", **spec: Any) -> Object:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"podSelector": {}, **spec},
    }
