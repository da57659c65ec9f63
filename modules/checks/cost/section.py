"""The section Cost for terminal, JSON and reports; only with `--prices`."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from modules.checks.cost import kinds
from modules.checks.cost.claims import claims
from modules.checks.cost.costs import Amounts, Line, Share, lines, shares, total
from modules.checks.cost.items import HOURS, Item, items
from modules.checks.finding import Finding, Kind
from modules.checks.inputs import Inputs
from modules.checks.price import NotPriced, Price
from modules.checks.section import Section, Table
from modules.settings import Cluster, Platform

TITLE = "Cost"


def section(inputs: Inputs) -> Section:
    """What a platform costs at today's prices.

    Raises:
        ValueError: there is no source of prices.
    """
    if inputs.prices is None:
        raise ValueError("section cost reads prices from AWS; add --prices")
    of_json = items(inputs.documents, inputs.platform.region, inputs.today)
    found = lines([*of_json, *claims(inputs.platform)], inputs.prices)
    priced = [one for one in found if isinstance(one.answer, Price)]
    currencies = sorted({one.answer.currency for one in priced if isinstance(one.answer, Price)})
    currency = ", ".join(currencies) or "amount"
    per_team = list(shares(inputs.platform, found))
    tables = (
        _by_stack(found, currency),
        _items([one for one in found if one.monthly is not None]),
        _by_use([one for one in priced if one.item.quantity is None]),
        _teams(per_team, currency, _prices(found)),
    )
    return Section(
        TITLE,
        _verdict(found, currency),
        tuple(_findings(inputs.platform, found)),
        tables,
        document=_document(found, per_team),
    )


def _verdict(found: Sequence[Line], currency: str) -> str:
    counted = [one for one in found if one.monthly is not None]
    missing = sum(isinstance(one.answer, NotPriced) for one in found)
    without = f", {missing} item{'s' if missing != 1 else ''} without a price" if missing else ""
    if not counted:
        return f"not priced{without}"
    return f"{_money(total(counted)[1])} {currency} a month at desired size, without use, by {_prices(found)}{without}"


def _prices(found: Sequence[Line]) -> str:
    """Source and days of the prices in sums."""
    days = sorted({str(one.answer.as_of) for one in found if isinstance(one.answer, Price)})
    return f"list and spot prices of AWS as of {', '.join(days)}" if days else "no price"


def _findings(platform: Platform, found: Sequence[Line]) -> Iterator[Finding]:
    reasons: dict[str, list[str]] = {}
    for one in found:
        if isinstance(one.answer, NotPriced):
            reasons.setdefault(one.answer.reason, []).append(one.item.name)
    for reason, names in reasons.items():
        yield _of(kinds.NO_PRICE, f"{', '.join(dict.fromkeys(names))}: {reason}")
    by_use = [one.item.name for one in found if one.item.quantity is None]
    yield _of(
        kinds.BY_USE,
        f"data and requests, logs, backups, volumes of charts and users{''.join(f', {name}' for name in by_use)}",
    )
    if others := list(_other_nodes(platform)):
        yield _of(kinds.OTHER_NODES, ", ".join(others))
    yield _of(kinds.DISCOUNTS, "savings plans, reservations, free tier, support, taxes")
    yield _of(kinds.OTHER_SERVICES, "WAF, Cognito, Managed Prometheus, CloudWatch, ECR, existing resources")


def _other_nodes(platform: Platform) -> Iterator[str]:
    if platform.kubeflow is not None and platform.kubeflow.node_pools:
        yield "nodes of Karpenter"
    if isinstance(platform.cluster, Cluster):
        if platform.cluster.auto_mode is not None:
            yield "nodes of EKS Auto Mode"
        if platform.cluster.fargate_profiles:
            yield "pods on Fargate"
        blocks = [group.name for group in platform.cluster.node_groups if group.capacity_type == "CAPACITY_BLOCK"]
        if blocks:
            yield f"capacity blocks of {', '.join(blocks)}"


def _of(kind: Kind, text: str) -> Finding:
    return Finding(kind.id, kind.severity, text, kind.fix)


def _by_stack(found: Sequence[Line], currency: str) -> Table:
    sizes = ("minimum", "desired", "maximum")
    amounts = [f"{currency} {period}, {size}" for period in ("an hour", "a month") for size in sizes]
    headings = ("stack", *amounts, "without a price")
    stacks = dict.fromkeys(one.item.stack for one in found)
    rows = [_sums(stack, [one for one in found if one.item.stack == stack]) for stack in stacks]
    about = f"Items with a price and a known quantity; a month has {HOURS} hours; {_prices(found)}. Sources are with the items."
    return Table("Cost by stack", headings, (*rows, _sums("all", found)), about, frozenset(headings[1:]))


def _sums(name: str, found: Sequence[Line]) -> tuple[str, ...]:
    """Sums of what has a price; without any, no figure."""
    missing = str(sum(isinstance(one.answer, NotPriced) for one in found))
    if all(one.monthly is None for one in found):
        return name, *["not priced"] * 6, missing
    amounts = total(found)
    return name, *(_money(one / HOURS, 4) for one in amounts), *(_money(one) for one in amounts), missing


def _items(found: Sequence[Line]) -> Table:
    headings = (
        "item",
        "stack",
        "units: minimum",
        "desired",
        "maximum",
        "price",
        "for",
        "a month, desired",
        "as of",
        "source",
    )
    rows = tuple(
        _row(one.item, one.answer, one.monthly) for one in found if isinstance(one.answer, Price) and one.monthly
    )
    return Table("Items", headings, rows, numbers=frozenset((*headings[2:6], "a month, desired")))


def _row(item: Item, price: Price, monthly: Amounts) -> tuple[str, ...]:
    counts = (f"{count:g}" for count in item.quantity or ())
    shown = f"{price.amount.normalize():f} {price.currency}"
    return item.name, item.stack, *counts, shown, price.unit, _money(monthly[1]), str(price.as_of), price.source


def _by_use(found: Sequence[Line]) -> Table:
    rows = tuple(
        (
            one.item.name,
            one.item.stack,
            f"{one.answer.amount.normalize():f} {one.answer.currency}",
            one.answer.unit,
            str(one.answer.as_of),
            one.answer.source,
        )
        for one in found
        if isinstance(one.answer, Price)
    )
    headings = ("item", "stack", "price", "for", "as of", "source")
    return Table(
        "Prices of what depends on use", headings, rows, "How much is used is not guessed.", frozenset({"price"})
    )


def _teams(found: Sequence[Share], currency: str, prices: str) -> Table:
    rows = tuple(
        (
            one.team,
            "no quota" if one.part is None else f"{one.part:.0%}",
            "" if one.monthly is None else _money(one.monthly),
        )
        for one in found
    )
    about = (
        "The part of the nodes at desired size that a team can take by its quota: the greater part of CPU and memory; "
        f"{prices}. All quotas together can be more or less than the nodes."
    )
    headings = ("team", "part of the nodes", f"{currency} a month")
    return Table("Share of teams", headings, rows, about, frozenset(headings[1:]))


def _money(amount: Decimal, digits: int = 2) -> str:
    return f"{amount:,.{digits}f}"


def _document(found: Sequence[Line], per_team: Sequence[Share]) -> Mapping[str, Any]:
    return {
        "hours_per_month": HOURS,
        "items": [_line(one) for one in found],
        "teams": [
            {
                "team": one.team,
                "part_of_nodes": None if one.part is None else str(one.part),
                "cost_per_month": None if one.monthly is None else str(one.monthly),
            }
            for one in per_team
        ],
    }


def _line(one: Line) -> Mapping[str, Any]:
    made: dict[str, Any] = {"item": one.item.name, "stack": one.item.stack, "quantity": one.item.quantity}
    if isinstance(one.answer, NotPriced):
        return made | {"not_priced": one.answer.reason}
    return made | {
        "price": str(one.answer.amount),
        "currency": one.answer.currency,
        "unit": one.answer.unit,
        "as_of": str(one.answer.as_of),
        "source": one.answer.source,
        "cost_per_month": None if one.monthly is None else [str(amount) for amount in one.monthly],
    }
