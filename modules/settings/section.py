"""What every section of the settings has in common: frozen, no unknown key, and errors that wait to be told together."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator

Problem = tuple[str, str]
"""Dotted path of a setting, and the sentence about it: what is wrong; what to do."""


class Section(BaseModel):
    """One section of the settings.

    A section with a bad value does not raise where it is written: Python builds the inner objects first, so the first
    bad section of a `main.py` would hide all others, and would not know its own path. It keeps what it was given, and
    `Platform.problems_of_all()` tells every error of a run with its dotted path. Reading a field of such a section raises
    the `pydantic.ValidationError` at once, so a bad value is never used.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    _given: dict[str, Any]
    _error: ValidationError | None = None

    def __init__(self, /, **given: Any) -> None:
        error: ValidationError | None = None
        try:
            super().__init__(**given)
        except ValidationError as found:
            error = found
            for slot, empty in (("__dict__", {}), ("__pydantic_extra__", None), ("__pydantic_fields_set__", set())):
                object.__setattr__(self, slot, empty)
        object.__setattr__(self, "__pydantic_private__", {"_given": given, "_error": error})

    if not TYPE_CHECKING:  # mypy keeps refusing unknown attributes

        def __getattr__(self, name: str) -> Any:
            """Raise the error that a bad section kept, as soon as somebody reads from it."""
            private = object.__getattribute__(self, "__pydantic_private__") or {}
            if name in private:
                return private[name]
            if private.get("_error") is not None and name in type(self).model_fields:
                raise private["_error"]
            return super().__getattr__(name)

    @model_validator(mode="wrap")
    @classmethod
    def _tell_kept_error_here(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Validate a bad section again as part of the one that holds it: now its errors have their whole path."""
        if isinstance(value, cls) and value._error is not None:
            return handler(value._given)
        return handler(value)

    def with_changes(self, **changes: Any) -> Self:
        """The same section with some values changed, checked anew (pydantic's own `model_copy` does not check)."""
        return type(self)(**{**self._given, **changes})

    def own_problems(self) -> Iterator[Problem]:
        """Rules between the fields of this section; paths are relative to it."""
        yield from ()

    def problems(self) -> Iterator[Problem]:
        """All that is wrong here and in the sections below; empty means that the section can be used."""
        if self._error is not None:
            for error in self._error.errors():
                yield dotted(error["loc"]), sentence(error["msg"], error.get("input"), error["type"])
            # A bad field hides the rules between fields of its own section only: the sections beside it still tell theirs.
            for name, value in self._given.items():
                for path, section in sections_in(name, value):
                    if section._error is None:
                        yield from prefixed(path, section.problems())
            return
        yield from self.own_problems()
        for name in type(self).model_fields:
            for path, section in sections_in(name, getattr(self, name)):
                yield from prefixed(path, section.problems())


def sections_in(path: str, value: Any) -> Iterator[tuple[str, Section]]:
    """Sections held by a field, also in a tuple, list or dict, each with its path."""
    if isinstance(value, Section):
        yield path, value
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from sections_in(f"{path}[{index}]", item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from sections_in(f"{path}[{key}]", item)


def repeated(values: Iterable[str]) -> list[str]:
    """Values that stand more than once, sorted."""
    return sorted(value for value, count in Counter(values).items() if count > 1)


def unique_names(field: str, sections: Iterable[Any]) -> Iterator[Problem]:
    """Every `name` once: two of one name would be one resource. Sections that are bad themselves are left out."""
    for name in repeated(section.name for section in sections if section._error is None):
        yield field, f"the name {name} stands twice; give each its own"


def prefixed(path: str, problems: Iterator[Problem]) -> Iterator[Problem]:
    """The same problems, told from one section further out."""
    for inner, text in problems:
        yield (f"{path}.{inner}" if inner else path), text


def dotted(location: tuple[int | str, ...]) -> str:
    """Pydantic's location as people write it: `cluster.node_groups[0].min_size`; the tags of unions are left out."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif not part.startswith("union:"):
            path += f".{part}" if path else part
    return path


def sentence(message: str, value: Any, kind: str) -> str:
    """Pydantic's message, with the value that was given (never for a missing one, whose input is the whole section)."""
    text = message.removeprefix("Value error, ")
    if kind in {"missing", "value_error", "extra_forbidden"} or isinstance(value, Section | dict):
        return text if kind != "extra_forbidden" else f"{text}; see docs/settings.md for the known names"
    return f"{text}; it is {value!r}"
