"""NetworkPolicies added to upstream's, for required traffic that upstream's policies block.

NetworkPolicies are additive, so an added policy opens a port regardless of upstream's. Closing a port requires a patch of
upstream's own policy.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from modules.kubeflow.manifest import Object

OURS: Mapping[str, str] = {"kubeflow-platform/policy": "opens"}
"""Label of the added policies."""
TEAMS: Mapping[str, Any] = {"namespaceSelector": {"matchLabels": {"app.kubernetes.io/part-of": "kubeflow-profile"}}}
"""Pods of all teams; the label is set by the profile controller and the team charts."""


def namespace(name: str, pods: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Pods of a namespace as NetworkPolicy peer.

    Args:
        name: namespace.
        pods: LabelSelector; None: all pods.
    """
    peer: dict[str, Any] = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}
    return {**peer, "podSelector": pods} if pods is not None else peer


MONITORING = namespace("monitoring")
"""Namespace of kube-prometheus-stack."""


def allow(
    place: str, name: str, pods: Mapping[str, Any], ports: Sequence[int | str], sources: Sequence[Mapping[str, Any]]
) -> Object:
    """A NetworkPolicy that allows ingress from some sources to ports of some pods.

    Args:
        place: namespace of the pods.
        name: policy name; must not exist in upstream.
        pods: LabelSelector of the pods; {}: all pods in the namespace.
        ports: TCP ports of the pods, by number or name.
        sources: peers; empty: every address, required for callers outside the pod network (the API server calls webhooks
            from addresses that no selector matches and that are not documented).
    """
    rule: dict[str, Any] = {"ports": [{"port": port, "protocol": "TCP"} for port in ports]}
    if sources:
        rule["from"] = [dict(source) for source in sources]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": place, "labels": dict(OURS)},
        "spec": {"podSelector": dict(pods), "policyTypes": ["Ingress"], "ingress": [rule]},
    }
