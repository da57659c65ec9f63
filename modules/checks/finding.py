"""What `check` finds: each kind of finding has an id, and its text in docs/check.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "not checked"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "not checked")
"""In the order of a report."""


@dataclass(frozen=True)
class Kind:
    """A kind of finding."""

    id: str
    severity: Severity
    title: str
    about: str
    """When it is reported, and what follows from it."""
    fix: str = ""
    """What to do; empty: nothing can be done in the settings."""


@dataclass(frozen=True)
class Finding:
    """One finding about one platform."""

    id: str
    severity: Severity
    text: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.id}: {self.text}; {self.fix}" if self.fix else f"{self.id}: {self.text}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """Names for a text, the first ones and the number of the others.

    Args:
        names: all names.
        most: how many are written.
    """
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
