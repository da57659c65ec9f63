"""Evaluation of NetworkPolicies: whether a connection is allowed, and the deciding policy.

Policies only allow. A pod that no policy selects for a direction is open in that direction; a selected pod allows only what
a rule matches. Traffic of hostNetwork pods, and from a node to its own pods, is not evaluated.

Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any, Literal

from modules.checks.traffic.cluster import Pod
from modules.checks.traffic.selectors import Labels, matches
from modules.kubeflow.manifest import Object

Direction = Literal["Ingress", "Egress"]
EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class Peer:
    """The peer of a connection: a pod with its namespace labels, or an address outside the cluster."""

    pod: Pod | None = None
    namespace: Labels = field(default_factory=dict, hash=False)
    address: str | None = None


@dataclass(frozen=True)
class Decision:
    """Whether a connection is allowed, and the deciding rule."""

    open: bool
    rule: str
    """`kind namespace/name`, or why no rule applies."""


def decide(
    policies: Iterable[Object], direction: Direction, pod: Pod, peer: Peer, port: int, protocol: str = "TCP"
) -> Decision:
    """Whether the NetworkPolicies of a pod's namespace allow a connection.

    Args:
        policies: policies of the pod's namespace.
        direction: direction from the pod's perspective.
        pod: pod to evaluate.
        peer: peer of the connection.
        port: destination port on the target, in both directions.
        protocol: `TCP`, `UDP` or `SCTP`.
    """
    if pod.host_network:
        return Decision(True, "the pod uses hostNetwork")
    selecting = [
        policy
        for policy in policies
        if direction in _types(policy["spec"]) and matches(policy["spec"].get("podSelector") or {}, pod.labels)
    ]
    if not selecting:
        return Decision(True, "no policy selects the pod")
    target = pod if direction == "Ingress" else peer.pod
    for policy in selecting:
        for rule in policy["spec"].get(direction.lower()) or ():
            peers = rule.get("from" if direction == "Ingress" else "to") or ()
            if _has_port(rule.get("ports") or (), target, port, protocol) and (
                not peers or any(_is_peer(one, policy["metadata"]["namespace"], peer) for one in peers)
            ):
                return Decision(True, _name(policy))
    return Decision(False, ", ".join(sorted(map(_name, selecting))))


def _types(spec: Mapping[str, Any]) -> list[str]:
    """Effective policyTypes: by default ingress, plus egress if there are egress rules."""
    return spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]


def _has_port(ports: Iterable[Mapping[str, Any]], target: Pod | None, number: int, protocol: str) -> bool:
    """Whether a rule matches a port; a rule without ports matches all ports."""
    ports = list(ports)
    return not ports or any(_is_port(one, target, number, protocol) for one in ports)


def _is_port(one: Mapping[str, Any], target: Pod | None, number: int, protocol: str) -> bool:
    if one.get("protocol", "TCP") != protocol:
        return False
    wanted = one.get("port")
    if wanted is None:
        return True
    if "endPort" in one:
        return int(wanted) <= number <= int(one["endPort"])
    if isinstance(wanted, int):
        return wanted == number
    # named ports are resolved on the target pod; external peers have none
    return target is not None and target.number(wanted, protocol) == number


def _is_peer(one: Mapping[str, Any], namespace: str, peer: Peer) -> bool:
    if "ipBlock" in one:
        return _in_block(one["ipBlock"], peer.pod.address if peer.pod else peer.address)
    if peer.pod is None or peer.pod.host_network:  # a hostNetwork pod has the node's address
        return False
    in_namespace = (
        matches(one["namespaceSelector"] or {}, peer.namespace)
        if "namespaceSelector" in one
        else peer.pod.namespace == namespace
    )
    return in_namespace and matches(one.get("podSelector") or {}, peer.pod.labels)


def _in_block(block: Mapping[str, Any], address: str | None) -> bool:
    """Whether an address is in a CIDR block; an unknown address is only in 0.0.0.0/0."""
    excepted = block.get("except") or ()
    if address is None:
        return block["cidr"] == EVERYWHERE and not excepted
    where = ip_address(address)
    return where in ip_network(block["cidr"]) and not any(where in ip_network(one) for one in excepted)


def _name(policy: Object) -> str:
    return f"NetworkPolicy {policy['metadata']['namespace']}/{policy['metadata']['name']}"
