"""The smallest changes of node groups with which a condition holds: a number of nodes, and an instance type."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from modules.checks.fit.search import Group
from modules.checks.fit.supply import Supply

MOST_ADDED = 6
"""Nodes to add at most to one group."""
MOST_SIZES = 3
"""Larger types to try of each group."""


@dataclass(frozen=True)
class Change:
    """One change of a node group."""

    group: str
    nodes: int | None = None
    """Number of nodes."""
    instance_type: str | None = None

    def __str__(self) -> str:
        return f"{self.group}: {self.instance_type or f'{self.nodes} nodes'}"


def smallest(supply: Supply, holds: Callable[[Supply], bool]) -> Iterator[Change]:
    """The smallest number of further nodes of one group, and the next larger type of one group, each enough alone.

    Args:
        supply: nodes with which the condition does not hold.
        holds: the condition.
    """
    numbers = (
        (Change(one.kind.group, nodes=one.desired + added), replace(one, desired=one.desired + added))
        for added in range(1, MOST_ADDED + 1)
        for one in supply.groups
    )
    sizes = (
        (Change(one.kind.group, instance_type=kind.instance_type), replace(one, kind=kind))
        for number in range(MOST_SIZES)
        for one in supply.groups
        for kind in one.larger[number : number + 1]
        if one.desired
    )
    for tried in (numbers, sizes):
        found = next((change for change, group in tried if holds(_with(supply, group))), None)
        if found is not None:
            yield found


def _with(supply: Supply, changed: Group) -> Supply:
    return supply.with_groups(
        [
            replace(changed, most=max(changed.most, changed.desired)) if one.kind.group == changed.kind.group else one
            for one in supply.groups
        ]
    )


def fix(supply: Supply, holds: Callable[[Supply], bool]) -> str:
    """What to do, with the smallest changes if there are any.

    Args:
        supply: nodes with which the condition does not hold.
        holds: the condition.
    """
    ways = " or ".join(str(one) for one in smallest(supply, holds))
    return f"what fits: {ways}" if ways else "raise desired_size, or use a larger type"
