"""What all sections of the settings have in common: frozen, no unknown key, and errors kept until they are collected."""

import functools
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from modules.errors import ProblemsError
from modules.settings.field_errors import BY_NAME, field_problems
from modules.settings.json_schema import SettingsSchema

AnySection = TypeVar("AnySection", bound="Section")
NotSettings = Mapping[str, tuple[str, str]]
"""Name of something that a section deliberately lacks to why, and what to do."""


class InvalidFieldError(Exception):
    """A rule read a field whose value is invalid. The field reports its own error, so the rule ends here."""


class Section(BaseModel):
    """One section of the settings: fields with types and constraints. Rules between fields are in `modules.rules`.

    A section with an invalid value does not raise where it is written: Python builds the inner objects first, so the first
    invalid section of a `main.py` would hide all others, and would not know its own path. It keeps its values and its error,
    and `modules.rules.problems_of_all` reports every error of a run with its dotted path. Reading a field of such a section
    raises its errors as `ProblemsError`, so an invalid value is never used.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)

    NOT_SETTINGS: ClassVar[NotSettings] = {}

    _given: dict[str, Any] = PrivateAttr()
    _error: ValidationError | None = PrivateAttr(default=None)
    _by_position: tuple[Any, ...] = PrivateAttr(default=())
    _is_view: bool = PrivateAttr(default=False)

    def __init__(self, /, *by_position: Any, **given: Any) -> None:
        error: ValidationError | None = None
        given = self.completed(dict(zip(type(self).model_fields, by_position, strict=False)) | given)
        try:
            super().__init__(**given)
        except ValidationError as found:
            error = found
        if error is None and by_position:
            error = _refused(self, by_position)
        if error is not None:
            _fill(self, {})
        private = {"_given": given, "_error": error, "_by_position": by_position, "_is_view": False}
        object.__setattr__(self, "__pydantic_private__", private)

    @classmethod
    def completed(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Given values with what one says about another; not validated yet."""
        return given

    @model_validator(mode="wrap")  # a validator "before" runs within __init__, which such a dict does not reach
    @classmethod
    def _names_are_text(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Python would end a dict in place of a section with `keywords must be strings`."""
        if isinstance(values, dict) and not all(isinstance(name, str) for name in values):
            raise ValueError(f"has names that are not text; write {cls.__name__}(…)")
        return handler(values)

    if not TYPE_CHECKING:  # type checkers keep refusing unknown attributes

        def __getattr__(self, name: str) -> Any:
            """Raise the error of an invalid section when one of its fields is read."""
            private = object.__getattribute__(self, "__pydantic_private__") or {}
            if name in private:
                return private[name]
            if private.get("_error") is not None and name in type(self).model_fields:
                raise InvalidFieldError(name) if private["_is_view"] else _unreadable(self)
            return super().__getattr__(name)

        def __setattr__(self, name: str, value: Any) -> None:
            """Refuse: a setting that changes later would escape the rules."""
            raise AttributeError(f"{type(self).__name__}.{name} cannot be changed; write with_changes({name}=…)")

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
    found = section._error.errors() if section._error is not None else []
    if section._by_position and not any(error["type"] == BY_NAME for error in found):
        found = [*_refused(section, section._by_position).errors(), *found]
    return found


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
    return copy_of(section, seen, _is_view=True)


def copy_of(section: AnySection, values: Mapping[str, Any], **private: Any) -> AnySection:
    """A copy that is not validated again.

    Args:
        section: whose errors and given values the copy keeps.
        values: its fields.
        private: its private attributes that differ.
    """
    assert section.__pydantic_private__ is not None
    copy = type(section).__new__(type(section))
    _fill(copy, dict(values))
    object.__setattr__(copy, "__pydantic_private__", {**section.__pydantic_private__, **private})
    return copy


def sections_in(path: str, value: Any) -> Iterator[tuple[str, Section]]:
    """Sections held by a field, also in a tuple, each with its path."""
    if isinstance(value, Section):
        yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from sections_in(f"{path}[{index}]", item)


def _refused(section: Section, by_position: tuple[Any, ...]) -> ValidationError:
    """The error of settings without their names; the error is one of the section itself, whose path is empty."""
    kind = type(section)
    first = next(iter(kind.model_fields), "name")
    text = f"settings are written by name, not by position; write {kind.__name__}({first}=…)"
    error = PydanticCustomError(BY_NAME, text)
    return ValidationError.from_exception_data(kind.__name__, [{"type": error, "loc": (), "input": by_position}])


def _unreadable(section: Section) -> ProblemsError:
    """The errors of an invalid section, raised where main.py reads one of its settings."""
    name = type(section).__name__
    found = field_problems(type(section), field_errors(section))
    return ProblemsError(f"{name}{f'.{path}' if path else ''}: {what}; {fix}" for path, what, fix in found)


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
