"""What may come between a run and its files: another run, a signal, a disk that refuses."""

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
except ImportError:  # Windows has no flock: there, one synth at a time is up to the user
    fcntl = None  # type: ignore[assignment]

LOCK = ".lock"
_POLL_SECONDS = 0.05
_REMEDIES = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some of your quota",
    errno.EROFS: "make its file system writable, or choose another folder",
    errno.EACCES: "make it writable",
    errno.EPERM: "make it writable",
    errno.EEXIST: "move the file of that name away",
    errno.ENOTDIR: "move the file of that name away",
}


@contextmanager
def friendly_os_errors(folder: Path, afterwards: str) -> Iterator[None]:
    """Turn an `OSError` into one sentence: folder, cause, what to do, and (`afterwards`) how the files stand.

    Raises:
        ValueError: in place of the `OSError`.
    """
    try:
        yield
    except OSError as error:
        where = f" at {error.filename}" if error.filename and Path(str(error.filename)) != folder else ""
        remedy = _REMEDIES.get(error.errno or 0, "see to it")
        raise ValueError(
            f"{folder}: cannot be written: {error.strerror}{where}; {remedy} and run again ({afterwards})"
        ) from error


@contextmanager
def locked(folder: Path, wait_seconds: float) -> Iterator[None]:
    """Hold `folder` against other runs; the system lets go of the lock when the process dies.

    Raises:
        ValueError: another process still holds it after `wait_seconds`, or the file system cannot lock.
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
                    f"{folder}: another synth (process {_holder(path)}) has been writing it for {wait_seconds:g} s; "
                    "wait for it, or end it, and run again"
                )
            time.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        # While it is still locked: who waits on this file then sees that it is gone, and opens a new one.
        path.unlink(missing_ok=True)
        os.close(descriptor)


@contextmanager
def defer_signals() -> Iterator[None]:
    """Hold back Ctrl-C, SIGTERM and SIGHUP until the block is done, then deliver them.

    Handlers rather than a signal mask: jsii reads node's output in a thread, which would take the signal in our stead.
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
        if number is not None and signal.getsignal(number) is not None:  # None: set from C, cannot be put back
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
    except (BlockingIOError, FileNotFoundError):  # held by another, or removed by it since we opened it
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
