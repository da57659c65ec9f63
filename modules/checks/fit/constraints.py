"""Constraints of a pod that depend on what else runs: host ports, pod affinity and anti-affinity, topology spread."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules.checks.fit.scheduling import REQUIRED, ZONE_LABEL, node_affinity
from modules.checks.traffic.selectors import matches

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that every namespace has."""
ANY_ADDRESS = "0.0.0.0"


@dataclass(frozen=True)
class HostPort:
    """A port of the node that a pod takes."""

    address: str
    protocol: str
    port: int

    def conflicts(self, other: "HostPort") -> bool:
        """Whether both cannot be on one node: equal port and protocol, and one address for all or the same one.

        Source: https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kube-scheduler/framework/types.go
        (HostPortInfo.CheckConflict)
        """
        addresses = {self.address, other.address}
        return (self.protocol, self.port) == (other.protocol, other.port) and (
            len(addresses) == 1 or ANY_ADDRESS in addresses
        )


@dataclass(frozen=True)
class Term:
    """A required term of pod affinity or anti-affinity."""

    key: str
    """Label of nodes; equal values are one domain."""
    selector: Mapping[str, Any] | None
    namespaces: frozenset[str]
    namespace_selector: Mapping[str, Any] | None

    def selects(self, namespace: str, labels: Mapping[str, str]) -> bool:
        """Whether it means pods of a namespace with some labels."""
        there = namespace in self.namespaces or matches(self.namespace_selector, {NAMESPACE_NAME: namespace})
        return there and matches(self.selector, labels)


@dataclass(frozen=True)
class Spread:
    """A topology spread constraint with DoNotSchedule."""

    key: str
    max_skew: int
    min_domains: int
    selector: Mapping[str, Any] | None
    honors_affinity: bool
    """Whether only nodes count that the pod's node selector and affinity select."""
    honors_taints: bool
    """Whether only nodes count whose taints the pod tolerates."""


@dataclass(frozen=True)
class Constraints:
    """All of one pod."""

    ports: tuple[HostPort, ...] = ()
    near: tuple[Term, ...] = ()
    """Pod affinity."""
    apart: tuple[Term, ...] = ()
    """Pod anti-affinity."""
    spread: tuple[Spread, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ports or self.near or self.apart or self.spread)


def constraints(spec: Mapping[str, Any], namespace: str, labels: Mapping[str, str]) -> Constraints:
    """Constraints of a pod.

    Args:
        spec: pod spec.
        namespace: its namespace, which terms without namespaces mean.
        labels: its labels, for `matchLabelKeys`.

    Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity and
    https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
    """
    affinity = spec.get("affinity") or {}
    return Constraints(
        ports=tuple(_host_ports(spec)),
        near=tuple(_terms(affinity.get("podAffinity"), namespace, labels)),
        apart=tuple(_terms(affinity.get("podAntiAffinity"), namespace, labels)),
        spread=tuple(
            Spread(
                key=one["topologyKey"],
                max_skew=one.get("maxSkew", 1),
                min_domains=one.get("minDomains") or 1,
                selector=_with_label_keys(one, labels),
                honors_affinity=one.get("nodeAffinityPolicy", "Honor") == "Honor",
                honors_taints=one.get("nodeTaintsPolicy", "Ignore") == "Honor",
            )
            for one in _required_spread(spec)
        ),
    )


def _required_spread(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for one in spec.get("topologySpreadConstraints") or ():
        if one.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule":
            yield one


def _containers(spec: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Init containers, too, if they stay (sidecars): the scheduler counts ports of these and of containers."""
    sidecars = (one for one in spec.get("initContainers") or () if one.get("restartPolicy") == "Always")
    return itertools.chain(sidecars, spec.get("containers") or ())


def _host_ports(spec: Mapping[str, Any]) -> Iterator[HostPort]:
    for container in _containers(spec):
        for port in container.get("ports") or ():
            number = port.get("hostPort") or (port.get("containerPort") if spec.get("hostNetwork") else None)
            if number:
                yield HostPort(port.get("hostIP") or ANY_ADDRESS, port.get("protocol", "TCP"), number)


def _terms(affinity: Mapping[str, Any] | None, namespace: str, labels: Mapping[str, str]) -> Iterator[Term]:
    for one in (affinity or {}).get(REQUIRED) or ():
        named, selector = one.get("namespaces") or (), one.get("namespaceSelector")
        yield Term(
            key=one["topologyKey"],
            selector=_with_label_keys(one, labels),
            namespaces=frozenset(named if named or selector is not None else (namespace,)),
            namespace_selector=selector,
        )


def _with_label_keys(one: Mapping[str, Any], labels: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The label selector with the pod's own values of `matchLabelKeys` and `mismatchLabelKeys`, as the API server adds them."""
    selector: Mapping[str, Any] | None = one.get("labelSelector")
    if selector is None:
        return None
    more = [
        {"key": key, "operator": operator, "values": [labels[key]]}
        for field, operator in (("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn"))
        for key in one.get(field) or ()
        if key in labels
    ]
    return {**selector, "matchExpressions": [*(selector.get("matchExpressions") or ()), *more]} if more else selector


def unevaluated(spec: Mapping[str, Any], *, zones: bool) -> Iterator[str]:
    """Constraints of a pod that a placement does not respect, in words.

    Args:
        spec: pod spec.
        zones: whether the zones of nodes are known.
    """
    terms = (node_affinity(spec) or {}).get("nodeSelectorTerms") or ()
    keys = [one["key"] for term in terms for one in term.get("matchExpressions") or ()]
    pod_terms = [*_pod_terms(spec, "podAffinity"), *_pod_terms(spec, "podAntiAffinity")]
    topologies = [one["topologyKey"] for one in (*pod_terms, *_required_spread(spec))]
    if not zones and ZONE_LABEL in (*keys, *(spec.get("nodeSelector") or {}), *topologies):
        yield "zone"
    if any(term.get("matchFields") for term in terms):
        yield "node fields"
    if any(_beyond_name(one.get("namespaceSelector")) for one in pod_terms):
        yield "labels of namespaces"


def _pod_terms(spec: Mapping[str, Any], kind: str) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = ((spec.get("affinity") or {}).get(kind) or {}).get(REQUIRED) or ()
    return found


def _beyond_name(selector: Mapping[str, Any] | None) -> bool:
    named = {*((selector or {}).get("matchLabels") or {})}
    named |= {one["key"] for one in (selector or {}).get("matchExpressions") or ()}
    return bool(named - {NAMESPACE_NAME})
