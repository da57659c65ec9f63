"""First-fit-decreasing placement of pods on nodes: deterministic, and without any constraint broken.

DaemonSets come first, as their pods have the highest priority; then every other pod, the largest first, on the first node
that has room and admits it. The scheduler spreads pods instead, so its result differs from node to node; but a pod that is
placed here has a place, and pods that exceed the nodes in sum stay pending in both.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from modules.checks.fit.nodes import NodeKind
from modules.checks.fit.scheduling import selects, tolerates
from modules.checks.fit.workloads import Workload

MIB_PER_MILLICORE = 4
"""Weighs memory against CPU for the order of pods; fixed, so that the order does not depend on the nodes."""


@dataclass
class Node:
    """One node and what is left of it."""

    kind: NodeKind
    pods: list[Workload] = field(default_factory=list)
    """A workload as often as it has pods here."""
    cpu_millicores: int = 0
    memory_mib: int = 0
    """Requested."""

    def obstacle(self, one: Workload) -> str | None:
        """Why it does not take a pod now, in a word; None: it does."""
        return refusal(self.kind, one) or self._lack(one)

    def _lack(self, one: Workload) -> str | None:
        if len(self.pods) >= self.kind.pods:
            return "pods"
        if self.cpu_millicores + one.cpu_millicores > self.kind.cpu_millicores and one.cpu_millicores:
            return "CPU"
        if self.memory_mib + one.memory_mib > self.kind.memory_mib and one.memory_mib:
            return "memory"
        return None

    def take(self, one: Workload) -> None:
        """Place a pod."""
        self.pods.append(one)
        self.cpu_millicores += one.cpu_millicores
        self.memory_mib += one.memory_mib


def refusal(kind: NodeKind, one: Workload) -> str | None:
    """Why no node of a kind takes pods of a workload, however empty it is; None: it does."""
    if not tolerates(one.spec.get("tolerations") or (), kind.taints):
        return "taints"
    return None if selects(one.spec, kind.labels) else "node selector"


@dataclass(frozen=True)
class Pending:
    """Pods of one workload without a place."""

    workload: Workload
    pods: int
    obstacles: tuple[tuple[str, int], ...]
    """What is missing, and on how many nodes."""

    def __str__(self) -> str:
        lacking = ", ".join(f"{what} on {count}" for what, count in self.obstacles) or "no node"
        return f"{self.workload.name} ({self.pods}): {lacking}"


@dataclass(frozen=True)
class Placement:
    """All nodes with their pods, and the pods without a place."""

    nodes: tuple[Node, ...]
    pending: tuple[Pending, ...]

    @property
    def waiting(self) -> int:
        """Number of pods without a place."""
        return sum(one.pods for one in self.pending)


def place(workloads: Sequence[Workload], kinds: Iterable[NodeKind]) -> Placement:
    """Place all pods.

    Args:
        workloads: what runs.
        kinds: the kind of each node, in the order in which nodes are filled.
    """
    nodes = tuple(Node(kind) for kind in kinds)
    daemons = [one for one in workloads if one.replicas is None]
    pending = [*_daemons(daemons, nodes)]
    for one in sorted((one for one in workloads if one.replicas is not None), key=_size):
        left, start = one.replicas or 0, 0
        while (
            left
            and (found := next((n for n in range(start, len(nodes)) if not nodes[n].obstacle(one)), None)) is not None
        ):
            nodes[found].take(one)
            left, start = left - 1, found
        if left:
            pending.append(Pending(one, left, _obstacles(nodes, one)))
    return Placement(nodes, tuple(pending))


def _daemons(daemons: Sequence[Workload], nodes: Sequence[Node]) -> Iterator[Pending]:
    for one in daemons:
        missed: Counter[str] = Counter()
        for node in nodes:
            if refusal(node.kind, one) is None:
                if lack := node.obstacle(one):
                    missed[lack] += 1
                else:
                    node.take(one)
        if missed:
            yield Pending(one, missed.total(), tuple(sorted(missed.items())))


def _size(one: Workload) -> tuple[float, int, str]:
    return (-max(one.cpu_millicores, one.memory_mib / MIB_PER_MILLICORE), -one.memory_mib, one.name)


def _obstacles(nodes: Sequence[Node], one: Workload) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(node.obstacle(one) or "" for node in nodes).items()))
