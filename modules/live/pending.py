"""Stale Helm records after an interrupted apply, and which of them must be removed for the next apply to succeed.

Only records are removed, never objects: the next install or upgrade adopts the objects, since they have the release's name.

| last record | error at apply | removed |
| --- | --- | --- |
| `pending-install`, `pending-upgrade`, `pending-rollback` | `another operation … is in progress`, `cannot re-use a name` | this record |
| `uninstalling` | `has no deployed releases` | this record |
| `failed`, and no revision was ever deployed | `cannot re-use a name`, unless `upgrade_install` is set | this record |

A release removed from the generated JSON keeps its records: the next apply continues its uninstall.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modules.live.api import Api
from modules.live.helm_records import Record, records
from modules.live.target import Target, Wanted


@dataclass(frozen=True)
class Leftover:
    """A record to remove."""

    wanted: Wanted
    record: Record


def leftovers(target: Target, found: Mapping[tuple[str, str], Sequence[Record]]) -> list[Leftover]:
    """Records that would fail the next apply, the newest revision of each release first.

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
    """Remove records if they have not changed since they were read.

    Raises:
        ValueError: a record has changed, so Helm is running.
    """
    for one in found:
        api.delete(one.record.path, one.record.uid, one.record.version)


def of_platform(api: Api, target: Target) -> list[Leftover]:
    """Remaining resources in the cluster."""
    return leftovers(target, records(api))
