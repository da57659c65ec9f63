"""Nodes with pods on them, and why a node does not take one more."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from modules.checks.fit.constraints import Spread, Term
from modules.checks.fit.nodes import NodeKind
from modules.checks.fit.scheduling import ZONE_LABEL, selects, tolerates
from modules.checks.fit.workloads import Workload

HOSTNAME = "kubernetes.io/hostname"
TAINTS, SELECTOR = "taints", "node selector"
CPU, MEMORY, PODS, VOLUMES = "CPU", "memory", "pods", "EBS volumes"
HOST_PORT, NEAR, APART, SPREAD = "host port", "pod affinity", "pod anti-affinity", "topology spread"


@dataclass
class Node:
    """One node and what is requested of it."""

    kind: NodeKind
    number: int = 0
    """Which one of all; for constraints with the topology of a host."""
    pods: list[Workload] = field(default_factory=list)
    """A workload as often as it has pods here."""
    cpu_millicores: int = 0
    memory_mib: int = 0
    volumes: int = 0
    devices: Counter[str] = field(default_factory=Counter)

    def lack(self, one: Workload) -> str | None:
        """What it has too little of for a pod; None: it has room. A pod that requests nothing of a resource needs none.

        Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/scheduler/framework/plugins/noderesources/fit.go
        """
        kind = self.kind
        if len(self.pods) >= kind.pods:
            return PODS
        if one.cpu_millicores and self.cpu_millicores + one.cpu_millicores > kind.cpu_millicores:
            return CPU
        if one.memory_mib and self.memory_mib + one.memory_mib > kind.memory_mib:
            return MEMORY
        if one.block_volumes and self.volumes + one.block_volumes > kind.volumes:
            return VOLUMES
        for name, count in one.devices.items():
            if count and self.devices[name] + count > kind.devices.get(name, 0):
                return name
        return None

    def domain(self, key: str) -> str | None:
        """Value of a topology label; None: the node has no such label."""
        return f"node {self.number}" if key == HOSTNAME else self.kind.labels.get(key)


def refusal(kind: NodeKind, one: Workload) -> str | None:
    """Why no node of a kind takes pods of a workload, however empty it is; None: it does."""
    if not tolerates(one.spec.get("tolerations") or (), kind.taints):
        return TAINTS
    return None if selects(one.spec, kind.labels) else SELECTOR


class Board:
    """Nodes on which pods are placed one by one."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self._refusals: dict[tuple[int, int], str | None] = {}
        self._guards = [(term, node) for node in nodes for pod in node.pods for term in pod.constraints.apart]
        self._workloads: list[Workload] = []
        """Keeps workloads alive whose identity is a key of the results above."""

    def refusal(self, node: Node, one: Workload) -> str | None:
        """The same as the function, once for each kind."""
        key = (id(node.kind), id(one))
        if key not in self._refusals:
            self._refusals[key] = refusal(node.kind, one)
            self._workloads.append(one)
        return self._refusals[key]

    def obstacle(self, node: Node, one: Workload) -> str | None:
        """Why a node does not take a pod now, in a word; None: it does."""
        return self.refusal(node, one) or node.lack(one) or self._conflict(node, one)

    def take(self, node: Node, one: Workload) -> None:
        """Place a pod."""
        node.pods.append(one)
        node.cpu_millicores += one.cpu_millicores
        node.memory_mib += one.memory_mib
        node.volumes += one.block_volumes
        if one.devices:
            node.devices.update(one.devices)
        self._guards += [(term, node) for term in one.constraints.apart]

    def _conflict(self, node: Node, one: Workload) -> str | None:
        if any(
            _together(term, where, node) and term.selects(one.namespace, one.labels) for term, where in self._guards
        ):
            return APART  # it counts for both, whichever has the term
        rules = one.constraints
        if not rules:
            return None
        taken = (port for pod in node.pods for port in pod.constraints.ports)
        if rules.ports and any(port.conflicts(other) for other in taken for port in rules.ports):
            return HOST_PORT
        if any(self._selected(term, node) for term in rules.apart):
            return APART
        if rules.near and not self._near(rules.near, node, one):
            return NEAR
        return None if all(self._spread(spread, node, one) for spread in rules.spread) else SPREAD

    def _selected(self, term: Term, node: Node) -> bool:
        """Whether a pod that a term means is in the node's domain."""
        return any(
            term.selects(pod.namespace, pod.labels)
            for where in self.nodes
            if _together(term, where, node)
            for pod in where.pods
        )

    def _near(self, terms: Sequence[Term], node: Node, one: Workload) -> bool:
        """Pods that all terms mean are in the node's domain of each; or there are none yet, and the pod is one itself."""

        def all_mean(pod: Workload) -> bool:
            return all(term.selects(pod.namespace, pod.labels) for term in terms)

        there = [where for where in self.nodes if any(map(all_mean, where.pods))]
        if not there:
            return all_mean(one) and all(_zone_unknown(term.key, node) or node.domain(term.key) for term in terms)
        return all(
            _zone_unknown(term.key, node) or any(_together(term, where, node) for where in there) for term in terms
        )

    def _spread(self, rule: Spread, node: Node, one: Workload) -> bool:
        if _zone_unknown(rule.key, node):
            return True
        domain = node.domain(rule.key)
        if domain is None:
            return False
        counts: Counter[str] = Counter()
        for where in self.nodes:
            name = where.domain(rule.key)
            if name is not None and self._counts(rule, where, one):
                counts[name] += sum(pod.namespace == one.namespace and _means(rule, pod) for pod in where.pods)
        least = min(counts.values(), default=0) if len(counts) >= rule.min_domains else 0
        return counts[domain] + _means(rule, one) - least <= rule.max_skew

    @staticmethod
    def _counts(rule: Spread, where: Node, one: Workload) -> bool:
        """Whether a node is one of those that the pods of a constraint are spread over."""
        if any(where.domain(other.key) is None for other in one.constraints.spread):
            return False
        if rule.honors_affinity and not selects(one.spec, where.kind.labels):
            return False
        return not rule.honors_taints or tolerates(one.spec.get("tolerations") or (), where.kind.taints)

    def taking(self, one: Workload) -> Iterator[Node]:
        """Nodes that take one more pod."""
        return (node for node in self.nodes if not self.obstacle(node, one))


def _means(rule: Spread, pod: Workload) -> bool:
    return Term(rule.key, rule.selector, frozenset((pod.namespace,)), None).selects(pod.namespace, pod.labels)


def _zone_unknown(key: str, node: Node) -> bool:
    return key == ZONE_LABEL and key not in node.kind.labels


def _together(term: Term, where: Node, node: Node) -> bool:
    """Whether two nodes are in one domain of a term."""
    domain = node.domain(term.key)
    return domain is not None and where.domain(term.key) == domain
