"""First-fit-decreasing placement of pods on nodes: deterministic, and without any constraint broken.

DaemonSets come first, as their pods have the highest priority; then pods with constraints on what else runs; then every other
pod, the largest first, on the first node that has room and admits it. The scheduler spreads pods instead, so its result differs
from node to node; but a pod that is placed here has a place, and pods that exceed the nodes in sum stay pending in both.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from modules.checks.fit.board import Board, Node
from modules.checks.fit.nodes import NodeKind
from modules.checks.fit.workloads import Workload

MIB_PER_MILLICORE = 4
"""Weighs memory against CPU for the order of pods; fixed, so that the order does not depend on the nodes."""


@dataclass(frozen=True)
class Pending:
    """Pods of one workload without a place."""

    workload: Workload
    pods: int
    obstacles: tuple[tuple[str, int], ...]
    """What is missing, and on how many nodes; 0 nodes: independent of nodes."""

    def __str__(self) -> str:
        lacking = ", ".join(f"{what} on {count}" if count else what for what, count in self.obstacles) or "no node"
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
    board = Board(tuple(Node(kind, number) for number, kind in enumerate(kinds)))
    pending = [*_daemons([one for one in workloads if one.replicas is None], board)]
    left = [
        (one, one.replicas or 0) for one in sorted((one for one in workloads if one.replicas is not None), key=_rank)
    ]
    while True:
        again = [(one, rest) for one, pods in left if (rest := pods - _put(one, pods, board))]
        placed = sum(pods for _, pods in left) - sum(pods for _, pods in again)
        left = again
        # a pod that must be near others waits for them
        if not placed or not any(one.constraints for one, _ in left):
            break
    pending += [Pending(one, pods, obstacles(board, one)) for one, pods in left]
    return Placement(tuple(board.nodes), tuple(pending))


def _put(one: Workload, pods: int, board: Board) -> int:
    """Place as many pods of a workload as possible, and return their number."""
    start = placed = 0
    while placed < pods:
        found = next((n for n in range(start, len(board.nodes)) if not board.obstacle(board.nodes[n], one)), None)
        if found is None:
            break
        board.take(board.nodes[found], one)
        placed += 1
        # without constraints, nodes that do not take it now do not take it later
        start = 0 if one.constraints else found
    return placed


def _daemons(daemons: Sequence[Workload], board: Board) -> Iterator[Pending]:
    for one in daemons:
        missed: Counter[str] = Counter()
        for node in board.nodes:
            if board.refusal(node, one) is None:
                if lack := board.obstacle(node, one):
                    missed[lack] += 1
                else:
                    board.take(node, one)
        if missed:
            yield Pending(one, missed.total(), tuple(sorted(missed.items())))


def _rank(one: Workload) -> tuple[bool, float, int, str]:
    largest = max(one.cpu_millicores, one.memory_mib / MIB_PER_MILLICORE)
    return (not one.constraints, -largest, -one.memory_mib, one.name)


def obstacles(board: Board, one: Workload) -> tuple[tuple[str, int], ...]:
    """What prevents one more pod of a workload, and on how many nodes."""
    return tuple(sorted(Counter(board.obstacle(node, one) or "" for node in board.nodes).items()))
