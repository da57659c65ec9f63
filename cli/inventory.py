"""`kubeflow-aws inventory`: installed objects of this version as a table or as JSON.

Reads the lock and the cache of `kubeflow-aws vendor`. The file contains no upstream text and can be committed.
"""

import sys
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

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


def main(output: Path | None = None, *, as_json: bool = False) -> None:
    """Print a table of the components, or write the inventory.

    Args:
        output: file to write.
        as_json: write the inventory to standard output.

    Raises:
        ValueError: objects are missing in the cache.
    """
    found = inventory_of_this_version()
    if as_json:
        sys.stdout.write(found.text())
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(found.text(), encoding="utf-8")
        print(f"{output}: written", file=sys.stderr if as_json else sys.stdout)
    if output is None and not as_json:
        Console().print(table(found))


def table(found: Inventory) -> Table:
    """Components with their versions, variants and numbers of objects."""
    made = Table(box=box.SIMPLE_HEAD)
    for heading in ("component", "layer", "version", "variants"):
        made.add_column(heading, overflow="fold")
    for heading in ("objects", "with data"):
        made.add_column(heading, justify="right")
    for name, component in found.components.items():
        counts = (len(component.objects), sum(one.stateful for one in component.objects))
        made.add_row(name, component.layer, component.version, ", ".join(component.variants), *map(str, counts))
    return made
