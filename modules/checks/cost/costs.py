"""Sums of priced items by stack, and the share of each team by its quota."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from modules.checks.cost.items import HOURS, Item
from modules.checks.fit.nodes import node_kind, unknown_types
from modules.checks.price import NotPriced, Price, PriceSource
from modules.settings import Cluster, Platform

Amounts = tuple[Decimal, Decimal, Decimal]
"""For a month, at minimum, desired and maximum size."""


@dataclass(frozen=True)
class Line:
    """An item with the answer about its price."""

    item: Item
    answer: Price | NotPriced

    @property
    def monthly(self) -> Amounts | None:
        """Cost of a month; None: without a price, or by use."""
        if isinstance(self.answer, NotPriced) or self.item.quantity is None:
            return None
        hours = HOURS if self.item.hourly else 1
        unit = self.answer.amount * hours
        low, middle, high = (Decimal(str(count)) * unit for count in self.item.quantity)
        return (low, middle, high)


def lines(found: Sequence[Item], source: PriceSource) -> list[Line]:
    """Look up the price of each item."""
    return [Line(one, source.price(one.query)) for one in found]


def total(found: Sequence[Line]) -> Amounts:
    """Sum of all lines that have a price and a quantity."""
    amounts = [monthly for one in found if (monthly := one.monthly) is not None]
    low, middle, high = (sum((one[index] for one in amounts), Decimal(0)) for index in range(3))
    return (low, middle, high)


@dataclass(frozen=True)
class Share:
    """The part of the nodes that a team can take by its quota."""

    team: str
    part: Decimal | None
    """Of the nodes at desired size: the greater part of CPU and memory; None: the team has no such quota."""
    monthly: Decimal | None


def shares(platform: Platform, found: Sequence[Line]) -> Iterator[Share]:
    """Cost of nodes at desired size by the quotas of teams; none if a type of the nodes is not in the table.

    Args:
        platform: platform with valid settings.
        found: its lines.
    """
    cluster, kubeflow = platform.cluster, platform.kubeflow
    if not isinstance(cluster, Cluster) or kubeflow is None or not kubeflow.teams:
        return
    if not cluster.node_groups or any(unknown_types(group) for group in cluster.node_groups):
        return
    kinds = [(node_kind(platform, cluster, group), group.desired_size) for group in cluster.node_groups]
    cpu = Decimal(sum(kind.cpu_millicores * count for kind, count in kinds)) / 1000
    memory = Decimal(sum(kind.memory_mib * count for kind, count in kinds)) / 1024
    nodes = [one for one in found if one.item.is_node]
    cost = total(nodes)[1] if all(one.monthly is not None for one in nodes) else None
    for team in kubeflow.teams:
        quota = team.quota
        parts = [
            Decimal(wanted) / room
            for wanted, room in ((quota and quota.cpu, cpu), (quota and quota.memory_gib, memory))
            if wanted and room
        ]
        part = max(parts) if parts else None
        yield Share(team.name, part, part * cost if part is not None and cost is not None else None)
