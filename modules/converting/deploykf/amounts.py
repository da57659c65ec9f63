"""Amounts of Kubernetes as settings write them."""

from decimal import Decimal, InvalidOperation
from math import ceil
from typing import Any

from modules.kubeflow.pod_requests import quantity

GIB = Decimal(2) ** 30


def amount(value: Any) -> Decimal:
    """A quantity such as 500m or 2Gi.

    Raises:
        ValueError: it is none.
    """
    try:
        return quantity(value)
    except InvalidOperation as error:
        raise ValueError(f"{value} is not a quantity of Kubernetes; write one such as 500m or 2Gi") from error


def limit(field: str, value: Any) -> int:
    """A limit of a quota, rounded up to whole units: a limit that is too low stops pods that ran before."""
    return ceil(amount(value) / GIB if field.endswith("_gib") else amount(value))


def cpu(value: Any) -> float:
    """VCPUs."""
    return float(amount(value))


def gib(value: Any) -> float:
    """GiB."""
    return float(round(amount(value) / GIB, 3))
