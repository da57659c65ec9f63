"""Ports reachable by a caller, and pods without any NetworkPolicy."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from modules.checks.traffic.cluster import Cluster, Pod
from modules.checks.traffic.istio import PROXY_PORTS, Request
from modules.checks.traffic.network_policies import Peer, decide
from modules.checks.traffic.verdict import INGRESS, POD_PROXY, Flow, judge

NO_POLICY = "no policy selects the pod"


@dataclass(frozen=True)
class Reached:
    """One port of one pod, with its allowed callers."""

    namespace: str
    pod: str
    """`kind/name`."""
    port: int
    callers: tuple[str, ...]
    rule: str
    """The NetworkPolicy that opens it."""


def unprotected(cluster: Cluster) -> dict[str, list[str]]:
    """Namespace to pods without an ingress policy, except hostNetwork pods."""
    found: dict[str, list[str]] = {}
    anywhere = Peer(address="198.51.100.1")
    for pod in cluster.pods:
        policies = cluster.policies.get(pod.namespace, ())
        if not pod.host_network and decide(policies, "Ingress", pod, anywhere, 1).rule == NO_POLICY:
            found.setdefault(pod.namespace, []).append(pod.name)
    return found


def reached(cluster: Cluster, callers: Iterable[Pod]) -> list[Reached]:
    """All declared ports outside the callers' namespaces that any caller can reach.

    Args:
        cluster: model of the cluster.
        callers: pods, such as those of a team.
    """
    sources = list(callers)
    own = {source.namespace for source in sources}
    found = []
    served = _served(cluster)
    for pod in cluster.pods:
        if pod.namespace in own or pod.host_network:
            continue
        for port in sorted(_ports(pod, served)):
            open_to = {source.name: rule for source in sources for rule in _opened(cluster, source, pod, port)}
            if open_to:
                rule = next(iter(open_to.values()))
                found.append(Reached(pod.namespace, pod.name, port, tuple(sorted(open_to)), rule))
    return sorted(found, key=lambda one: (one.namespace, one.pod, one.port))


def _opened(cluster: Cluster, source: Pod, pod: Pod, port: int) -> Iterator[str]:
    """The policies that allow a caller on a port: as TCP, or as an HTTP request without or with a token."""
    for request in (None, Request("/"), Request("/", headers={"authorization": "Bearer token"})):
        verdict = judge(Flow(source, pod, port, f"port {port}", request=request), cluster)
        if verdict.open:
            yield next(hop.decision.rule for hop in verdict.hops if hop.place == INGRESS)
            return
        if any(hop.place != POD_PROXY for hop in verdict.hops if not hop.decision.open):
            return  # closed whatever the request is


def _served(cluster: Cluster) -> dict[str, set[int]]:
    """Pod, as `namespace/kind/name`, to the ports that Services send to."""
    found: dict[str, set[int]] = {}
    for (namespace, name), service in cluster.services.items():
        for one in service["spec"].get("ports") or ():
            for pod, number in cluster.behind(namespace, name, one["port"]):
                found.setdefault(str(pod), set()).add(number)
    return found


def _ports(pod: Pod, served: Mapping[str, set[int]]) -> set[int]:
    """TCP ports declared by containers or targeted by Services, without the sidecar's own ports."""
    declared = {port.number for port in pod.ports if port.protocol == "TCP"}
    return (declared | served.get(str(pod), set())) - (set() if pod.gateway else PROXY_PORTS)
