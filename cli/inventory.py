"""`make inventory`: installed objects of this version as one JSON file: releases, objects, owners, immutable fields.

    python -m cli.inventory                      to standard output
    python -m cli.inventory --output FILE        to a file

Reads the lock and the cache of `make vendor`. The file contains no upstream text and can be committed.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from modules.kubeflow.builtin_context import builtin_context
from modules.kubeflow.cache import Cache
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.lock import read_lock
from modules.settings import Dex, ExistingCluster, Kubeflow, Platform
from modules.upgrade.inventory import inventory
from modules.upgrade.records import Inventory


def inventory_of_this_version(cache: Cache | None = None) -> Inventory:
    """The whole catalogue in every variant, with template objects for default settings.

    Raises:
        ValueError: objects are missing in the cache.
    """
    kubeflow = Kubeflow(auth=Dex(users=("user@example.com",)))
    platform = Platform(name="inventory", region="us-west-2", cluster=ExistingCluster(name="any"), kubeflow=kubeflow)
    return inventory(CATALOGUE, read_lock(), cache or Cache(), builtin_context(platform, kubeflow))


def main(arguments: Sequence[str]) -> None:
    """The command line of `make inventory`."""
    parser = argparse.ArgumentParser(prog="python -m cli.inventory", description=__doc__)
    parser.add_argument("--output", type=Path, help="output file; default: standard output")
    given = parser.parse_args(arguments)
    try:
        text = inventory_of_this_version().text()
    except ValueError as error:
        sys.exit(f"inventory: {error}")
    if given.output is None:
        sys.stdout.write(text)
        return
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text(text, encoding="utf-8")
    print(f"{given.output}: written")


if __name__ == "__main__":
    main(sys.argv[1:])
