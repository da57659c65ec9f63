"""Concurrency, signals and I/O errors."""

import errno
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

try:
    import fcntl
except ImportError:  # Windows has no flock: concurrent runs are not detected there
    fcntl = None  # type: ignore[assignment]

LOCK = ".lock"
_POLL_SECONDS = 0.05
_REMEDIES = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some of your quota",
    errno.EROFS: "make its file system writable, or choose another folder",
    errno.EACCES: "make it writable",
    errno.EPERM: "make it writable",
    errno.EEXIST: "move that file",
    errno.ENOTDIR: "move that file",
}


@contextmanager
def friendly_os_errors(folder: Path, afterwards: str) -> Iterator[None]:
    """Convert an `OSError` to one sentence: folder, cause, remedy, and (`afterwards`) the state of the files.

    Raises:
        ValueError: instead of the `OSError`.
    """
    try:
        yield
    except OSError as error:
        where = f" at {error.filename}" if error.filename and Path(str(error.filename)) != folder else ""
        remedy = _REMEDIES.get(error.errno or 0, "resolve the cause")
        raise ValueError(
            f"{folder}: cannot be written: {error.strerror}{where}; {remedy} and run again ({afterwards})"
        ) from error


@contextmanager
def locked(folder: Path, wait_seconds: float) -> Iterator[None]:
    """Lock `folder` against other runs; the lock is released when the process ends.

    Raises:
        ValueError: another process still has the lock after `wait_seconds`, or the file system has no locks.
    """
    if fcntl is None:
        yield
        return
    path = folder / LOCK
    deadline = time.monotonic() + wait_seconds
    with friendly_os_errors(folder, "nothing was written"):
        while (descriptor := _try_lock(path)) is None:
            if time.monotonic() > deadline:
                raise ValueError(
                    f"{folder}: locked by another synth (process {_holder(path)}) for {wait_seconds:g} s; "
                    "wait for it or stop it, then run again"
                )
            time.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        # Removed while locked: a waiting process then detects the removal and opens a new file.
        path.unlink(missing_ok=True)
        os.close(descriptor)


@contextmanager
def defer_signals() -> Iterator[None]:
    """Defer Ctrl-C, SIGTERM and SIGHUP until the end of the block.

    Handlers rather than a signal mask: jsii reads Node's output in a thread, which would receive the signal instead.
    """
    if threading.current_thread() is not threading.main_thread():  # handlers are set and run only there
        yield
        return
    arrived: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        arrived.append(number)

    before = {}
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not None:  # None: set from C, cannot be restored
            before[number] = signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in dict.fromkeys(arrived):
            signal.raise_signal(number)


def _try_lock(path: Path) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), path.stat()):
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode())
            return descriptor
    except (BlockingIOError, FileNotFoundError):  # locked by another process, or removed since it was opened
        pass
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _holder(path: Path) -> str:
    try:
        return path.read_text() or "unknown"
    except FileNotFoundError:
        return "unknown"
