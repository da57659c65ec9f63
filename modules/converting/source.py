"""Settings as Python, in the format of ruff."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network
from typing import Any

from modules.settings.section import Section, given

WIDTH = 120
INDENT = "    "


def source(
    value: Any, calls: Mapping[type, str] | None = None, *, indent: int = 0, before: int = 0, after: int = 0
) -> str:
    """A value as Python: on one line if it fits, else with one part in each line.

    Args:
        value: of a setting.
        calls: class of a section to what is written in its place, such as `read_import("adopted/legacy.json")`.
        indent: levels of the line that it begins in.
        before: characters before it in the line, without the indent.
        after: characters after it.
    """
    calls = calls or {}
    flat = _flat(value, calls)
    if len(INDENT) * indent + before + len(flat) + after <= WIDTH or not (parts := list(_parts(value, calls))):
        return flat
    opening, closing = _brackets(value)
    lines = [
        f"{INDENT * (indent + 1)}{name}{source(item, calls, indent=indent + 1, before=len(name), after=1)},"
        for name, item in parts
    ]
    return "\n".join([opening, *lines, f"{INDENT * indent}{closing}"])


def _flat(value: Any, calls: Mapping[type, str]) -> str:
    if type(value) in calls:
        return calls[type(value)]
    parts = [f"{name}{_flat(item, calls)}" for name, item in _parts(value, calls)]
    if isinstance(value, Section | Mapping | tuple | list):
        opening, closing = _brackets(value)
        comma = "," if isinstance(value, tuple) and len(parts) == 1 else ""
        return f"{opening}{', '.join(parts)}{comma}{closing}"
    return _text(str(value)) if isinstance(value, str | IPv4Network) else repr(value)


def _brackets(value: Any) -> tuple[str, str]:
    if isinstance(value, Section):
        return f"{type(value).__name__}(", ")"
    return ("{", "}") if isinstance(value, Mapping) else ("[", "]") if isinstance(value, list) else ("(", ")")


def _parts(value: Any, calls: Mapping[type, str]) -> Iterable[tuple[str, Any]]:
    if type(value) in calls:
        return []
    if isinstance(value, Section):
        return [(f"{name}=", item) for name, item in given(value).items()]
    if isinstance(value, Mapping):
        return [(f"{_flat(key, calls)}: ", item) for key, item in value.items()]
    return [("", item) for item in value] if isinstance(value, tuple | list) else []


def _text(text: str) -> str:
    """A string in the quotes that need fewer escapes."""
    shown = repr(text)
    if shown[0] == '"' or '"' in text:
        return shown
    return f'"{shown[1:-1]}"'
