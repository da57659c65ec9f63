"""The platforms that a `main.py` defines, for commands that need settings instead of generated JSON."""

import runpy
from collections.abc import Iterator
from pathlib import Path

from modules.settings import Platform

MAIN = Path("main.py")


def platforms(main_file: Path = MAIN) -> Iterator[Platform]:
    """Every platform among the names of a `main.py`; nothing is synthesized, since it is not run as a program."""
    values = runpy.run_path(str(main_file), run_name="main") if main_file.exists() else {}
    yield from {id(value): value for value in values.values() if isinstance(value, Platform)}.values()
