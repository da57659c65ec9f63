"""What a check finds, and the table entry of a check."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

Severity = Literal["error", "warning", "not checked", "ok"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "not checked", "ok")
"""In the order of a report."""
Subject = TypeVar("Subject", contravariant=True)


@dataclass(frozen=True)
class Finding:
    """One sentence about one platform or the machine."""

    severity: Severity
    text: str
    fix: str = ""
    """Command or setting that fixes it; empty if nothing has to be done."""
    platform: str | None = None
    """Name of the platform; None: the machine."""
    check: str = ""
    """Name of the check; set by the runner."""

    def __str__(self) -> str:
        where = f"{self.platform}: " if self.platform else ""
        return f"{where}{self.text}; {self.fix}" if self.fix else f"{where}{self.text}"


@dataclass(frozen=True)
class Check(Generic[Subject]):
    """One check: a function that yields findings about a platform or about all platforms."""

    name: str
    run: Callable[[Subject], Iterator[Finding]]
    only_before: frozenset[str] = frozenset({"synth", "deploy", "destroy"})
    """Commands before which it runs; `doctor` itself runs all."""
    layers: frozenset[str] = frozenset()
    """Last parts of the names of stacks that it matters for; empty: all."""

    def matters(self, before: str | None, layers: Collection[str] | None) -> bool:
        """Whether it runs before a command for some stacks; None: any command, all stacks."""
        return (before is None or before in self.only_before) and (
            layers is None or not self.layers or bool(self.layers & {*layers})
        )
