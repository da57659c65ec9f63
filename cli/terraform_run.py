"""Runs the `terraform` program in a stack's folder.

Terraform runs in a session of its own: Ctrl-C in a terminal reaches the whole foreground process group, and with a second
SIGINT Terraform exits at once and loses what is in flight. This process forwards one SIGINT, then waits.
https://developer.hashicorp.com/terraform/internals/machine-readable-ui describes the events.
"""

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from cli.signals import Signals
from cli.stack_list import Stack

POLL_SECONDS = 0.1
PLUGIN_CACHE = "~/.terraform.d/plugin-cache"
"""The folder that cdktf's command line sets: without it each stack downloads the AWS provider (700 MB)."""

Event = dict[str, Any]


@dataclass
class Listener:
    """What a run reports while it goes on; each function is optional."""

    event: Callable[[Event], None] = lambda _: None
    tick: Callable[[], None] = lambda: None
    """Called several times a second."""
    interrupted: Callable[[int], None] = lambda _: None
    """Called after each signal with their number; the first and from the third on are forwarded."""


@dataclass
class Ended:
    """A run of Terraform that has ended.

    Args:
        code: exit code; negative: the number of the signal that ended Terraform.
        events: events of a command with `-json`, in order.
        text: everything else on standard output.
        stderr: standard error.
        interrupted: whether a signal was forwarded.
    """

    code: int
    events: list[Event] = field(default_factory=list)
    text: str = ""
    stderr: str = ""
    interrupted: bool = False

    def errors(self) -> list[Event]:
        """Error diagnostics."""
        found = [event["diagnostic"] for event in self.events if event.get("type") == "diagnostic"]
        return [one for one in found if one["severity"] == "error"]


def environment() -> dict[str, str]:
    """Environment of Terraform: that of this process, without telemetry and questions, with the plugin cache."""
    variables = {**os.environ, "TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
    if "TF_PLUGIN_CACHE_DIR" not in variables and not _cache_configured(variables):
        cache = Path(PLUGIN_CACHE).expanduser()
        try:
            cache.mkdir(parents=True, exist_ok=True)
        except OSError:  # HOME is missing or read-only in many containers; Terraform works without a cache, more slowly
            return variables
        variables["TF_PLUGIN_CACHE_DIR"] = str(cache)
    return variables


def _cache_configured(variables: dict[str, str]) -> bool:
    path = Path(variables.get("TF_CLI_CONFIG_FILE") or Path("~/.terraformrc").expanduser())
    return path.is_file() and "plugin_cache_dir" in path.read_text(encoding="utf-8", errors="replace")


def run(
    stack: Stack,
    signals: Signals,
    *arguments: str,
    listener: Listener | None = None,
    variables: Mapping[str, str] | None = None,
) -> Ended:
    """Run one command to its end, whatever signals arrive.

    Its output goes to an unnamed file, not to a pipe: a Terraform whose reader was killed must finish its work instead of
    ending at its next write, and the output of `state pull` must not be readable by other users.

    Args:
        stack: its folder is the working directory.
        signals: counts signals.
        arguments: of Terraform.
        listener: what is reported during the run.
        variables: all environment variables of Terraform; None: see `environment`.

    Raises:
        ValueError: Terraform cannot be started.
    """
    listener = listener or Listener()
    with signals.held(), tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as stderr:
        process = _started(stack, arguments, environment() if variables is None else variables, output, stderr)
        try:
            return _followed(process, signals, listener, Lines(output), Lines(stderr))
        except BaseException:
            # Whatever fails here, for example a write to a closed terminal: Terraform must end in order.
            process.send_signal(signal.SIGINT)
            process.wait()
            raise


def _started(
    stack: Stack, arguments: Sequence[str], variables: Mapping[str, str], output: IO[bytes], stderr: IO[bytes]
) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(
            ["terraform", *arguments],
            cwd=stack.folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=stderr,
            start_new_session=True,
        )
    except OSError as error:
        raise ValueError(
            f"{stack.folder}: terraform cannot be started ({error}); install it, on PATH: "
            "https://developer.hashicorp.com/terraform/install"
        ) from error


def _followed(
    process: "subprocess.Popen[bytes]", signals: Signals, listener: Listener, lines: "Lines", errors: "Lines"
) -> Ended:
    events, text = list[Event](), list[str]()
    handled = first = len(signals.received)
    while True:
        received = len(signals.received)  # before the events, so that a signal is reported with all calls before it
        code = process.poll()
        for line in lines.new(last=code is not None):
            event = _event(line)
            if event is None:
                text.append(line)
            else:
                events.append(event)
                listener.event(event)
        if code is not None:
            said = "\n".join(errors.new(last=True))
            return Ended(code, events, "\n".join(text), said, interrupted=handled > first)
        while handled < received:
            handled += 1
            if handled - first != 2:
                process.send_signal(signal.SIGINT)
            listener.interrupted(handled - first)
        listener.tick()
        try:
            process.wait(POLL_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def _event(line: str) -> Event | None:
    if not line.startswith('{"@level"'):
        return None
    try:
        event: Event = json.loads(line)
    except ValueError:
        return None
    return event


class Lines:
    """Complete lines of a file that another process writes, from its beginning."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._offset, self._rest = file, 0, b""

    def new(self, *, last: bool) -> Iterator[str]:
        """Lines since the last call; with `last` also one without a line end."""
        # pread: the file's position is shared with the process that writes.
        while block := os.pread(self._file.fileno(), 1 << 20, self._offset):
            self._offset += len(block)
            self._rest += block
        *lines, self._rest = self._rest.split(b"\n")
        if last and self._rest:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            yield line.decode(errors="replace")
