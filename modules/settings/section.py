"""What every section of the settings has in common: frozen, no unknown key, and errors that wait to be told together."""

import difflib
import functools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from modules.settings.texts import text_problems

Problem = tuple[str, str]
"""Dotted path of a setting, and the sentence about it: what is wrong; what to do."""

Check = TypeVar("Check", bound=Callable[[Any], Iterator[Problem]])


def rule(check: Check) -> Check:
    """Mark a method of a section as a rule between its fields; it yields problems with paths relative to the section.

    A rule that reads a bad field ends there, since the field has told its own error; all other rules still tell theirs.
    """
    check.__dict__["is_rule"] = True
    return check


class Section(BaseModel):
    """One section of the settings.

    A section with a bad value does not raise where it is written: Python builds the inner objects first, so the first
    bad section of a `main.py` would hide all others, and would not know its own path. It keeps what it was given, and
    `problems_of_all()` tells every error of a run with its dotted path. Reading a field of such a section raises the
    `pydantic.ValidationError` at once, so a bad value is never used.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    _given: dict[str, Any]
    _error: ValidationError | None = None
    _unreadable: ValidationError | None = None

    def __init__(self, /, **given: Any) -> None:
        error: ValidationError | None = None
        try:
            super().__init__(**given)
        except ValidationError as found:
            error = found
            fill(self, {})
        object.__setattr__(self, "__pydantic_private__", {"_given": given, "_error": error, "_unreadable": error})

    if not TYPE_CHECKING:  # mypy keeps refusing unknown attributes

        def __getattr__(self, name: str) -> Any:
            """Raise the error that a bad section kept, as soon as somebody reads from it."""
            private = object.__getattribute__(self, "__pydantic_private__") or {}
            if name in private:
                return private[name]
            if private.get("_unreadable") is not None and name in type(self).model_fields:
                raise private["_unreadable"]
            return super().__getattr__(name)

        def __iter__(self) -> Any:
            """Refuse: pydantic would take `node_groups=NodeGroup(…)`, a forgotten comma, for a list of its fields."""
            raise TypeError(f"{type(self).__name__} is no list; iterate over vars(…) for its fields")

    def with_changes(self, **changes: Any) -> Self:
        """The same section with some values changed, checked anew (pydantic's own `model_copy` does not check)."""
        return type(self)(**{**self._given, **changes})

    def own_problems(self) -> Iterator[Problem]:
        """What the rules between the fields of this section find; paths are relative to it."""
        for check in rules_of(type(self)):
            yield from readable(check(self))

    def problems(self) -> Iterator[Problem]:
        """All that is wrong here and in the sections below; empty means that the section can be used."""
        for error in self._error.errors() if self._error is not None else ():
            yield (
                dotted(error["loc"]),
                sentence(error["msg"], error.get("input"), error["type"], self._names_near(error)),
            )
        values = self._values()
        yield from text_problems(type(self), {name: values[name] for name in self._given if name in values})
        yield from readable(self._readable().own_problems())
        for name, value in values.items():
            for path, section in sections_in(name, value):
                yield from prefixed(path, section.problems())

    def _names_near(self, error: Any) -> list[str]:
        """The names that an unknown key may have meant."""
        return difflib.get_close_matches(str(error["loc"][-1]), type(self).model_fields, n=1)

    def _values(self) -> dict[str, Any]:
        """The fields that are good by themselves: all of them, unless the section is bad."""
        if self._error is None:
            return vars(self)
        values: dict[str, Any] = {}
        for name, field in type(self).model_fields.items():
            if name not in self._given:
                values |= {} if field.is_required() else {name: field.default}
            else:
                with suppress(ValidationError):  # it is among the section's own errors, and told
                    values[name] = type_of_field(type(self), name).validate_python(self._given[name])
        return values

    def _readable(self) -> Self:
        """The section for the eyes of its rules: what is good can be read, also in bad sections below; the rest raises."""
        values = self._values()
        told = {name: readable_sections(value) for name, value in values.items()}
        if self._error is None and all(told[name] is values[name] for name in told):
            return self
        copy = type(self).__new__(type(self))
        fill(copy, told)
        private = {"_given": self._given, "_error": None, "_unreadable": self._error}
        object.__setattr__(copy, "__pydantic_private__", private)
        return copy


def fill(section: Section, values: dict[str, Any]) -> None:
    """Set the fields of a section past pydantic, which would check them."""
    slots = (("__dict__", values), ("__pydantic_extra__", None), ("__pydantic_fields_set__", set(values)))
    for slot, value in slots:
        object.__setattr__(section, slot, value)


@functools.cache
def rules_of(kind: type[Section]) -> list[Callable[[Any], Iterator[Problem]]]:
    """The rules of a section, in the order they are written."""
    return [value for base in reversed(kind.__mro__) for value in vars(base).values() if hasattr(value, "is_rule")]


@functools.cache
def type_of_field(kind: type[Section], name: str) -> TypeAdapter[Any]:
    """What checks one field alone."""
    field = kind.model_fields[name]
    annotation: Any = field.annotation
    return TypeAdapter(Annotated[(annotation, *field.metadata)] if field.metadata else annotation)


def readable(problems: Iterator[Problem]) -> Iterator[Problem]:
    """Problems up to the first bad field that is read for them."""
    with suppress(ValidationError):  # told at the field itself
        yield from problems


def of_each(path: str, sections: Iterable[Any], check: Callable[[Any], Iterator[Problem]]) -> Iterator[Problem]:
    """What a check finds in each of several sections; a bad field of one hides nothing of another."""
    for index, section in enumerate(sections):
        yield from prefixed(f"{path}[{index}]", readable(check(section)))


def readable_sections(value: Any) -> Any:
    """A field's value with each section in it as its rules see it; the same object when nothing is bad."""
    if isinstance(value, Section):
        return value._readable()
    if isinstance(value, tuple):
        told = tuple(map(readable_sections, value))
        return value if all(new is old for new, old in zip(told, value, strict=True)) else told
    return value


def sections_in(path: str, value: Any) -> Iterator[tuple[str, Section]]:
    """Sections held by a field, also in a tuple, each with its path."""
    if isinstance(value, Section):
        yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from sections_in(f"{path}[{index}]", item)


def repeated(values: Iterable[str]) -> list[str]:
    """Values that stand more than once, sorted."""
    return sorted(value for value, count in Counter(values).items() if count > 1)


def each_once(field: str, values: Iterable[object]) -> Iterator[Problem]:
    """Every value once: a second one would be the same resource."""
    for value in repeated(map(str, values)):
        yield field, f"{value} stands there twice; name it once"


def unique_names(field: str, sections: Iterable[Any]) -> Iterator[Problem]:
    """Every `name` once: two of one name would be one resource. Sections whose name is bad are left out."""
    names = []
    for section in sections:
        with suppress(ValidationError):  # told at the name itself
            names.append(section.name)
    for name in repeated(names):
        yield field, f"the name {name} stands twice; give each its own"


def prefixed(path: str, problems: Iterator[Problem]) -> Iterator[Problem]:
    """The same problems, told from one section further out."""
    for inner, text in problems:
        yield (f"{path}.{inner}" if inner else path), text


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
