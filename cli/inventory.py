"""`kubeflow-aws inventory`: installed objects of this version as JSON: releases, objects, owners, immutable fields.

Reads the lock and the cache of `kubeflow-aws vendor`. The file contains no upstream text and can be committed.
"""

import sys
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


def main(output: Path | None = None) -> None:
    """Write the inventory.

    Args:
        output: file to write; None: standard output.

    Raises:
        ValueError: objects are missing in the cache.
    """
    text = inventory_of_this_version().text()
    if output is None:
        sys.stdout.write(text)
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, encoding="utf-8")
    print(f"{output}: written")
