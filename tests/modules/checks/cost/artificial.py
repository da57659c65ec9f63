"""Answers of AWS's price APIs in their documented shape, with artificial amounts: none of them is a price.

Shape: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError  # type: ignore[import-untyped]


def product(usage_type: str, amount: str, unit: str = "Hrs", currency: str = "USD", begin: str = "0") -> str:
    """One entry of `PriceList`."""
    dimension = {
        "unit": unit,
        "beginRange": begin,
        "endRange": "Inf",
        "description": "artificial",
        "pricePerUnit": {currency: amount},
    }
    return json.dumps(
        {
            "product": {"productFamily": "artificial", "attributes": {"usagetype": usage_type}, "sku": "ARTIFICIAL"},
            "serviceCode": "artificial",
            "terms": {"OnDemand": {"ARTIFICIAL.1": {"priceDimensions": {"ARTIFICIAL.1.1": dimension}}}},
            "version": "artificial",
            "publicationDate": "2000-01-01T00:00:00Z",
        }
    )


@dataclass
class Clients:
    """boto3's clients of pricing and ec2."""

    products: Sequence[str] = ()
    spot: Mapping[str, str] = field(default_factory=dict)
    """Zone to price."""
    error: Exception | None = None
    requests: list[Mapping[str, Any]] = field(default_factory=list)

    def __call__(self, service: str, region: str) -> "Clients":
        self.requests.append({"service": service, "region": region})
        return self

    def get_paginator(self, operation: str) -> "Clients":
        assert operation == "get_products"
        return self

    def paginate(self, **parameters: Any) -> Iterator[Mapping[str, Any]]:
        self.requests[-1] = {**self.requests[-1], **parameters}
        if self.error is not None:
            raise self.error
        for one in self.products:
            yield {"FormatVersion": "aws_v1", "PriceList": [one]}

    def describe_spot_price_history(self, **parameters: Any) -> Mapping[str, Any]:
        self.requests[-1] = {**self.requests[-1], **parameters}
        if self.error is not None:
            raise self.error
        return {"SpotPriceHistory": [{"AvailabilityZone": zone, "SpotPrice": text} for zone, text in self.spot.items()]}


def refused(code: str) -> ClientError:
    """An error of AWS."""
    return ClientError({"Error": {"Code": code, "Message": "artificial"}}, "GetProducts")
