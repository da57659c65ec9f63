"""No rule without a row: what the tables of this folder never reach fails here by file and line."""

import functools
import importlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import AfterValidator
from pydantic.fields import FieldInfo

from modules.rules import problems, problems_of_all, warnings_of, warnings_of_all
from modules.settings import Platform
from modules.settings.descriptions import descriptions
from modules.settings.section import Section
from tests.modules.rules import test_between_platforms, test_platform, test_warnings
from tests.modules.rules.reached import Place, noted, noting
from tests.modules.rules.rows import Rows, found_in
from tests.modules.settings import test_section


@functools.cache
def read() -> tuple[frozenset[Place], str]:
    """What no table makes the rules say, and all lines that the tables make them say; read once for both tests."""
    every_place, _ = noting()
    found = [found_in(table) for table in tables()]
    with noted() as reached:
        lines = list(lines_of_others())
    for one in found:
        reached |= one.reached
        lines += [line for row in one.lines.values() for line in row]
    return every_place - reached, "\n".join(lines)


def tables() -> Iterator[Rows]:
    """The table of each file of this folder; that of warnings has days in its rows."""
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        module = importlib.import_module(f"{__package__}.{path.stem}")
        if module is not test_warnings and hasattr(module, "ROWS"):
            yield module.ROWS


def lines_of_others() -> Iterator[str]:
    """Problems of several platforms, and warnings."""
    test_section.refuse_every_kind_of_value()
    yield from problems_of_all(test_platform.ONE_NAME)
    yield from problems_of_all(test_platform.ONE_STATE)
    yield from problems_of_all(test_between_platforms.ONE_CLUSTER)
    yield from map(str, warnings_of_all(test_between_platforms.ONE_RANGE, date(2026, 1, 1)))
    yield from map(str, warnings_of_all(test_between_platforms.ONE_DATABASE, date(2026, 1, 1)))
    for platform, today, *_ in test_warnings.ROWS.values():
        yield from map(str, warnings_of(platform, today or date(2026, 1, 1)))


def test_every_rule_is_reached_by_a_row() -> None:
    missed, _ = read()
    assert sorted(missed) == []


def test_every_pattern_has_a_row() -> None:
    _, lines = read()
    patterns = {
        what
        for section in sections().values()
        for field in section.model_fields.values()
        for what in patterns_in(Annotated[(field.annotation, *field.metadata, None)])
    }
    assert len(patterns) > 20
    assert [what for what in sorted(patterns) if what not in lines] == []


def sections(section: type[Section] = Platform) -> dict[str, type[Section]]:
    """All sections by name."""
    found = {section.__name__: section}
    for field in section.model_fields.values():
        for inner in kinds_in(field.annotation):
            found |= sections(inner)
    return found


def kinds_in(annotation: Any) -> Iterator[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for argument in get_args(annotation):
        yield from kinds_in(argument)


def patterns_in(annotation: Any) -> Iterator[str]:
    """What values must look like, in the words of `matching`."""
    for argument in (*get_args(annotation), *getattr(annotation, "__metadata__", ())):
        if isinstance(argument, AfterValidator) and argument.func.__name__ == "check":
            yield str(argument.func.__doc__)
        yield from patterns_in(argument)


def choices_in(annotation: Any) -> Iterator[tuple[Any, ...]]:
    if get_origin(annotation) is Literal:
        yield get_args(annotation)
    for argument in get_args(annotation):
        yield from choices_in(argument)


FIELDS = [(section, name, field) for section in sections().values() for name, field in section.model_fields.items()]


def test_bounds_and_choices_are_reported() -> None:
    wrong = []
    for section, name, field in FIELDS:
        for value, what in refused_values(field):
            several = get_origin(field.annotation) is tuple and value == "nonsense"
            path = f"{name}[0]" if several else name
            reported = {at: found for at, found, _ in problems(section(**{name: (value,) if several else value}))}
            if reported.get(path) != what:
                wrong.append(f"{section.__name__}.{path}={value!r}: {reported.get(path)!r} instead of {what!r}")
    assert wrong == []


def refused_values(field: FieldInfo) -> Iterator[tuple[Any, str]]:
    """Values just outside of the bounds and choices of a field, with what is reported for each."""
    for bound in field.metadata:
        match bound:
            case Ge():
                limit: Any = bound.ge
                yield limit - 1, f"must be at least {limit}, not {limit - 1}"
            case Le():
                limit = bound.le
                yield limit + 1, f"must be at most {limit}, not {limit + 1}"
    for choices in choices_in(field.annotation):
        *first, last = map(repr, choices)
        listed = f"{', '.join(first)} or {last}" if first else last
        yield "nonsense", f"must be {listed}, not 'nonsense'"


def test_every_setting_is_described() -> None:
    wrong = []
    for section, name, field in FIELDS:
        text = descriptions(section)[name]
        # what it means to leave it out cannot be read off the default itself, as docs/settings.md prints it
        says_none = field.default is not None or "None" in text + str(section.__doc__)
        if not text.endswith((".", ")", ".)")) or len(text) < 8 or not says_none:
            wrong.append(f"{section.__name__}.{name}: {text!r}")
    assert wrong == []


def test_every_default_is_a_value() -> None:
    """A default made by a function could not be shown in docs/settings.md, and could differ from run to run."""
    assert [f"{kind.__name__}.{name}" for kind, name, field in FIELDS if field.default_factory is not None] == []
