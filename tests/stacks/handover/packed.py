"""A platform packed for a hand-over, into a folder of the test."""

import io
import tarfile
from pathlib import Path
from typing import Any

from modules.settings import Platform, State
from stacks.handover.archive import files_of, pack
from stacks.handover.stack import Stack, read_stacks
from stacks.platform import write_all_charts
from tests.built_once import build
from tests.platforms import platform


def given(**settings: Any) -> Platform:
    """A platform for others to run."""
    return platform(**{"name": "exported", "state": State.none(backend="s3"), **settings})


def generated(folder: Path, *platforms: Platform) -> Path:
    """`generated/` with charts."""
    made = build(*platforms)
    root = folder / "generated"
    for path, content in made.tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    write_all_charts(made, root)
    return root


def stacks(folder: Path, *platforms: Platform) -> list[Stack]:
    """The stacks of the first platform that is handed over."""
    return next(iter(read_stacks(generated(folder, *platforms)).values()))


def unpacked(folder: Path, *platforms: Platform) -> Path:
    """The content of the archive, unpacked."""
    found = stacks(folder, *platforms)
    archive = pack(found[0].platform, files_of(found[0].platform, found))
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(folder / "unpacked", filter="data")
    return folder / "unpacked" / found[0].platform
