"""Pydantic's errors of single fields in the words of this project: what is wrong; what to do."""

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from modules.rules.rule import Problem
from modules.settings.section import Section, field_errors


def field_problems(section: Section) -> Iterator[Problem]:
    """What types and constraints of the fields of one section refuse."""
    for error in field_errors(section):
        near = difflib.get_close_matches(str(error["loc"][-1]), type(section).model_fields, n=1)
        yield dotted(error["loc"]), sentence(error["msg"], error.get("input"), error["type"], near)


def dotted(location: tuple[int | str, ...]) -> str:
    """Pydantic's location as people write it: `tags[cost]`, `zones[0]`; the tags of unions are left out."""
    path = ""
    for part in location:
        if not path:
            path = str(part)
        elif not str(part).startswith("union:"):
            path += f"[{part}]"
    return path


def sentence(message: str, value: Any, kind: str, near: Iterable[str] = ()) -> str:
    """Pydantic's message in the form `what; what to do`, with the value that was given.

    Args:
        message: pydantic's.
        value: what was given.
        kind: pydantic's name of the error.
        near: names that an unknown key may have meant.
    """
    match kind:
        case "extra_forbidden":
            meant = " or ".join(map(repr, near))
            return f"is not a setting; {f'did you mean {meant}?' if meant else 'docs/settings.md has their names'}"
        case "missing":
            return "is missing and has no default; give it"
        case "string_too_short":
            return "is empty; give it, or leave it out"
        case "tuple_type":
            return "takes several values; write them as a tuple, which of one value has a comma, too: (…,)"
        case "model_type":
            wanted = message.removeprefix("Input should be a valid dictionary or instance of ")
            return f"is no {wanted}; write {wanted}(…) here, and not {f'{type(value).__name__}(…)' if isinstance(value, Section) else repr(value)}"
        case "value_error" | "section_kind":
            return message.removeprefix("Value error, ")
    return f"{message}; it is {value!r}"
