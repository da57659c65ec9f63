"""docs/settings.md, read off the sections of the settings."""

import inspect
import json
from collections.abc import Iterator
from typing import Annotated, Any, get_args

from pydantic.fields import FieldInfo

from docs.markdown import NOTE, table
from docs.setting_types import limits, link, title, type_name
from modules.settings import Platform
from modules.settings.descriptions import descriptions
from modules.settings.section import Section

# A longer default is in the description: it would make its column the widest.
LONGEST_DEFAULT = 32


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
        '`("s3",)`. Import the sections with `from kubeflow_aws import Platform, …`.',
        "Editors show these descriptions too. As JSON schema: [settings.schema.json](settings.schema.json), written by `make docs`",
        "from `Platform.model_json_schema()`.\n",
        "Sections: " + ", ".join(link(section) for section in sections) + ".\n",
    ]
    for section in sections:
        parts += [f"## {title(section)}\n", f"{inspect.getdoc(section)}\n"]
        if used[section]:
            parts.append(f"Used in: {', '.join(dict.fromkeys(used[section]))}.\n")
        described = descriptions(section)
        rows = [row(name, field, described[name]) for name, field in section.model_fields.items()]
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


def row(name: str, field: FieldInfo, description: str) -> tuple[str, str, str, str]:
    """Setting, type, default, and the description with the limits of a value."""
    annotation = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    default = "required" if field.is_required() else f"`{python(field.default)}`"
    parts = [description, limits(annotation)]
    if len(default) > LONGEST_DEFAULT:
        parts.append(f"Default: {default}.")
        default = "see description"
    return f"`{name}`", type_name(annotation), default, " ".join(filter(None, parts))


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
