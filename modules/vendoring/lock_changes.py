"""Differences between two locks by object. For the steps required before an apply, use `make compare`."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from modules.kubeflow.cache import Cache
from modules.kubeflow.lock import Entry, release_name
from modules.kubeflow.manifest import identity, load

SHOWN = 6
"""Maximum number of listed fields per object."""


def differences(component: str, old: Entry, new: Entry, cache: Cache) -> Iterator[str]:
    """Differences of the objects of one component.

    Fields are listed with values if the cache still has the old objects; otherwise only the names of differing parts.
    """
    for phase in dict.fromkeys((*old.phases, *new.phases)):
        before, after = _objects(old, phase), _objects(new, phase)
        name = release_name(component, phase)
        for item in sorted({*before, *after}):
            if item not in after:
                yield f"{name}: {item}: removed"
            elif item not in before:
                yield f"{name}: {item}: added"
            elif before[item] != after[item]:
                detail = _fields(old, new, phase, item, cache) or [_parts(before[item], after[item])]
                yield from (f"{name}: {item}: {line}" for line in detail)
    for fact in ("secrets", "namespaces", "removed"):
        if getattr(old, fact) != getattr(new, fact):
            yield f"{component}: {fact}: {getattr(old, fact)} -> {getattr(new, fact)}"


def _objects(entry: Entry, phase: str) -> dict[str, str]:
    if phase not in entry.phases:
        return {}
    return {
        f"{kind} {place}": digests
        for kind, items in entry.phases[phase].objects.items()
        for place, digests in items.items()
    }


def _parts(before: str, after: str) -> str:
    old, new = (dict(part.split("=") for part in text.split()) for text in (before, after))
    return f"{', '.join(sorted(key for key in {**old, **new} if old.get(key) != new.get(key)))} differs"


def _fields(old: Entry, new: Entry, phase: str, item: str, cache: Cache) -> list[str]:
    contents = [cache.get(entry.phases[phase].sha256) for entry in (old, new)]
    if contents[0] is None or contents[1] is None:
        return []
    before, after = (
        next(found for found in load(content) if str(identity(found)) == item) for content in contents if content
    )
    lines = list(_compare(before, after, ""))
    return lines[:SHOWN] + ([f"and {len(lines) - SHOWN} more fields"] if len(lines) > SHOWN else [])


def _compare(old: Any, new: Any, path: str) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from _compare(old.get(key), new.get(key), f"{path}.{key}" if path else key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _compare(before, after, f"{path}[{number}]")
    elif old != new:
        yield f"{path}: {_short(old)} -> {_short(new)}"


def _short(value: Any) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:117]}..."
