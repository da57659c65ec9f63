"""Prices of earlier runs, in the user's cache: a file for each region, each price with its day."""

import json
import os
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from modules.bindings.compiled import user_caches
from modules.checks.price import Price, PriceQuery


def price_folder() -> Path:
    """The folder of an installed package and of a clone alike: prices depend on neither."""
    return user_caches() / "kubeflow-aws" / "prices"


class PriceCache:
    """A folder of prices. An unreadable file counts as empty.

    Args:
        folder: the folder, which is created at the first price.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, dict[str, Any]] = {}

    def get(self, query: PriceQuery) -> Price | None:
        """The last known price; None: unknown."""
        kept = self._of(query.region).get(query.key)
        if kept is None:
            return None
        return Price(
            Decimal(kept["amount"]), kept["currency"], kept["unit"], date.fromisoformat(kept["as_of"]), kept["source"]
        )

    def put(self, query: PriceQuery, price: Price) -> None:
        """Keep a price. Without space or permission, nothing is kept, and the next run calls AWS again."""
        known = self._of(query.region)
        known[query.key] = {
            "amount": str(price.amount),
            "currency": price.currency,
            "unit": price.unit,
            "as_of": price.as_of.isoformat(),
            "source": price.source,
        }
        try:
            self._write(query.region, json.dumps(known, indent=1, sort_keys=True))
        except OSError:
            return  # a cache is not required

    def _of(self, region: str) -> dict[str, Any]:
        if region not in self._read:
            try:
                content = json.loads(self._path(region).read_text(encoding="utf-8"))
            except (OSError, ValueError):
                content = {}
            self._read[region] = content if isinstance(content, dict) else {}
        return self._read[region]

    def _write(self, region: str, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=self._folder, prefix=".writing-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            Path(temporary).replace(self._path(region))
        finally:
            Path(temporary).unlink(missing_ok=True)

    def _path(self, region: str) -> Path:
        return self._folder / f"{region}.json"
