"""Result of one check, and the two ways in which a check ends early."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

Status = Literal["passed", "failed", "skipped"]


class FailedError(Exception):
    """A requirement of a check is not met; the text says what was found and what to look at."""


class SkippedError(Exception):
    """A check does not apply to this platform; the text says why."""


@dataclass(frozen=True)
class Outcome:
    """One row of the result."""

    id: str
    title: str
    status: Status
    seconds: float
    text: str
    """Evidence if passed, reason if skipped, what was found if failed."""

    @property
    def line(self) -> str:
        """As one line of JSON, which the log of the Job consists of."""
        return json.dumps(asdict(self))


def read_outcome(line: str) -> Outcome | None:
    """The outcome of a line of the log; None: the line is something else, such as a warning of a library."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return Outcome(**found) if isinstance(found, dict) and found.keys() == Outcome.__dataclass_fields__.keys() else None
