"""What an interrupted apply leaves in Helm's records, and which record has to go so that the next apply works.

Only records go, never an object: the next install or upgrade takes the objects over, since they carry the release's name.

| last record | what an apply says | what goes |
| --- | --- | --- |
| `pending-install`, `pending-upgrade`, `pending-rollback` | `another operation … is in progress`, `cannot re-use a name` | this record |
| `uninstalling` | `has no deployed releases` | this record |
| `failed`, and no revision was ever deployed | `cannot re-use a name`, unless `upgrade_install` is set | this record |

A release that the generated JSON no longer has keeps its records: the next apply goes on with uninstalling it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modules.live.api import Api
from modules.live.helm_records import Record, records
from modules.live.target import Target, Wanted


@dataclass(frozen=True)
class Leftover:
    """A record that has to go."""

    wanted: Wanted
    record: Record


def leftovers(target: Target, found: Mapping[tuple[str, str], Sequence[Record]]) -> list[Leftover]:
    """Records of a platform's releases that the next apply would fail at, the newest revision of each release first.

    Args:
        target: the platform.
        found: all records of its cluster.
    """
    return [
        Leftover(wanted, record)
        for wanted in target.releases
        for record in _in_the_way(wanted, found.get((wanted.namespace, wanted.name), ()))
    ]


def _in_the_way(wanted: Wanted, revisions: Sequence[Record]) -> list[Record]:
    going: list[Record] = []
    left = list(revisions)
    while left and _is_in_the_way(wanted, left):
        going.append(left.pop())
    return going


def _is_in_the_way(wanted: Wanted, revisions: Sequence[Record]) -> bool:
    last = revisions[-1].status
    if last == "uninstalling" or last.startswith("pending-"):
        return True
    ever = {one.status for one in revisions} & {"deployed", "superseded"}
    return last == "failed" and not ever and not wanted.upgrade_install


def remove(api: Api, found: Sequence[Leftover]) -> None:
    """Remove records, provided that nothing has written them since they were read.

    Raises:
        ValueError: one has changed: Helm is at work.
    """
    for one in found:
        api.delete(one.record.path, one.record.uid, one.record.version)


def of_platform(api: Api, target: Target) -> list[Leftover]:
    """What is left in the cluster now."""
    return leftovers(target, records(api))
