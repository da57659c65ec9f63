"""One thing that is left in AWS."""

from dataclasses import dataclass

from modules.checks.finding import Kind


@dataclass(frozen=True)
class Leftover:
    """A resource of a platform that exists after a teardown.

    Args:
        kind: finding under which docs/check.md explains it.
        type: such as `volume`; decides how it is removed.
        id: what `--delete` takes: an id, a name or an ARN.
        name: name or purpose; empty: none.
        mark: why it belongs to the platform.
        until: why it may stay, such as `deleted on 2027-01-02`; empty: it is left over.
        removable: whether `--delete` may remove it.
    """

    kind: Kind
    type: str
    id: str
    name: str
    mark: str
    until: str = ""
    removable: bool = True

    def __str__(self) -> str:
        name = f" ({self.name})" if self.name and self.name != self.id else ""
        return f"{self.kind.id} {self.type} {self.id}{name}: {self.until or self.mark}"
