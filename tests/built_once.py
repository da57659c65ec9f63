"""Synthesis of the same settings that all worker processes and later runs share: made by the first, then read from disk.

A change of the product makes everything again; a change of tests, docs or commands nothing.
"""

import fcntl
import functools
import hashlib
import os
import pickle
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import pytest

import stacks.platform
from modules.settings import Platform
from stacks.platform import Synthesized

Made = TypeVar("Made")
ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".cache" / "tests"
SOURCES = (
    "docs/shipped_main.py",
    "Pipfile.lock",
    "examples",
    "kubeflow_aws",
    "modules",
    "stacks",
    "tests/platforms.py",
)
"""What the result follows from: the product, what it runs on, and the settings."""
KEPT = 4
"""States of the product whose results stay on disk, the newest ones: a run of each of some branches."""


def build(*platforms: Platform) -> Synthesized:
    """What `stacks.platform.build` returns, for tests that read it; each call returns a copy of its own."""
    return built_once(lambda: stacks.platform.build(*platforms), repr(platforms))


def folder_of_run(factory: pytest.TempPathFactory) -> Path:
    """A folder that all worker processes of a run have, and no other run."""
    of_worker = factory.getbasetemp()
    return of_worker.parent if "PYTEST_XDIST_WORKER" in os.environ else of_worker


def built_once(make: Callable[[], Made], settings: str = "", folder: Path = FOLDER) -> Made:
    """What `make` returns; from disk when a process has made it of the same sources and settings.

    Args:
        make: creates it, by synthesis for example; its result depends on SOURCES and `settings` only.
        settings: what it synthesizes, as Python shows it with all values and classes; empty: all of tests/platforms.py.
        folder: where results are kept; a folder of the run for a result that also depends on something else.
    """
    of_sources = folder / sources()
    if not of_sources.is_dir():
        of_sources.mkdir(parents=True, exist_ok=True)
        kept = folder.glob("[0-9a-f]" * len(sources()))  # the folder may hold something else
        for old in sorted(kept, key=lambda path: path.stat().st_mtime_ns)[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)
    name = hashlib.sha256(settings.encode()).hexdigest()
    result = of_sources / f"{name}.pickle"
    if not result.exists():
        with (of_sources / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not result.exists():
                made = make()
                unfinished = result.with_suffix(f".{os.getpid()}")
                unfinished.write_bytes(pickle.dumps(made))
                unfinished.replace(result)
    found: Made = pickle.loads(result.read_bytes())
    return found


@functools.cache
def sources() -> str:
    """Hash of all that a result follows from in addition to settings, computed once in a process."""
    return digest(files(ROOT))


def files(root: Path) -> list[Path]:
    """Every file that the result follows from, in order."""
    found = (
        path for name in SOURCES for path in ((root / name).rglob("*") if (root / name).is_dir() else [root / name])
    )
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)


def digest(sources: Iterable[Path]) -> str:
    """Hash of files, their paths, and the version of Python."""
    total = hashlib.sha256(sys.version.encode())
    for path in sources:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path}\0{content}\0".encode())
    return total.hexdigest()
