"""The one mechanism of rules: a function, registered for a class of the settings, that yields problems."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar

from modules.settings.section import InvalidFieldError, Section

Problem = tuple[str, str, str]
"""Dotted path of a setting, what is wrong, and what to do."""
AnySection = TypeVar("AnySection", bound=Section)
Check = Callable[[AnySection], Iterator[Problem]]
DatedCheck = Callable[[AnySection, date], Iterator[Problem]]

_RULES: defaultdict[type[Section], list[Check[Any]]] = defaultdict(list)
_WARNINGS: defaultdict[type[Section], list[DatedCheck[Any]]] = defaultdict(list)
_PLACEHOLDERS: set[DatedCheck[Any]] = set()


def rule(kind: type[AnySection]) -> Callable[[Check[AnySection]], Check[AnySection]]:
    """Register a function that yields what is wrong with a section, with paths relative to that section.

    A rule for `Platform` can read everything. A rule that reads an invalid field ends there, since that field has reported
    its own error. Any other exception is a defect of the rule and ends the run.

    Args:
        kind: class of the settings; the rule applies to its subclasses as well.
    """

    def register(check: Check[AnySection]) -> Check[AnySection]:
        _RULES[kind].append(check)
        return check

    return register


def warning(kind: type[AnySection]) -> Callable[[Check[AnySection]], Check[AnySection]]:
    """Register a function that yields what is allowed and still printed at each synth; see `rule`.

    Warnings are only looked for on platforms without problems.
    """

    def register(check: Check[AnySection]) -> Check[AnySection]:
        _WARNINGS[kind].append(lambda section, _: check(section))
        return check

    return register


def dated_warning(kind: type[AnySection]) -> Callable[[DatedCheck[AnySection]], DatedCheck[AnySection]]:
    """Register a warning that compares dates with the day of the synth, its second argument; see `warning`."""

    def register(check: DatedCheck[AnySection]) -> DatedCheck[AnySection]:
        _WARNINGS[kind].append(check)
        return check

    return register


def placeholder(kind: type[AnySection]) -> Callable[[Check[AnySection]], Check[AnySection]]:
    """Register a warning about values that are reserved for documentation: an apply with them is refused; see `warning`."""

    def register(check: Check[AnySection]) -> Check[AnySection]:
        _PLACEHOLDERS.add(warning_of := lambda section, _: check(section))
        _WARNINGS[kind].append(warning_of)
        return check

    return register


def rules_of(kind: type[Section]) -> list[Check[Any]]:
    """The rules of a class and its base classes, in the order they were registered."""
    return [check for base in reversed(kind.__mro__) for check in _RULES.get(base, ())]


def warnings_for(kind: type[Section]) -> list[DatedCheck[Any]]:
    """The warnings of a class and its base classes, in the order they were registered."""
    return [check for base in reversed(kind.__mro__) for check in _WARNINGS.get(base, ())]


def placeholders_for(kind: type[Section]) -> list[DatedCheck[Any]]:
    """Those warnings of a class and its base classes that are about values reserved for documentation."""
    return [check for check in warnings_for(kind) if check in _PLACEHOLDERS]


def until_invalid(problems: Iterator[Problem]) -> Iterator[Problem]:
    """Problems up to the first invalid field that is read for them."""
    with suppress(InvalidFieldError):  # reported at the field itself
        yield from problems


def of_each(path: str, sections: Iterable[Any], check: Check[Any]) -> Iterator[Problem]:
    """What a check finds in each of several sections; an invalid field of one hides nothing of another."""
    for index, section in enumerate(sections):
        yield from prefixed(f"{path}[{index}]", until_invalid(check(section)))


def prefixed(path: str, problems: Iterator[Problem]) -> Iterator[Problem]:
    """The same problems with paths relative to the section further out."""
    for inner, what, fix in problems:
        yield (f"{path}.{inner}" if inner else path), what, fix


def repeated(values: Iterable[str]) -> list[str]:
    """Values that occur more than once, sorted."""
    return sorted(value for value, count in Counter(values).items() if count > 1)


def each_once(field: str, values: Iterable[object]) -> Iterator[Problem]:
    """Every value once: a second one would be the same resource."""
    for value in repeated(map(str, values)):
        yield field, f"{value} occurs more than once", "keep one"


def unique_names(field: str, sections: Iterable[Any]) -> Iterator[Problem]:
    """Every `name` once: two of one name would be one resource. Sections whose name is invalid are left out."""
    names = []
    for section in sections:
        with suppress(InvalidFieldError):  # reported at the name itself
            names.append(section.name)
    for name in repeated(names):
        yield field, f"the name {name} occurs more than once", "use unique names"
