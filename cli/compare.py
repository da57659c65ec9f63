"""`make compare BASE=…`: differences between the installed objects of two versions.

    python -m cli.compare main                                with the version in this folder
    python -m cli.compare v1 v2                               two revisions of git
    python -m cli.compare tests/upgrades/26.03.json           with a recorded inventory
    python -m cli.compare main --json                         as JSON

A version is an inventory file or a git revision. The objects of a revision come from the cache; missing ones are rendered
from that revision's upstream, as `make vendor` does. Official charts are compared by version.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from rich.console import Console

from cli.inventory import inventory_of_this_version
from cli.revision import inventory_of_revision
from modules.upgrade.comparison import compare
from modules.upgrade.records import Inventory, read
from modules.upgrade.report import report

WIDTH = 200
"""Output width without a terminal."""


def inventory_of(version: str | None) -> Inventory:
    """The inventory of a command line argument; None: of this folder.

    Raises:
        ValueError: it is not available; the message says what is required.
    """
    if version is None:
        return inventory_of_this_version()
    return read(Path(version)) if Path(version).is_file() else inventory_of_revision(version)


def main(arguments: Sequence[str]) -> None:
    """The command line of `make compare`."""
    parser = argparse.ArgumentParser(
        prog="python -m cli.compare", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("base", help="the version before: an inventory file, or a revision of git")
    parser.add_argument("head", nargs="?", help="the version after; without it, what is in this folder")
    parser.add_argument("--json", action="store_true", help="the whole comparison as JSON")
    given = parser.parse_args(arguments)
    try:
        old, new = inventory_of(given.base), inventory_of(given.head)
    except ValueError as error:
        sys.exit(f"compare: {error}")
    names = (f"{given.base} ({old.version})", f"{given.head or 'this folder'} ({new.version})")
    found = replace(compare(old, new), before=names[0], after=names[1])
    if given.json:
        print(json.dumps(asdict(found), indent=1, ensure_ascii=False))
        return
    is_narrow = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    Console(width=WIDTH if is_narrow else None, soft_wrap=False).print(report(found))


if __name__ == "__main__":
    main(sys.argv[1:])
