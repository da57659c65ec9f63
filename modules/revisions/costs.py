"""Costs that differ, from the section `cost` of two checks; never an amount without its currency, date and source."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modules.revisions.results import Result

SECTION = "cost"
NONE = "-"


@dataclass(frozen=True, order=True)
class Cost:
    """An item whose monthly cost or price differs."""

    stack: str
    item: str
    before: str
    """A month at minimum, desired and maximum size; `-` without the item."""
    after: str
    source: str
    """Of the later price, or the earlier one if the item is removed."""


def costs(before: Result, after: Result) -> list[Cost]:
    """Items that are new, removed, or cost something else."""
    old, new = _items(before), _items(after)
    found = []
    for key in old.keys() | new.keys():
        was, now = _amount(old.get(key)), _amount(new.get(key))
        if was != now:
            found.append(Cost(*key, was, now, str((new.get(key) or old[key]).get("source", NONE))))
    return sorted(found)


def _items(result: Result) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(str(one["stack"]), str(one["item"])): one for one in result.get(SECTION, {}).get("items", ())}


def _amount(item: Mapping[str, Any] | None) -> str:
    if item is None:
        return NONE
    if "not_priced" in item:
        return f"not priced: {item['not_priced']}"
    dated = f"{item['currency']} ({item['as_of']})"
    monthly = item.get("cost_per_month")
    if monthly is None:
        return f"{item['price']} {item['unit']} {dated}, by use"
    return f"{' / '.join(map(str, monthly))} {dated} a month"
