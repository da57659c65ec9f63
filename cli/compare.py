"""`kubeflow-aws compare`: differences between the installed objects of two versions.

A version is an inventory file, a git revision, or the version of this program.
"""

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

from cli.grid import console_of_output
from cli.inventory import inventory_of_this_version
from cli.program import ExitCode
from cli.revision import inventory_of_revision
from modules.upgrade.comparison import compare
from modules.upgrade.records import Inventory, read
from modules.upgrade.report import report


def inventory_of(version: str | None) -> Inventory:
    """The inventory of a command line argument; None: of this folder.

    Raises:
        ValueError: it is not available; the message says what is required.
    """
    if version is None:
        return inventory_of_this_version()
    return read(Path(version)) if Path(version).is_file() else inventory_of_revision(version)


def main(base: str, head: str | None = None, *, as_json: bool = False, exit_code: bool = False) -> None:
    """Print the comparison.

    Args:
        base: the version before: an inventory file or a git revision.
        head: the version after; None: this folder's.
        as_json: as one JSON document.
        exit_code: exit with `ExitCode.DIFFERENCES` if the versions differ.

    Raises:
        ValueError: a version is not available.
        SystemExit: the versions differ.
    """
    old, new = inventory_of(base), inventory_of(head)
    found = replace(
        compare(old, new), before=f"{base} ({old.version})", after=f"{head or 'this folder'} ({new.version})"
    )
    if as_json:
        print(json.dumps(asdict(found), indent=1, ensure_ascii=False))
    else:
        console_of_output().print(report(found))
    if exit_code and not found.is_empty:
        sys.exit(ExitCode.DIFFERENCES)
