"""Failures of the second life: which one each step meets, and how it is armed.

A step meets what it did in the plain life: a request to AWS that is refused, a release that does not get ready, an interrupt
while a request is under way, or a connection that ends in the middle of an uninstall.
"""

import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from cli.rehearsal.trace import Trace
from cli.signals import Signals
from cli.stack_run import diagnostic_lines
from cli.terraform_run import Event

if TYPE_CHECKING:  # it imports moto, which takes two seconds
    from cli.rehearsal.world import World

Found = TypeVar("Found")
Kind = Literal["request refused", "release refused", "release not ready", "connection lost", "interrupted"]
CREATES = re.compile(r"(Create|Run|Allocate|Register|Put|Add|Associate|Attach|Update|Modify|Enable|Authorize)")
REMOVES = re.compile(r"(Delete|Remove|Detach|Disassociate|Terminate|Release|Revoke|Deregister|Schedule)")
NOT_ALONE = re.compile(r"(CreateTags|DeleteTags|Tag|Untag|CreateNetworkInterface)")
"""Second steps of a resource: after their failure Terraform recreates the resource, which is another test."""
QUIET_SECONDS = 1.0
"""Without a change of AWS for this long, the held request is the only one under way."""
LONGEST_WAIT_SECONDS = 30.0


@dataclass(frozen=True)
class Failure:
    """One failure to come.

    Args:
        kind: what happens.
        target: `service operation` of a request, or the name of a release.
    """

    kind: Kind
    target: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.target}"

    @property
    def call(self) -> tuple[str, str]:
        """Service and operation of a request."""
        service, _, operation = self.target.partition(" ")
        return service, operation


def choose(trace: Trace, waiting: Sequence[str], number: int, *, destroys: bool) -> Failure | None:
    """The failure of a step; None if nothing in it can fail.

    Args:
        trace: what the step did without a failure.
        waiting: names of releases that wait until their pods are ready.
        number: of the step; steps without releases are refused a request or are interrupted in turn.
        destroys: whether the step is a destroy.
    """
    if trace.releases and destroys:
        return Failure("connection lost", _middle(trace.releases))
    if ready := [name for name in trace.releases if name in waiting]:
        return Failure("release not ready", _middle(ready))
    if trace.releases:
        return Failure("release refused", _middle(trace.releases))
    wanted = REMOVES if destroys else CREATES
    calls = [one for one in trace.calls if wanted.match(one[1]) and not NOT_ALONE.match(one[1])]
    first = [one for one in calls if one[1].startswith("Create")] or calls
    once = [one for one, count in Counter(trace.calls).items() if count == 1 and one in first]
    if number % 2 and once:
        return Failure("interrupted", " ".join(once[-1]))
    return Failure("request refused", " ".join(_middle(list(dict.fromkeys(first))))) if first else None


def _middle(found: Sequence[Found]) -> Found:
    return found[len(found) // 2]


@dataclass
class Armed:
    """A failure that waits for its step.

    Args:
        signals: for the command that meets it; None: the usual ones.
    """

    signals: Signals | None = None


@contextmanager
def armed(world: "World", failure: Failure) -> Iterator[Armed]:
    """Let the next command meet a failure."""
    found = Armed()
    if failure.kind == "interrupted":
        with _interrupt(world, failure, found):
            yield found
        return
    if failure.kind == "request refused":
        world.server.gate.fail_once(*failure.call)
    else:
        how: Literal["refuse", "unready", "lost"] = (
            "unready"
            if failure.kind == "release not ready"
            else "lost"
            if failure.kind == "connection lost"
            else "refuse"
        )
        for cluster in world.api_servers():
            cluster.fail_once(failure.target, how=how)
    try:
        yield found
    finally:
        world.disarm()


@contextmanager
def _interrupt(world: "World", failure: Failure, found: Armed) -> Iterator[None]:
    """SIGINT to Terraform while a request is under way, before AWS has carried it out.

    A request that AWS carries out although Terraform was interrupted leaves what no state knows: docs/recovery.md.
    """
    gate, signals = world.server.gate, Signals()
    arrived, go_on = gate.hold(*failure.call)
    ended = threading.Event()

    def send() -> None:
        while not arrived.wait(0.05):
            if ended.is_set():
                return
        gate.fail_once(*failure.call)
        _wait_until_quiet(gate, ended)
        if not ended.is_set():
            signals.received.append(signal.SIGINT)

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    found.signals = signals
    try:
        yield
    finally:
        ended.set()
        sender.join()
        go_on.set()
        _wait_until_refused(gate, arrived)
        world.disarm()


def _wait_until_refused(gate: Any, arrived: threading.Event) -> None:
    """The held request is refused only now, without a client that waits for the answer."""
    end = time.monotonic() + LONGEST_WAIT_SECONDS
    while arrived.is_set() and not gate.refused and time.monotonic() < end:
        time.sleep(0.05)


def _wait_until_quiet(gate: Any, ended: threading.Event) -> None:
    before, waited = -1, 0.0
    while len(gate.calls) != before and waited < LONGEST_WAIT_SECONDS:
        before = len(gate.calls)
        if ended.wait(QUIET_SECONDS):
            return
        waited += QUIET_SECONDS


def waiting_releases(document: Mapping[str, Any]) -> list[str]:
    """Names of the releases of a stack that wait until their pods are ready."""
    found = document.get("resource", {}).get("helm_release", {}).values()
    return [one["name"] for one in found if one.get("wait", True)]


def other_errors(failure: Failure, errors: Iterable[Event]) -> list[str]:
    """Errors of a command that its failure does not explain."""
    expected = {
        "request refused": ("injected fault",),
        "interrupted": ("cancel", "halted", "interrupt"),
        "release not ready": ("injected failure", "deadline exceeded", "not ready"),
        "release refused": ("injected failure",),
        "connection lost": ("Unauthorized",),
    }[failure.kind]
    texts = (" ".join(line.strip() for line in diagnostic_lines(one)) for one in errors)
    return [text for text in texts if not any(words in text for words in expected)]
