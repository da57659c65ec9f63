"""Types of settings for docs/settings.md: a short name for the column, and what a value must hold as a sentence."""

import json
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import AfterValidator, StringConstraints

from modules.settings import State
from modules.settings.section import Section

NAMES = {
    "str": "text",
    "float": "number",
    "int": "integer",
    "bool": "boolean",
    "IPv4Network": "IPv4 CIDR",
    "JsonValue": "any",
    "Component": "[Component](kubeflow.md#components-of-your-own)",
}


def title(section: type[Section]) -> str:
    """As it is written in main.py: the four kinds of state are `State.local` and so on."""
    ways = {kind: f"State.{name}" for name, kind in vars(State).items() if isinstance(kind, type)}
    return ways.get(section, section.__name__)


def link(section: type[Section]) -> str:
    """A link to the section's heading, which GitHub names in lower case without dots."""
    return f"[{title(section)}](#{title(section).lower().replace('.', '')})"


def type_name(annotation: Any) -> str:
    """The type without its limits.

    Raises:
        ValueError: the type has no name yet.
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return link(annotation)
    if origin is Annotated:
        return type_name(arguments[0])
    if origin is Literal:
        return {str: "choice", int: "integer"}[type(arguments[0])]
    if origin in (Union, UnionType):
        return " or ".join("`None`" if argument is NoneType else type_name(argument) for argument in arguments)
    if origin is tuple:
        return f"list of {type_name(arguments[0])}"
    if origin is dict:
        return f"map of {type_name(arguments[1])}"
    name = getattr(annotation, "__name__", str(annotation))
    if name not in NAMES:
        raise ValueError(f"docs/setting_types.py: no name for the type {annotation!r}; add it to NAMES")
    return NAMES[name]


def limits(annotation: Any) -> str:
    """What a value must hold in addition to its type: `Value: 1 to 5.`, and of a list or map also `Entry: …`; empty without limits."""
    found: dict[str, list[str]] = {}
    for label, phrase in phrases(annotation, "Value"):
        found.setdefault(label, []).append(phrase)
    return " ".join(f"{label}: {'; '.join(dict.fromkeys(texts))}." for label, texts in found.items())


def phrases(annotation: Any, label: str) -> Iterator[tuple[str, str]]:
    """Each limit, with what it is a limit of."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        for phrase in own_phrases(arguments[1:], of_list=is_list(arguments[0])):
            yield label, phrase
        yield from phrases(arguments[0], label)
    elif origin is Literal:
        choices = [f"`{json.dumps(choice)}`" for choice in arguments]
        yield label, " or ".join(filter(None, [", ".join(choices[:-1]), choices[-1]]))
    elif origin in (Union, UnionType):
        for argument in arguments:
            yield from phrases(argument, label)
    elif origin in (tuple, dict):
        yield from phrases(arguments[origin is dict], "Entry")


def is_list(annotation: Any) -> bool:
    """Whether lengths count entries; `X | None` counts as `X`."""
    return get_origin(annotation) is tuple or any(map(is_list, get_args(annotation)))


def own_phrases(metadata: tuple[Any, ...], *, of_list: bool) -> Iterator[str]:
    """The limits of one `Annotated`."""
    low = next((limit.ge for limit in metadata if isinstance(limit, Ge)), None)
    high = next((limit.le for limit in metadata if isinstance(limit, Le)), None)
    if low is not None and high is not None:
        yield f"{low} to {high}"
    elif low is not None or high is not None:
        yield f"at least {low}" if high is None else f"at most {high}"
    for limit in metadata:
        match limit:
            case MinLen():
                yield f"at least {limit.min_length} {'entry' if of_list else 'characters'}"
            case MaxLen():
                yield f"at most {limit.max_length} {'entries' if of_list else 'characters'}"
            case StringConstraints():
                yield "not empty"
            case AfterValidator():
                phrase = limit.func.__doc__ or ""
                if phrase[:1].islower():  # of `matching`; a sentence is some function's docstring
                    yield phrase
