"""What changed in the results of `check`, from the JSON documents of two versions of it.

The earlier version may be one without a section, or with another form of it: what cannot be compared is named.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

Result = Mapping[str, Any]
"""One platform in the document of `check --json`: section to its document."""
CONNECTIONS = ("required", "forbidden")
"""Lists of connections in the section `traffic`."""


@dataclass(frozen=True)
class Figure:
    """A verdict or a number that differs."""

    section: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, order=True)
class Connection:
    """A connection whose state differs."""

    source: str
    target: str
    port: str
    before: str
    """`open`, `closed`, or `not evaluated` where the version does not list it."""
    after: str
    decided_by: str = ""
    """In the later version."""


@dataclass(frozen=True)
class FindingChange:
    """A finding that is new, has another text, or is no longer found."""

    id: str
    severity: str
    change: Literal["new", "changed", "no longer found"]
    text: str
    """The later one; the earlier one if it is no longer found."""
    fix: str


def not_compared(before: Result, after: Result) -> list[str]:
    """Sections that one of two results lacks."""
    old, new = _sections(before), _sections(after)
    missing = [f"{name}: the earlier revision's check has no such section" for name in new if name not in old]
    return missing + [f"{name}: this check has no such section" for name in old if name not in new]


def figures(before: Result, after: Result) -> Iterator[Figure]:
    """Numbers and verdicts of common sections that differ, at any depth of mappings."""
    old, new = _sections(before), _sections(after)
    for name in (one for one in new if one in old):
        was, now = dict(_flat(old[name])), dict(_flat(new[name]))
        for path in dict.fromkeys((*was, *now)):
            if was.get(path) != now.get(path):
                yield Figure(name, path.replace("_", " "), was.get(path, "-"), now.get(path, "-"))


def _flat(document: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in document.items():
        inner = f"{path}, {key}" if path else key
        if isinstance(value, Mapping):
            yield from _flat(value, inner)
        elif isinstance(value, str | int | float) and key != "date":
            yield inner, f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def connections(before: Result, after: Result) -> list[Connection]:
    """Connections that are opened, closed, or evaluated in one version alone."""
    old, new = _connections(before), _connections(after)
    if old is None or new is None:
        return []
    return sorted(
        Connection(*key, _state(old.get(key)), _state(new.get(key)), str(new.get(key, {}).get("decided_by", "")))
        for key in old.keys() | new.keys()
        if _state(old.get(key)) != _state(new.get(key))
    )


def _connections(result: Result) -> dict[tuple[str, str, str], Mapping[str, Any]] | None:
    traffic = result.get("traffic")
    if traffic is None:
        return None
    return {
        (str(one["from"]), str(one["to"]), str(one["port"])): one
        for name in CONNECTIONS
        for one in traffic.get(name, ())
        if {"from", "to", "port", "open"} <= one.keys()
    }


def _state(one: Mapping[str, Any] | None) -> str:
    return "not evaluated" if one is None else "open" if one["open"] else "closed"


def finding_changes(before: Result, after: Result) -> list[FindingChange]:
    """Findings of common sections that differ; the only one of an id on each side is one that changed."""
    common = _sections(before).keys() & _sections(after).keys()
    old, new = ([one for name, one in _findings(result) if name in common] for result in (before, after))
    added, gone = [one for one in new if one not in old], [one for one in old if one not in new]
    once = {id for id in {one.id for one in added} if _count(added, id) == _count(gone, id) == 1}
    changed = [replace(one, change="changed") if one.id in once else one for one in added]
    return changed + [replace(one, change="no longer found") for one in gone if one.id not in once]


def _count(found: Sequence[FindingChange], id: str) -> int:
    return sum(one.id == id for one in found)


def _findings(result: Result) -> Iterator[tuple[str, FindingChange]]:
    for name, section in _sections(result).items():
        for one in section.get("findings", ()):
            texts = (str(one.get(key, "")) for key in ("text", "fix"))
            yield name, FindingChange(str(one["id"]), str(one["severity"]), "new", *texts)


def _sections(result: Result) -> dict[str, Mapping[str, Any]]:
    return {name: one for name, one in result.items() if isinstance(one, Mapping)}
