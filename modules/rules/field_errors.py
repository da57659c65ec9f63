"""Pydantic's errors of single fields as `what is wrong; what to do`."""

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from modules.rules.rule import Problem, split_sentence
from modules.settings.section import Section, field_errors


def field_problems(section: Section) -> Iterator[Problem]:
    """Violations of types and constraints of the fields of one section."""
    for error in field_errors(section):
        near = difflib.get_close_matches(str(error["loc"][-1]), type(section).model_fields, n=1)
        yield dotted(error["loc"]), *explain(error["msg"], error.get("input"), error["type"], near)


def dotted(location: tuple[int | str, ...]) -> str:
    """Pydantic's location as a path: `tags[cost]`, `zones[0]`; tags of unions are omitted."""
    path = ""
    for part in location:
        if not path:
            path = str(part)
        elif not str(part).startswith("union:"):
            path += f"[{part}]"
    return path


def explain(message: str, value: Any, kind: str, near: Iterable[str] = ()) -> tuple[str, str]:
    """What is wrong and what to do, of pydantic's message; with the value where that is all there is to say.

    Args:
        message: pydantic's.
        value: what was given.
        kind: pydantic's name of the error.
        near: names similar to an unknown key.
    """
    match kind:
        case "extra_forbidden":
            meant = " or ".join(map(repr, near))
            return "is not a setting", f"did you mean {meant}?" if meant else "docs/settings.md lists all settings"
        case "missing":
            return "is required", "set it"
        case "string_too_short":
            return "is empty", "set it or remove it"
        case "tuple_type":
            return "must be a tuple", "write (value,), with a comma even for one value"
        case "model_type":
            wanted = message.removeprefix("Input should be a valid dictionary or instance of ")
            found = f"{type(value).__name__}(…)" if isinstance(value, Section) else repr(value)
            return f"must be {wanted}(…), not {found}", f"write {wanted}(…)"
        case "value_error" | "section_kind":
            return split_sentence(message.removeprefix("Value error, "))
    return message, f"it is {value!r}"
