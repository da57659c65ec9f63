"""Signals of `deploy`, `destroy` and `diff`: Terraform gets one SIGINT at a time, this process goes on until it has ended."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

from cli.lasting_output import to_log

HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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
            to_log(1, 2)
        if not self._held:
            raise InterruptedRunError(signal.Signals(number).name)
