"""docs/settings.md, read off the sections of the settings."""

import inspect
import json
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import AfterValidator, StringConstraints
from pydantic.fields import FieldInfo

from docs.markdown import NOTE, table
from modules.settings import Platform, State
from modules.settings.descriptions import descriptions
from modules.settings.section import Section

WORDS = {
    "str": "text",
    "float": "number",
    "int": "whole number",
    "bool": "`True` or `False`",
    "IPv4Network": 'network, such as `"10.0.0.0/16"`',
    "Component": "[`Component(…)`](kubeflow.md#components-of-your-own)",
}


def settings_page() -> str:
    """Each section of the settings: its purpose, and its settings with type, default and description."""
    sections = list(dict.fromkeys(walk(Platform)))
    used: dict[type[Section], list[str]] = {section: [] for section in sections}
    for section in sections:
        for name, field in section.model_fields.items():
            for inner in sections_of(field.annotation):
                used[inner].append(f"`{title(section)}.{name}`")
    parts = [
        NOTE.format(source="modules/settings"),
        "# Settings\n",
        "All settings of `main.py`, by section. Unknown keys are errors. Lists are written as tuples:",
        '`("s3",)`. Import the sections with `from modules.settings import Platform, …`.',
        "Editors show these descriptions too. As JSON schema: [settings.schema.json](settings.schema.json), written by `make docs`",
        "from `Platform.model_json_schema()`.\n",
        "Sections: " + ", ".join(link(section) for section in sections) + ".\n",
    ]
    for section in sections:
        parts += [f"## {title(section)}\n", f"{inspect.getdoc(section)}\n"]
        if used[section]:
            parts.append(f"Used in: {', '.join(dict.fromkeys(used[section]))}.\n")
        described = descriptions(section)
        rows = [
            (f"`{name}`", field_words(field), default_words(field), described[name])
            for name, field in section.model_fields.items()
        ]
        parts.append(table(("setting", "type", "default", "description"), rows))
    return "\n".join(parts)


def settings_schema() -> str:
    """The same as JSON schema, for programs that write or check settings."""
    return json.dumps(Platform.model_json_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def walk(section: type[Section]) -> Iterator[type[Section]]:
    """A section and its inner sections, outermost first."""
    yield section
    for field in section.model_fields.values():
        for inner in sections_of(field.annotation):
            yield from walk(inner)


def sections_of(annotation: Any) -> Iterator[type[Section]]:
    """Sections in a type, also within tuples and unions."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    else:
        for argument in get_args(annotation):
            yield from sections_of(argument)


def title(section: type[Section]) -> str:
    """As it is written in main.py: the four kinds of state are `State.local` and so on."""
    ways = {kind: f"State.{name}" for name, kind in vars(State).items() if isinstance(kind, type)}
    return ways.get(section, section.__name__)


def link(section: type[Section]) -> str:
    """A link to the section's heading, which GitHub names in lower case without dots."""
    return f"[{title(section)}](#{title(section).lower().replace('.', '')})"


def field_words(field: FieldInfo) -> str:
    """The type of a setting, in words."""
    return words(Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation)


def words(annotation: Any) -> str:
    """A type in words.

    Raises:
        ValueError: there are no words for it yet.
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return link(annotation)
    if origin is Annotated and NoneType in get_args(arguments[0]):  # the conditions are about the value, not about None
        return f"{words(Annotated[(without_none(arguments[0]), *arguments[1:])])}, or `None`"
    if origin is Annotated:
        told = [text for text in map(condition, arguments[1:]) if text]
        own_words = [text for text in told if text.startswith(("a ", "an ", "the "))]
        return own_words[0] if own_words else ", ".join([words(arguments[0]), *told])
    if origin is Literal:
        choices = [f"`{json.dumps(choice)}`" for choice in arguments]
        return " or ".join(filter(None, [", ".join(choices[:-1]), choices[-1]]))
    if origin in (Union, UnionType):
        return ", or ".join("`None`" if argument is NoneType else words(argument) for argument in arguments)
    if origin is tuple:
        return f"list of: {words(arguments[0])}"
    if origin is dict:
        return f"`{{key: value}}`; values: {words(arguments[1])}"
    name = getattr(annotation, "__name__", str(annotation))
    if name == "JsonValue":
        return "any JSON value"
    if name not in WORDS:
        raise ValueError(f"docs/settings_page.py: no words for the type {annotation!r}; add them to WORDS")
    return WORDS[name]


def without_none(union: Any) -> Any:
    """`X` of `X | None`."""
    return Union[tuple(argument for argument in get_args(union) if argument is not NoneType)]  # noqa: UP007 - made of a tuple


def condition(metadata: Any) -> str:
    """What a value must hold besides its type; empty for what readers need not know."""
    match metadata:
        case Ge():
            return f"{metadata.ge} or more"
        case Le():
            return f"{metadata.le} or less"
        case MinLen():
            return f"at least {metadata.min_length}"
        case MaxLen():
            return f"at most {metadata.max_length}"
        case StringConstraints():
            return "not empty"
        case AfterValidator():
            phrase = metadata.func.__doc__ or ""
            return phrase if phrase[:1].islower() else ""  # of `matching`; a sentence is some function's docstring
    return ""


def default_words(field: FieldInfo) -> str:
    """The default as in main.py."""
    return "required" if field.is_required() else f"`{python(field.default)}`"


def python(value: Any) -> str:
    """A value of the settings as Python."""
    match value:
        case Section():
            return f"{title(type(value))}()"
        case tuple():
            inner = ", ".join(python(item) for item in value)
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        case dict():
            return "{" + ", ".join(f"{python(key)}: {python(item)}" for key, item in value.items()) + "}"
        case bool() | None | int():
            return repr(value)
    return json.dumps(str(value))
