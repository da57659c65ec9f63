"""Errors of single fields as `what is wrong; what to do`, in this project's words instead of pydantic's."""

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from modules.errors import split_sentence

LONGEST_SHOWN = 60
"""Characters of an invalid value in an error; longer ones are described by their type."""
BY_NAME = "settings_by_name"
"""Type of the error of a section whose settings are not written as `name=value`."""
UNKNOWN = {"extra_forbidden", "unexpected_keyword_argument"}
NUMBER = re.compile(r"(int|float)_(type|parsing|from_float)|finite_number")


def field_problems(kind: type[BaseModel], errors: Iterable[ErrorDetails]) -> Iterator[tuple[str, str, str]]:
    """Violations of types and constraints of the fields of one section: path, what is wrong, what to do."""
    deliberate = getattr(kind, "NOT_SETTINGS", {})
    for error in errors:
        lacking = deliberate.get(error["loc"][-1]) if error["type"] in UNKNOWN and error["loc"] else None
        yield dotted(error["loc"]), *(lacking or explain(error, kind.model_fields))


def dotted(location: tuple[int | str, ...]) -> str:
    """Pydantic's location as a path: `tags[cost]`, `zones[0]`, `extra_components[0].name`; tags of unions are omitted."""
    path, in_section = "", True
    for part in location:
        tag = str(part).startswith("union:")
        if not tag:
            path += f".{part}" if path and in_section else str(part) if in_section else f"[{part}]"
        in_section = tag or isinstance(part, int)
    return path


def explain(error: ErrorDetails, settings: Iterable[str] = ()) -> tuple[str, str]:
    """What is wrong and what to do, of one of pydantic's errors; with the value where that helps.

    Args:
        error: pydantic's.
        settings: names of the section's settings, for a similar one where the name is unknown.
    """
    kind, value, limits = error["type"], error.get("input"), error.get("ctx", {})
    shown = described(value)
    match kind:
        case "extra_forbidden" | "unexpected_keyword_argument":  # UNKNOWN
            meant = " or ".join(map(repr, difflib.get_close_matches(str(error["loc"][-1]), settings, n=1)))
            return "is not a setting", f"did you mean {meant}?" if meant else "docs/settings.md lists all settings"
        case "missing" | "missing_argument":
            return "is required", "set it"
        case "value_error" | "section_kind" | "settings_by_name":  # the last is BY_NAME
            return split_sentence(error["msg"].removeprefix("Value error, "))
        case "string_too_short":
            return "is empty", "set it or remove it"
        case "string_type" | "string_unicode":
            number = isinstance(value, int | float)
            fix = "set it" if value is None else f'write "{value}"' if number else "write it in quotes"
            return f"must be text, not {shown}", fix
        case "tuple_type":
            return f"must be a tuple, not {shown}", "write (value,), with a comma even for one value"
        case "dict_type":
            return f"must be a dict, not {shown}", 'write {"key": "value"}'
        case "bool_type" | "bool_parsing":
            return f"must be True or False, not {shown}", "write True or False, without quotes"
        case "int_parsing_size":
            return "is too large a number", "docs/settings.md names the limits"
        case "literal_error":
            return f"must be {limits['expected']}, not {shown}", "use one of these"
        case "greater_than_equal":
            return f"must be at least {limits['ge']}, not {shown}", f"set {limits['ge']} or more"
        case "less_than_equal":
            return f"must be at most {limits['le']}, not {shown}", f"set {limits['le']} or less"
        case "model_type" | "dataclass_type" | "dataclass_exact_type":
            wanted = limits["class_name"]
            return f"must be {wanted}(…), not {shown}", f"write {wanted}(…)"
        case "invalid-json-value":
            return f"must be a value of JSON, not {shown}", "use text, numbers, True, False, None, lists and dicts"
    if NUMBER.fullmatch(kind):
        whole = "a whole number" if kind.startswith("int") else "a number"
        return f"must be {whole}, not {shown}", "write digits without quotes, such as 3"
    return f"does not accept {shown}", "docs/settings.md has the type of each setting"


def described(value: Any) -> str:
    """A value in an error: itself if it is short, or its type."""
    if value is None or isinstance(value, bool | int | float | str):
        shown = repr(value)
        return shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}…"
    if isinstance(value, BaseModel):
        return f"{type(value).__name__}(…)"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
