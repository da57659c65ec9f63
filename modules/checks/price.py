"""Prices as `check` reads them: a question, and a price with its date and source, or why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True)
class PriceQuery:
    """One product of the AWS Price List, or a spot price."""

    service: str
    """Service code, such as AmazonEC2; `spot` for the spot price of an instance type."""
    region: str
    usage_type: str = ""
    """Regular expression for the whole usage type, without the prefix of its region (`USW2-`); empty: any."""
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Attributes of the product, such as `instanceType`."""

    @property
    def key(self) -> str:
        """The question as one text."""
        shown = ",".join(f"{name}={value}" for name, value in sorted(self.attributes.items()))
        return f"{self.service}|{self.region}|{self.usage_type}|{shown}"


@dataclass(frozen=True)
class Price:
    """A price for one unit."""

    amount: Decimal
    currency: str
    unit: str
    """As AWS writes it: `Hrs`, `GB-Mo`."""
    as_of: date
    """Day on which AWS answered, in UTC."""
    source: str


@dataclass(frozen=True)
class NotPriced:
    """Why an item has no price."""

    reason: str


class PriceSource(Protocol):
    """Where prices come from."""

    def price(self, query: PriceQuery) -> Price | NotPriced:
        """The on-demand price of a product, or the spot price of an instance type."""
        ...
