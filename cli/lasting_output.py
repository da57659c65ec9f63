"""Output that goes to a file once its reader has ended: `deploy | tee log` loses `tee` to the Ctrl-C that ends the deploy."""

import os
from pathlib import Path
from typing import IO, TextIO, cast

LOG = Path("kubeflow-aws.log")
"""Output after its terminal or its reader was closed."""


def to_log(*descriptors: int) -> None:
    """Write to the log from now on: writes to a closed terminal or pipe fail, and the report of the run would be lost."""
    log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for descriptor in descriptors:
        os.dup2(log, descriptor)
    os.close(log)


class LastingOutput:
    """A text stream that does not fail with its reader."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @classmethod
    def of(cls, stream: TextIO) -> IO[str]:
        """The stream as `rich` takes it."""
        return cast("IO[str]", cls(stream))

    @property
    def encoding(self) -> str:
        """Encoding of the stream."""
        return self._stream.encoding

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """Its descriptor, which stays the same."""
        return self._stream.fileno()

    def write(self, text: str) -> int:
        """Write to the stream or, without its reader, to the log."""
        try:
            return self._stream.write(text)
        except OSError:
            to_log(self.fileno())
            return self._stream.write(text)

    def flush(self) -> None:
        """Flush to the stream or, without its reader, to the log; what is buffered is not lost."""
        try:
            self._stream.flush()
        except OSError:
            to_log(self.fileno())
            self._stream.flush()
