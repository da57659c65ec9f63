"""What all sections of the settings have in common: frozen, no unknown key, and errors kept until they are collected."""

import functools
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, PrivateAttr, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from modules.settings.json_schema import SettingsSchema

AnySection = TypeVar("AnySection", bound="Section")


class InvalidFieldError(Exception):
    """A rule read a field whose value is invalid. The field reports its own error, so the rule ends here."""


class Section(BaseModel):
    """One section of the settings: fields with types and constraints. Rules between fields are in `modules.rules`.

    A section with an invalid value does not raise where it is written: Python builds the inner objects first, so the first
    invalid section of a `main.py` would hide all others, and would not know its own path. It keeps its values and its error,
    and `modules.rules.problems_of_all` reports every error of a run with its dotted path. Reading a field of such a section
    raises the `pydantic.ValidationError`, so an invalid value is never used.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    _given: dict[str, Any] = PrivateAttr()
    _error: ValidationError | None = PrivateAttr(default=None)
    _is_view: bool = PrivateAttr(default=False)

    def __init__(self, /, **given: Any) -> None:
        error: ValidationError | None = None
        try:
            super().__init__(**given)
        except ValidationError as found:
            error = found
            _fill(self, {})
        object.__setattr__(self, "__pydantic_private__", {"_given": given, "_error": error, "_is_view": False})

    if not TYPE_CHECKING:  # type checkers keep refusing unknown attributes

        def __getattr__(self, name: str) -> Any:
            """Raise the error of an invalid section when one of its fields is read."""
            private = object.__getattribute__(self, "__pydantic_private__") or {}
            if name in private:
                return private[name]
            if private.get("_error") is not None and name in type(self).model_fields:
                raise InvalidFieldError(name) if private["_is_view"] else private["_error"]
            return super().__getattr__(name)

        def __iter__(self) -> Any:
            """Refuse: pydantic would take `node_groups=NodeGroup(…)`, a forgotten comma, for a list of its fields."""
            raise TypeError(f"{type(self).__name__} is not iterable; iterate over vars(…) for its fields")

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        """The JSON schema of the section and of those in it, with the descriptions of the settings."""
        return super().model_json_schema(*args, **{"schema_generator": SettingsSchema, **options})

    def with_changes(self, **changes: Any) -> Self:
        """The same section with some values changed and validated (pydantic's own `model_copy` does not validate)."""
        return type(self)(**{**self._given, **changes})


def given(section: Section) -> Mapping[str, Any]:
    """The values that a section was written with."""
    return section._given


def field_errors(section: Section) -> list[ErrorDetails]:
    """Pydantic's errors of the fields of one section, without those of the sections in it."""
    return section._error.errors() if section._error is not None else []


def valid_fields(section: Section) -> dict[str, Any]:
    """The fields whose values are valid by themselves: all of them, unless the section is invalid."""
    if section._error is None or section._is_view:
        return vars(section)
    values: dict[str, Any] = {}
    for name, field in type(section).model_fields.items():
        if name not in section._given:
            values |= {} if field.is_required() else {name: field.default}
        else:
            with suppress(ValidationError):  # it is among the section's field errors
                values[name] = _type_of_field(type(section), name).validate_python(section._given[name])
    return values


def view(section: AnySection) -> AnySection:
    """The section as rules see it: valid fields can be read, also in invalid sections below; others raise `InvalidFieldError`."""
    values = valid_fields(section)
    seen = {name: _view_of(value) for name, value in values.items()}
    if section._error is None and all(seen[name] is values[name] for name in seen):
        return section
    copy = type(section).__new__(type(section))
    _fill(copy, seen)
    private = {"_given": section._given, "_error": section._error, "_is_view": True}
    object.__setattr__(copy, "__pydantic_private__", private)
    return copy


def sections_in(path: str, value: Any) -> Iterator[tuple[str, Section]]:
    """Sections held by a field, also in a tuple, each with its path."""
    if isinstance(value, Section):
        yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from sections_in(f"{path}[{index}]", item)


def _view_of(value: Any) -> Any:
    """A field's value with each section in it as rules see it; the same object when everything is valid."""
    if isinstance(value, Section):
        return view(value)
    if isinstance(value, tuple):
        seen = tuple(map(_view_of, value))
        return value if all(new is old for new, old in zip(seen, value, strict=True)) else seen
    return value


def _fill(section: Section, values: dict[str, Any]) -> None:
    """Set the fields of a section past pydantic, which would validate them."""
    slots = (("__dict__", values), ("__pydantic_extra__", None), ("__pydantic_fields_set__", set(values)))
    for slot, value in slots:
        object.__setattr__(section, slot, value)


@functools.cache
def _type_of_field(kind: type[Section], name: str) -> TypeAdapter[Any]:
    """What validates one field alone."""
    field = kind.model_fields[name]
    annotation: Any = field.annotation
    return TypeAdapter(Annotated[(annotation, *field.metadata)] if field.metadata else annotation)
