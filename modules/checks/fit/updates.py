"""Whether updates come to an end: room for pods that a rolling update adds, and disruption budgets that keep nodes from draining."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from modules.checks.finding import Finding, listed
from modules.checks.fit import kinds
from modules.checks.fit.board import Board
from modules.checks.fit.changes import fix
from modules.checks.fit.provisioning import can_add
from modules.checks.fit.supply import Settled, Supply, settle
from modules.checks.fit.workloads import Workload


def updates(running: Sequence[Workload], now: Settled, supply: Supply) -> Iterator[Finding]:
    """Updates that never end.

    Args:
        running: what runs.
        now: a placement of all of it.
        supply: nodes that can be added.
    """
    stuck = _stuck(running, now, supply)
    if stuck:
        yield Finding(
            kinds.SURGE.id,
            kinds.SURGE.severity,
            f"a rolling update adds a pod before it stops one, and no node has room: {listed(stuck)}",
            fix(supply, lambda changed: not _stuck(running, settle(running, changed), changed)),
        )
    held = [one.name for one in running if one.evictable == 0 and one.replicas]
    if held:
        yield Finding(
            kinds.BUDGET.id,
            kinds.BUDGET.severity,
            f"PodDisruptionBudgets never let a pod go: {listed(held)}",
            "run one replica more than the budget requires, or set force_update of the node groups",
        )


def _stuck(running: Sequence[Workload], now: Settled, supply: Supply) -> list[str]:
    """Workloads of which no node takes one more pod."""
    board = Board(now.placement.nodes)
    return [one.name for one in running if _needs_room(one) and not _has_room(one, board, running, now, supply)]


def _needs_room(one: Workload) -> bool:
    """Whether its update cannot begin by stopping a pod."""
    return bool(one.surge) and not one.unavailable and one.replicas != 0


def _has_room(one: Workload, board: Board, running: Sequence[Workload], now: Settled, supply: Supply) -> bool:
    if one.replicas is None:
        return all(not board.obstacle(node, one) for node in board.nodes if one in node.pods)
    if any(board.taking(one)):
        return True
    more = [
        replace(other, replicas=other.replicas + 1) if other is one else other for other in running if other.replicas
    ]
    daemons = [other for other in running if other.replicas is None]
    if can_add(supply.pools, now.added, one, daemons):
        return True
    return not settle([*more, *daemons], supply).waiting
