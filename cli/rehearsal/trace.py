"""What a step did in the plain life, from the records of the stand-ins."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trace:
    """What one step did in the plain life.

    Args:
        calls: service and operation of each request that changed something in AWS, in order.
        releases: names of the releases that it installed, upgraded or removed, in order.
        changed: whether Terraform changed anything.
    """

    calls: tuple[tuple[str, str], ...] = ()
    releases: tuple[str, ...] = ()
    changed: bool = False
