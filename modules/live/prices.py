"""Prices of AWS: on demand from the Price List API, spot from EC2. Read-only; answers of a day are kept in the user's cache."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from botocore.exceptions import (  # type: ignore[import-untyped]
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from modules.checks.price import NotPriced, Price, PriceQuery
from modules.live.aws import DENIED, code_of
from modules.live.price_cache import PriceCache

SPOT = "spot"
CHINA = "cn-northwest-1"
ENDPOINT = "us-east-1"
"""Region of the Price List API for all regions outside China, whose API and currency are separate.

Source: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
"""
_PREFIX = r"(?:[A-Z]{2,4}\d-|EU-|[a-z]{2,}-[a-z-]+-\d-)?"
"""Code of a region before a usage type: `USW2-`, `EU-`, `us-west-2-`; none in us-east-1."""
THROTTLED = frozenset({"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"})
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
Client = Callable[[str, str], Any]
"""boto3's client of a service in a region."""


class AwsPrices:
    """Prices with the credentials of the caller.

    Args:
        client: creates boto3 clients.
        cache: answers of earlier runs.
        today: day of the run, in UTC.
    """

    def __init__(self, client: Client, cache: PriceCache, today: date) -> None:
        self._client = client
        self._cache = cache
        self._today = today
        self._failed: dict[str, NotPriced] = {}
        """API to the reason for which further requests would fail, too."""

    def price(self, query: PriceQuery) -> Price | NotPriced:
        """The price of today; if AWS gives none, the last known one with its own date."""
        kept = self._cache.get(query)
        if kept is not None and kept.as_of == self._today:
            return kept
        found = self._requested(query)
        if isinstance(found, Price):
            self._cache.put(query, found)
            return found
        return kept or found

    def _requested(self, query: PriceQuery) -> Price | NotPriced:
        api = SPOT if query.service == SPOT else "pricing"
        if api in self._failed:
            return self._failed[api]
        try:
            return self._spot(query) if api == SPOT else self._on_demand(query)
        except (NoCredentialsError, PartialCredentialsError):
            self._failed[api] = NotPriced("no AWS credentials; sign in, such as with `aws sso login`")
        except ClientError as error:
            self._failed[api] = NotPriced(_reason(error, api))
        except BotoCoreError as error:
            self._failed[api] = NotPriced(f"AWS is not reachable ({error}); check network and proxy")
        return self._failed[api]

    def _on_demand(self, query: PriceQuery) -> Price | NotPriced:
        wanted = {"regionCode": query.region, **query.attributes}
        filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in wanted.items()]
        client = self._client("pricing", CHINA if query.region.startswith("cn-") else ENDPOINT)
        pages = client.get_paginator("get_products").paginate(ServiceCode=query.service, Filters=filters)
        products = [json.loads(text) for page in pages for text in page["PriceList"]]
        return self._only(query, {price for one in products if _matches(query, one) for price in _first_tier(one)})

    def _only(self, query: PriceQuery, found: set[tuple[Decimal, str, str]]) -> Price | NotPriced:
        if not found:
            return NotPriced(f"the Price List of {query.service} has no such product in {query.region}")
        if len(found) > 1:
            return NotPriced(f"{len(found)} products of {query.service} with different prices match")
        ((amount, currency, unit),) = found
        return Price(amount, currency, unit, self._today, f"AWS Price List API, {query.service}, {query.region}")

    def _spot(self, query: PriceQuery) -> Price | NotPriced:
        answer = self._client("ec2", query.region).describe_spot_price_history(
            InstanceTypes=[query.attributes["instanceType"]],
            ProductDescriptions=["Linux/UNIX"],
            StartTime=datetime.now(UTC),
        )
        amounts = [Decimal(one["SpotPrice"]) for one in answer["SpotPriceHistory"]]
        if not amounts:
            return NotPriced(f"EC2 has no spot price of {query.attributes['instanceType']} in {query.region}")
        currency = "CNY" if query.region.startswith("cn-") else "USD"
        source = f"EC2 DescribeSpotPriceHistory, {query.region}, highest of the zones"
        return Price(max(amounts), currency, "Hrs", self._today, source)


def _reason(error: Any, api: str) -> str:
    code = code_of(error)
    action = "ec2:DescribeSpotPriceHistory" if api == SPOT else "pricing:GetProducts"
    if code in DENIED:
        return f"the caller lacks {action}"
    if code in THROTTLED:
        return f"AWS throttles {action}; run the command again in a minute"
    if code in EXPIRED:
        return "the AWS credentials have expired; sign in again"
    return f"{action} failed: {code}"


def _matches(query: PriceQuery, product: Mapping[str, Any]) -> bool:
    usage = product["product"]["attributes"].get("usagetype", "")
    return not query.usage_type or re.fullmatch(f"{_PREFIX}(?:{query.usage_type})", usage) is not None


def _first_tier(product: Mapping[str, Any]) -> Iterator[tuple[Decimal, str, str]]:
    """Price, currency and unit from zero on; a free product has none."""
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            for currency, text in dimension["pricePerUnit"].items():
                if dimension.get("beginRange", "0") == "0" and Decimal(text) > 0:
                    yield Decimal(text), currency, dimension["unit"]
