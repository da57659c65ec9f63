"""All kinds of findings, from `kinds.py` of each package of checks."""

import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from modules.checks.finding import Kind


@cache
def all_kinds() -> Mapping[str, Kind]:
    """Every kind by its id, sorted."""
    folder = Path(__file__).parent
    names = sorted(path.relative_to(folder).parent.parts for path in folder.glob("*/**/kinds.py"))
    package = __name__.rpartition(".")[0]
    modules = [importlib.import_module(".".join((package, *parts, "kinds"))) for parts in names]
    found = [one for module in modules for one in module.KINDS]
    return {one.id: one for one in sorted(found, key=lambda kind: kind.id)}
