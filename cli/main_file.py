"""Loads the platforms of a `main.py`, for commands that need settings."""

import runpy
from collections.abc import Iterator
from pathlib import Path

from modules.settings import Platform

MAIN = Path("main.py")


def platforms(main_file: Path = MAIN) -> Iterator[Platform]:
    """All platforms defined in a `main.py`, without synthesis."""
    values = runpy.run_path(str(main_file), run_name="main") if main_file.exists() else {}
    yield from {id(value): value for value in values.values() if isinstance(value, Platform)}.values()
