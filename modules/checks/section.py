"""What one section of `check` says of one platform, in a form that the terminal, JSON and reports share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modules.checks.finding import Finding


@dataclass(frozen=True)
class Table:
    """Rows of text with headings. All cells are strings, formatted with their unit."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    about: str = ""
    """One or two sentences above the table."""
    numbers: frozenset[str] = frozenset()
    """Headings of columns that are aligned to the right."""


@dataclass(frozen=True)
class Picture:
    """A picture for reports."""

    title: str
    svg: str
    """A complete `<svg>` element."""
    dark: str = ""
    """The same for dark pages; empty: the first one on a light ground."""


@dataclass(frozen=True)
class Section:
    """One section for one platform."""

    title: str
    verdict: str
    """The result in a few words, such as `fits` or `2 errors`."""
    findings: tuple[Finding, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)
    """The result for `--json`, without findings; numbers carry their unit in the name, such as `memory_mib`."""


def counted(findings: Sequence[Finding]) -> str:
    """A verdict from findings: `no finding`, or how many there are of each severity but *not checked*."""
    counts = {severity: sum(one.severity == severity for one in findings) for severity in ("error", "warning")}
    words = [f"{count} {severity}{'s' if count != 1 else ''}" for severity, count in counts.items() if count]
    return ", ".join(words) or "no finding"
