"""Istio's outbound configuration: visible Services (Sidecar) and mTLS (DestinationRule).

Source: https://istio.io/latest/docs/reference/config/networking/sidecar/ and
https://istio.io/latest/docs/ops/configuration/traffic-management/tls-configuration/
"""

from modules.checks.traffic import istio
from modules.checks.traffic.cluster import Cluster, Pod
from modules.checks.traffic.network_policies import Decision
from modules.checks.traffic.selectors import matches

Service = tuple[str, str]
"""Namespace and name."""


def knows(cluster: Cluster, source: Pod, namespace: str) -> bool:
    """Whether the caller's proxy has configuration for Services of a namespace; a gateway has it for all.

    Traffic to other Services is passed through without an identity.
    """
    hosts = None if source.gateway else _egress_hosts(cluster, source)
    return hosts is None or any(
        place in ("*", namespace) or (place == "." and namespace == source.namespace)
        for place in (host.partition("/")[0] for host in hosts)
    )


def _egress_hosts(cluster: Cluster, source: Pod) -> list[str] | None:
    """Egress hosts of the Sidecar for a pod: by selector, of its namespace, of the root namespace; None without a Sidecar."""
    sidecars = cluster.kinds["Sidecar"]
    own = [one for one in sidecars if one["metadata"]["namespace"] == source.namespace]
    groups = (
        [one for one in own if _selects(one["spec"], source)],
        [one for one in own if "workloadSelector" not in one["spec"]],
        [
            one
            for one in sidecars
            if one["metadata"]["namespace"] == istio.ROOT_NAMESPACE and "workloadSelector" not in one["spec"]
        ],
    )
    for found in groups:
        if found:
            egress = found[0]["spec"].get("egress")
            return [host for one in egress for host in one["hosts"]] if egress else None
    return None


def _selects(spec: dict[str, dict[str, dict[str, str]]], source: Pod) -> bool:
    return "workloadSelector" in spec and matches({"matchLabels": spec["workloadSelector"]["labels"]}, source.labels)


def tls_mode(cluster: Cluster, service: Service) -> tuple[str | None, str]:
    """TLS mode set by a DestinationRule for a Service, and its name; None: auto mTLS."""
    host = f"{service[1]}.{service[0]}.svc.cluster.local"
    for one in cluster.kinds["DestinationRule"]:
        wanted = one["spec"]["host"]
        if wanted == host or (wanted.startswith("*") and host.endswith(wanted[1:])):
            mode = ((one["spec"].get("trafficPolicy") or {}).get("tls") or {}).get("mode")
            if mode:
                return mode, f"DestinationRule {one['metadata']['namespace']}/{one['metadata']['name']}"
    return None, "no DestinationRule"


def speaks(cluster: Cluster, source: Pod, target: Pod, service: Service | None, port: int) -> tuple[Decision, bool]:
    """Whether caller and target agree on TLS, and whether it is mTLS.

    Args:
        cluster: model of the cluster.
        source: the caller.
        target: target pod.
        service: Service called; None: the pod's address, which is passed through.
        port: port on the target pod.
    """
    if source.identity is None or port in source.excludes("Outbound"):
        return Decision(True, "the caller's sidecar does not intercept this port"), False
    if service is None or not knows(cluster, source, target.namespace):
        return Decision(
            True, "the caller's sidecar has no configuration for the Service and passes plain text through"
        ), False
    takes = target.sidecar and port not in target.excludes("Inbound") and port not in istio.PROXY_PORTS
    takes = takes and istio.mtls_mode(cluster, target, port)[0] != "DISABLE"
    mode, name = tls_mode(cluster, service)
    if mode == "ISTIO_MUTUAL":
        return Decision(takes, f"{name} requires mTLS" + ("" if takes else ", which the pod does not support")), takes
    return Decision(True, name), takes and mode != "DISABLE"
