"""What an API server refuses in one object, and where in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from modules.checks.finding import Finding, Kind

Path = tuple[str | int, ...]
"""Keys and indices from the object down to a field."""


@dataclass(frozen=True)
class Problem:
    """One refusal, or one point that cannot be evaluated."""

    kind: Kind
    path: Path
    text: str
    fix: str = ""
    whole: bool = True
    """Whether the object can be evaluated further: False where a field has the wrong type or is missing."""

    def under(self, path: Path) -> "Problem":
        """The same in an object that has this one under a path."""
        return replace(self, path=(*path, *self.path))

    def finding(self, subject: str) -> Finding:
        """As a finding about an object.

        Args:
            subject: kind, namespace and name.
        """
        place = f"{subject}: {written(self.path)}" if self.path else subject
        return Finding(self.kind.id, self.kind.severity, f"{place}: {self.text}", self.fix)


def written(path: Sequence[str | int]) -> str:
    """A path as kubectl prints it: `spec.containers[0].image`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
