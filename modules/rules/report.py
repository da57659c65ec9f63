"""All problems and warnings of settings, collected and reported together, each with its dotted path."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from modules.errors import printable
from modules.rules.between_platforms import problems_between, warnings_between
from modules.rules.rule import (
    DatedCheck,
    Problem,
    placeholders_for,
    prefixed,
    repeated,
    rules_of,
    until_invalid,
    warnings_for,
)
from modules.rules.texts import text_problems
from modules.settings.field_errors import field_problems
from modules.settings.platform import Platform
from modules.settings.section import (
    Section,
    field_errors,
    given,
    sections_in,
    valid_fields,
    view,
)


def problems(section: Section) -> Iterator[Problem]:
    """All that is wrong in a section and in those below it, with paths relative to it; empty: it can be used.

    A text that must not be in the settings is reported once: what a rule finds at the same path follows from it.
    """
    of_texts = list(_text_problems(section))
    reported = {path for path, *_ in of_texts}
    yield from of_texts
    yield from (problem for problem in _other_problems(section, view(section)) if problem[0] not in reported)


def _text_problems(section: Section) -> Iterator[Problem]:
    values = valid_fields(section)
    yield from text_problems(type(section), {name: values[name] for name in given(section) if name in values})
    for path, inner in _sections_of(values):
        yield from prefixed(path, _text_problems(inner))


def _other_problems(section: Section, seen: Section) -> Iterator[Problem]:
    """What is wrong with everything but texts.

    Args:
        section: as it was written.
        seen: its view, made once for all sections in it.
    """
    yield from field_problems(type(section), field_errors(section))
    for check in rules_of(type(section)):
        yield from until_invalid(check(seen))
    written = _sections_of(valid_fields(section))
    for (path, inner), (_, inner_seen) in zip(written, _sections_of(valid_fields(seen)), strict=True):
        yield from prefixed(path, _other_problems(inner, inner_seen))


def _sections_of(values: Mapping[str, object]) -> Iterator[tuple[str, Section]]:
    for name, value in values.items():
        yield from sections_in(name, value)


@dataclass(frozen=True)
class Finding:
    """A problem or warning of a platform; no field holds a character that a terminal would act on."""

    platform: str
    path: str
    """Dotted path of the setting; empty: the platform as a whole."""
    text: str
    """What is wrong, and what to do."""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.platform, self.path, self.text) if part)


def problems_of_all(platforms: Iterable[Platform]) -> list[str]:
    """Every error of a run, one line each: `prod: cluster.node_groups[0].desired_size: …`; empty: there is none."""
    return list(map(str, findings_of_all(platforms)))


def findings_of_all(platforms: Iterable[Platform]) -> list[Finding]:
    """Every error of a run: those of each platform, then those between platforms."""
    platforms = list(platforms)
    found = [_finding(_label(platform), problem) for platform in platforms for problem in problems(platform)]
    found += [
        Finding(printable(name), "", "two platforms have this name; use unique names")
        for name in repeated(_label(platform) for platform in platforms if isinstance(given(platform).get("name"), str))
    ]
    return found + [_finding(name, problem) for name, problem in problems_between(platforms)]


def _finding(platform: str, problem: Problem) -> Finding:
    path, what, fix = problem
    return Finding(printable(platform), printable(path), printable(f"{what}; {fix}" if fix else what))


def line_of(problem: Problem) -> str:
    """A problem as one line: where, what, and what to do."""
    path, what, fix = problem
    return f"{path}: {what}"[0 if path else 2 :] + (f"; {fix}" if fix else "")


def _label(platform: Platform) -> str:
    """How errors name a platform, whose name can be missing or invalid."""
    name = given(platform).get("name")
    return name if isinstance(name, str) and name else "Platform(…)"


def warnings_of(platform: Platform, today: date | None = None) -> list[Finding]:
    """What is allowed and still printed at each synth.

    Args:
        platform: without problems.
        today: the day that ends of support are compared with; None: the current date.
    """
    found = _warnings(platform, today or date.today(), warnings_for)
    return [_finding(platform.name, problem) for problem in found]


def warnings_of_all(platforms: Sequence[Platform], today: date | None = None) -> list[Finding]:
    """The warnings of each platform, then those between platforms; see `warnings_of`."""
    found = [warning for platform in platforms for warning in warnings_of(platform, today)]
    return found + [_finding(name, problem) for name, problem in warnings_between(platforms)]


def placeholders_of(platform: Platform) -> list[Finding]:
    """Values that are reserved for documentation, a part of the warnings.

    Args:
        platform: without problems.
    """
    return [_finding(platform.name, problem) for problem in _warnings(platform, date.today(), placeholders_for)]


def _warnings(
    section: Section, today: date, checks: Callable[[type[Section]], list[DatedCheck[Any]]]
) -> Iterator[Problem]:
    for check in checks(type(section)):
        yield from check(section, today)
    for name, value in vars(section).items():
        for path, inner in sections_in(name, value):
            yield from prefixed(path, _warnings(inner, today, checks))
