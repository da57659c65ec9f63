"""NetworkPolicies of our own: what upstream's leave closed although something needs it.

Policies only ever add to each other, so one of ours opens a port whatever upstream's say. What must be closed again is changed in
upstream's own policy, by a patch.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from modules.kubeflow.manifest import Object

OURS: Mapping[str, str] = {"kubeflow-platform/policy": "opens"}
"""Label of policies that open what upstream's leave closed."""
TEAMS: Mapping[str, Any] = {"namespaceSelector": {"matchLabels": {"app.kubernetes.io/part-of": "kubeflow-profile"}}}
"""Pods of every team; the profile controller and our teams' charts write the label."""


def namespace(name: str, pods: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Pods of a namespace, as a peer of a rule.

    Args:
        name: of the namespace.
        pods: a LabelSelector; None: all of them.
    """
    peer: dict[str, Any] = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}
    return {**peer, "podSelector": pods} if pods is not None else peer


MONITORING = namespace("monitoring")
"""Where kube-prometheus-stack is."""


def allow(
    place: str, name: str, pods: Mapping[str, Any], ports: Sequence[int | str], sources: Sequence[Mapping[str, Any]]
) -> Object:
    """A policy that lets some callers reach ports of some pods.

    Args:
        place: namespace of the pods.
        name: of the policy; upstream must have none of this name.
        pods: LabelSelector of the pods; {}: all of the namespace.
        ports: TCP ports of the pods, by number or name.
        sources: peers; empty: every address, which is needed for what is outside of the cluster (the API server calls webhooks from
            addresses that no selector matches, and nothing says which).
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
