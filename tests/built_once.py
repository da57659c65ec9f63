"""A run of synthesis that all worker processes share: made by the first, read from disk by the others."""

import fcntl
import hashlib
import os
import pickle
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from stacks.platform import Synthesized

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
"""Results that stay on disk, the newest ones: a run of each of some branches."""


def built_once(make: Callable[[], Synthesized], folder: Path = FOLDER) -> Synthesized:
    """What `make` returns; from disk when a process has made it of the same sources.

    Args:
        make: synthesizes; its result depends on SOURCES only.
        folder: where results are kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    result = folder / f"{digest(files(ROOT))}.pickle"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if result.exists():
            found: Synthesized = pickle.loads(result.read_bytes())
            return found
        made = make()
        unfinished = result.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(pickle.dumps(made))
        unfinished.replace(result)
        for old in sorted(folder.glob("*.pickle"), key=lambda path: path.stat().st_mtime_ns)[:-KEPT]:
            old.unlink()
        return made


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
