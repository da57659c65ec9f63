"""Runs tests in another order each day where CI is set, so that none depends on another; the header prints the seed.

`--order-seed=NUMBER` repeats the order of a run, or shuffles outside CI. Files are shuffled, and tests within each file, so that
what a file's tests share is still made once. Files with Terraform keep their order: they apply, change and destroy one platform.
"""

import os
import random
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption(
        "--order-seed", type=int, help="run tests in the random order of this number; 0: as they are written"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Choose a seed, the same in all workers of a run."""
    if hasattr(config, "workerinput"):
        config.option.order_seed = config.workerinput["order_seed"]
    elif config.option.order_seed is None:
        config.option.order_seed = datetime.now(UTC).toordinal() if os.environ.get("CI") == "true" else 0


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the seed to a worker of xdist."""
    node.workerinput["order_seed"] = node.config.option.order_seed


def pytest_report_header(config: pytest.Config) -> str:
    """Say how to repeat the order."""
    seed = config.option.order_seed
    return f"random order: --order-seed={seed}" if seed else "order: as written (--order-seed=NUMBER shuffles)"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Shuffle."""
    if config.option.order_seed:
        items[:] = shuffled(items, config.option.order_seed)


def shuffled(items: list[pytest.Item], seed: int) -> list[pytest.Item]:
    """Items in the order of a seed, those of one file together."""
    chance = random.Random(seed)
    files = [list(group) for _, group in groupby(items, key=lambda item: item.path)]
    chance.shuffle(files)
    for tests in files:
        if not any(item.get_closest_marker("terraform") for item in tests):
            chance.shuffle(tests)
    return [item for tests in files for item in tests]
