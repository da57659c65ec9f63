"""What the programs of the examples write and print."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.built_once import built_once, folder_of_run
from tests.installed import tree
from tests.platforms import EXAMPLE_FILES

ROOT = Path(__file__).parents[1]
ALONE = ("own_main",)
"""Node writes its files: relative to the folder in which Node was started."""
EACH = """
import contextlib, os, runpy, sys
for folder in sys.argv[1:]:
    os.chdir(folder)
    with open("printed", "w", encoding="utf-8") as printed, contextlib.redirect_stdout(printed):
        runpy.run_path("main.py", run_name="__main__")
"""
"""One process for many: each start takes longer than most of the examples."""
Files = Mapping[str, bytes]


def run_examples(folder: Path, python: Callable[..., object]) -> dict[str, Files]:
    """All files of each example after a run, by path: with main.py, and its output in `printed`.

    Args:
        folder: an empty one.
        python: runs Python with arguments, in a folder `cwd`.
    """
    for name, file in EXAMPLE_FILES.items():
        (folder / name).mkdir()
        shutil.copy(file, folder / name / "main.py")
    python("-c", EACH, *(str(folder / name) for name in EXAMPLE_FILES if name not in ALONE), cwd=folder)
    for name in ALONE:
        python("-c", EACH, ".", cwd=folder / name)
    return {name: tree(folder / name) for name in EXAMPLE_FILES}


def ran_examples(factory: pytest.TempPathFactory) -> dict[str, Files]:
    """`run_examples` with the checkout, once for all worker processes of a run."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CDKTF_")}

    def python(*arguments: str, cwd: Path) -> None:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd,
            env={**environment, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return built_once(
        lambda: run_examples(factory.mktemp("ran"), python), "examples", folder_of_run(factory) / "examples"
    )
