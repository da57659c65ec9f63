"""Progress of an apply: one line for each finished resource, and how long the longest running one takes."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.status import Status
from rich.text import Text

from cli.plan_table import duration
from cli.terraform_run import Event
from modules.aws_data.durations import TYPICAL_MINUTES

HEARTBEAT_SECONDS = 60
"""Without a terminal, a line about the longest running resource is printed this often."""
_DOING = {"create": "creating", "update": "changing", "delete": "destroying"}
_DONE = {"create": "created", "update": "changed", "delete": "destroyed"}


@dataclass(frozen=True)
class Running:
    """A call in flight."""

    address: str
    kind: str
    action: str
    since: float

    def sentence(self, now: float) -> str:
        """What it does, for how long, and how long that usually takes."""
        usual = TYPICAL_MINUTES.get((self.kind, self.action))
        hint = f", usually {usual[0]} to {usual[1]} min" if usual else ""
        return f"{_DOING[self.action]} {self.address}: {duration(now - self.since)}{hint}"


class Progress:
    """Prints events of `terraform apply -json`.

    Args:
        console: where to print.
        steps: number of operations of the plan.
        clock: seconds, for tests.
    """

    def __init__(self, console: Console, steps: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._console, self._steps, self._clock = console, steps, clock
        self._status: Status | None = None
        self.running: dict[str, Running] = {}
        """Calls in flight by address."""
        self.failed: dict[str, str] = {}
        """Address to the action that failed or was canceled."""
        self.done = 0
        self._spoke = clock()

    def __enter__(self) -> "Progress":
        if self._console.is_terminal:
            self._status = self._console.status("")
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()

    def now(self) -> float:
        """The clock of `Running.since`."""
        return self._clock()

    def event(self, event: Event) -> None:
        """Take one event."""
        hook = event.get("hook", {})
        if hook.get("action") not in _DOING:
            return
        address, action = hook["resource"]["addr"], hook["action"]
        match event["type"]:
            case "apply_start":
                kind = hook["resource"]["resource_type"]
                self.running[address] = Running(address, kind, action, self._clock())
            case "apply_complete":
                took = self._end(address)
                self.done += 1
                self._print(f"  {self._share()}  {_DONE[action]:<9}  {address}  {duration(took)}")
            case "apply_errored":
                self.failed[address] = action
                took = self._end(address)
                self._print(f"  {self._share()}  failed     {address}  {duration(took)}", style="red")

    def tick(self) -> None:
        """Show the longest running call: at once on a terminal, once a minute in a log."""
        now = self._clock()
        longest = min(self.running.values(), key=lambda one: one.since, default=None)
        if longest is None:
            return
        more = f" (and {len(self.running) - 1} more)" if len(self.running) > 1 else ""
        line = f"  {self._share()}  {longest.sentence(now)}{more}"
        if self._status:
            self._status.update(Text(line))
        elif now - self._spoke >= HEARTBEAT_SECONDS:
            self._print(line)

    def _share(self) -> str:
        width = len(str(self._steps))
        return f"{self.done:>{width}}/{self._steps}"

    def _end(self, address: str) -> float:
        running = self.running.pop(address, None)
        return self._clock() - running.since if running else 0.0

    def _print(self, line: str, style: str = "") -> None:
        self._spoke = self._clock()
        self._console.print(Text(line, style=style), soft_wrap=True)
