"""Signals of `deploy`, `destroy` and `diff`: Terraform gets one SIGINT at a time, this process goes on until it has ended."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HANGUP_LOG = Path("kubeflow-aws.log")
"""Output after the terminal was closed."""


class InterruptedRunError(KeyboardInterrupt):
    """A signal ends the command."""


class Signals:
    """Counts signals while Terraform runs; otherwise a signal raises InterruptedRunError at once.

    A signal that the parent process ignores (`nohup`) is left ignored.
    """

    def __init__(self) -> None:
        self.received: list[signal.Signals] = []
        self._held = False
        self._on_terminal = sys.stdout.isatty()  # a closed terminal is none any more
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "Signals":
        for number in HANDLED:
            if signal.getsignal(number) != signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def check(self) -> None:
        """Raise InterruptedRunError if a signal was received."""
        if self.received:
            raise InterruptedRunError(self.received[0].name)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Only count signals inside the block."""
        before, self._held = self._held, True
        try:
            yield
        finally:
            self._held = before

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self.received.append(signal.Signals(number))
        if number == signal.SIGHUP and self._on_terminal:
            _leave_terminal()
        if not self._held:
            raise InterruptedRunError(signal.Signals(number).name)


def _leave_terminal() -> None:
    """Write to a file from now on: writes to a closed terminal fail, and the report of the run would be lost."""
    log = os.open(HANGUP_LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
