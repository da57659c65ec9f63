"""Settings under construction: a tree of values that becomes a Platform.

A path in the draft is that of the setting, with a tag in place of each position: `cluster.node_groups<nodeGroups[1]>.name`. Tags
are the places in the files, so that keys of one item meet in any order.
"""

import re
import typing
from collections.abc import Iterator
from typing import Any

from modules.settings import Platform
from modules.settings.section import Section

_PART = re.compile(r"([a-z_0-9]+)(?:<([^<>]*)>)?")


class Items(dict[str, Any]):
    """A tuple of sections: tag to item."""


class Fields(dict[str, Any]):
    """A section: setting to value."""


class Draft:
    """Values by path, and the class of a section where there is a choice."""

    def __init__(self) -> None:
        self._values = Fields()
        self._classes: dict[str, type[Section]] = {}

    def choose(self, path: str, kind: type[Section]) -> None:
        """Set the class of a section, which then exists also without a value."""
        self._classes[path] = kind
        self._place(path, create=True)

    def chosen(self, path: str) -> type[Section] | None:
        """The class set by `choose`."""
        return self._classes.get(path)

    def set(self, path: str, value: Any) -> None:
        """Set a value, also a whole section."""
        around, name, tag = _split(path)
        place = self._place(around, create=True)
        if tag is not None:
            place = place.setdefault(name, Items())
        place[name if tag is None else tag] = value

    def get(self, path: str) -> Any:
        """The value at a path; None: there is none."""
        place: Any = self._values
        for name, tag in _parts(path):
            for key in (name, tag):
                if key is not None:
                    place = place.get(key) if isinstance(place, dict) else None
        return place

    def remove(self, path: str) -> None:
        """Remove what is at a path, and what is in it."""
        around, name, tag = _split(path)
        place = self._place(around, create=False)
        if isinstance(place, dict) and tag is not None:
            place = place.get(name)
        if isinstance(place, dict):
            place.pop(name if tag is None else tag, None)
        inside = re.escape(path)
        self._classes = {at: kind for at, kind in self._classes.items() if not re.fullmatch(rf"{inside}([.<].*)?", at)}

    def leaves(self, path: str) -> Iterator[str]:
        """The paths of the values in a section, without names, which identify it; empty path: of all."""
        place = self.get(path) if path else self._values
        for key, value in list(place.items()) if isinstance(place, dict) else ():
            inner = f"{path}<{key}>" if isinstance(place, Items) else f"{path}.{key}" if path else key
            if isinstance(value, Fields | Items) and value:
                yield from self.leaves(inner)
            elif key not in ("name", "region"):
                yield inner

    def tags(self, path: str) -> tuple[str, ...]:
        """Tags of the items at a path, in their order."""
        found = self.get(path)
        return tuple(found) if isinstance(found, Items) else ()

    def tagged(self, path: str) -> str:
        """The path in the draft of a path in the settings, whose positions, or names of items, become tags."""
        made = ""
        for part in re.findall(r"[^.\[\]]+|\[[^\]]*\]", path):
            if part.startswith("["):
                tag = self._tag(made, part[1:-1])
                if tag is None:
                    return made  # a value that is a tuple or a mapping
                made += f"<{tag}>"
            else:
                made += f".{part}" if made else part
        return made

    def _tag(self, path: str, item: str) -> str | None:
        tags = self.tags(path)
        if item.isdecimal():
            return tags[int(item)] if int(item) < len(tags) else None
        return next((tag for tag in tags if self.get(f"{path}<{tag}>.name") == item), None)

    def numbered(self, path: str) -> str:
        """The path in the settings of a path in the draft."""
        made, at = "", ""
        for name, tag in _parts(path):
            made += f".{name}" if made else name
            at += f".{name}" if at else name
            if tag is not None:
                tags = self.tags(at)
                made += f"[{tags.index(tag)}]" if tag in tags else "[]"
                at += f"<{tag}>"
        return made

    def platform(self) -> Platform:
        """The settings, which can be invalid."""
        made = self._built(Platform, self._values, "")
        assert isinstance(made, Platform)
        return made

    def _built(self, kind: type[Section], values: dict[str, Any], path: str) -> Section:
        given = {}
        for name, value in sorted(values.items(), key=lambda item: _position(kind, item[0])):
            inner = f"{path}.{name}" if path else name
            if isinstance(value, Items):
                kinds = sections_of(kind, name)
                given[name] = tuple(self._item(kinds, item, f"{inner}<{tag}>") for tag, item in value.items())
            elif isinstance(value, dict) and (kinds := sections_of(kind, name)):
                given[name] = self._item(kinds, value, inner)
            else:
                given[name] = value
        return kind(**given)

    def _item(self, kinds: list[type[Section]], value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            return value
        chosen = self._classes.get(path) or next(
            (kind for kind in kinds if set(value) <= set(kind.model_fields)), kinds[0]
        )
        return self._built(chosen, value, path)

    def _place(self, path: str, *, create: bool) -> Any:
        place: Any = self._values
        for name, tag in _parts(path):
            steps = [(name, Items if tag is not None else Fields), *([(tag, Fields)] if tag is not None else [])]
            for key, kind in steps:
                if not isinstance(place, dict) or (key not in place and not create):
                    return None
                place = place.setdefault(key, kind())
        return place


def sections_of(kind: type[Section], name: str) -> list[type[Section]]:
    """The classes of sections that a setting allows, in a tuple or not; none: it is a value."""
    field = kind.model_fields.get(name)
    return list(_classes(field.annotation)) if field else []


def _classes(annotation: Any) -> Iterator[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from _classes(inner)


def _position(kind: type[Section], name: str) -> int:
    names = list(kind.model_fields)
    return names.index(name) if name in names else len(names)


def _parts(path: str) -> Iterator[tuple[str, str | None]]:
    """Names and tags; a tag can hold dots and brackets."""
    for found in _PART.finditer(path):
        yield found[1], found[2]


def _split(path: str) -> tuple[str, str, str | None]:
    """The path around the last part, and its name and tag."""
    *around, (name, tag) = _parts(path)
    return ".".join(n if t is None else f"{n}<{t}>" for n, t in around), name, tag


def outer(path: str) -> str:
    """The path around the last part: of `a.b<c>.d`, `a.b<c>`; of `a.b<c>`, `a.b`."""
    around, name, tag = _split(path)
    return around if tag is None else f"{around}.{name}" if around else name
