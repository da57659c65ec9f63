"""Folder of a plan file, which holds values of the state in clear text: for this user only, and removed in any case.

A run that was killed cannot remove its folder; the next run does. The lock of a plan ends with its process.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from shutil import rmtree

from cli.signals import Signals

PREFIX = "kubeflow-aws-plan-"
PLAN = "plan"


@contextmanager
def plan_file(signals: Signals) -> Iterator[Path]:
    """An empty plan file with mode 0600, locked: Terraform keeps the file and its mode."""
    with ExitStack() as cleanup:
        with signals.held():
            _remove_abandoned()
            folder = Path(tempfile.mkdtemp(prefix=PREFIX))  # mode 0700
            cleanup.callback(_remove, folder, signals)
            file = folder / PLAN
            lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            cleanup.callback(os.close, lock)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield file


def _remove(folder: Path, signals: Signals) -> None:
    with signals.held():
        rmtree(folder)


def _remove_abandoned() -> None:
    """Remove folders of this user whose process has ended."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError, BlockingIOError):  # another run removes it now, or uses it
            if not folder.is_symlink() and folder.lstat().st_uid == os.getuid():
                lock = os.open(folder / PLAN, os.O_RDWR | os.O_NOFOLLOW)
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    rmtree(folder)
                finally:
                    os.close(lock)
