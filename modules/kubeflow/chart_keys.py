"""Values that the official charts of the catalogue know: the keys of their values.yaml and of those of their subcharts.

`chart_keys.json` is written by `python -m modules.vendoring.chart_keys`, and compared with the charts by a test.
"""

import difflib
import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("chart_keys.json")
GLOBAL = "global"
"""Values for all subcharts, which each chart accepts."""

Keys = Mapping[str, Any]
"""Key to the keys below it; none: the chart takes anything there."""


@dataclass(frozen=True)
class ChartKeys:
    """What one chart knows."""

    version: str
    """Of the chart; another one may know other values."""
    keys: Keys


@functools.cache
def chart_keys() -> Mapping[str, ChartKeys]:
    """Entry of the catalogue to what its chart knows."""
    return {name: ChartKeys(**one) for name, one in json.loads(FILE.read_bytes()).items()}


def unknown_values(values: Mapping[str, Any], known: Keys, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Paths of values that a chart does not know, each with similar keys that it knows.

    Args:
        values: of the settings.
        known: of the chart.
        path: of the values.
    """
    for key, value in values.items():
        here = f"{path}.{key}".lstrip(".")
        if key == GLOBAL:
            continue
        if key not in known:
            yield here, difflib.get_close_matches(key, known, n=3)
        elif isinstance(value, Mapping) and known[key]:
            yield from unknown_values(value, known[key], here)
