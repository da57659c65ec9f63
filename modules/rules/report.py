"""All problems and warnings of settings, collected and reported together, each with its dotted path."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date

from modules.errors import printable
from modules.rules.field_errors import field_problems
from modules.rules.rule import Problem, prefixed, repeated, rules_of, until_invalid, warnings_for
from modules.rules.texts import text_problems
from modules.settings.platform import Platform
from modules.settings.section import InvalidFieldError, Section, given, sections_in, valid_fields, view


def problems(section: Section) -> Iterator[Problem]:
    """All that is wrong in a section and in those below it, with paths relative to it; empty: it can be used."""
    yield from field_problems(section)
    values = valid_fields(section)
    yield from text_problems(type(section), {name: values[name] for name in given(section) if name in values})
    seen = view(section)
    for check in rules_of(type(section)):
        yield from until_invalid(check(seen))
    for name, value in values.items():
        for path, inner in sections_in(name, value):
            yield from prefixed(path, problems(inner))


def problems_of_all(platforms: Iterable[Platform]) -> list[str]:
    """Every error of a run, one line each: `prod: cluster.node_groups[0].desired_size: …`; empty: there is none."""
    platforms = list(platforms)
    lines = [
        f"{given(platform).get('name', '?')}: {line_of(problem)}"
        for platform in platforms
        for problem in problems(platform)
    ]
    lines += [
        f"{name}: two platforms have this name; use unique names"
        for name in repeated(str(given(platform)["name"]) for platform in platforms if "name" in given(platform))
    ]
    lines += _shared_states(platforms)
    return list(map(printable, lines))


def line_of(problem: Problem) -> str:
    """A problem as one line: where, what, and what to do."""
    path, what, fix = problem
    return f"{path}: {what}; {fix}" if fix else f"{path}: {what}"


def _shared_states(platforms: Iterable[Platform]) -> Iterator[str]:
    owners: dict[str, str] = {}
    for platform in map(view, platforms):
        with suppress(InvalidFieldError):  # reported at the name or the state itself
            address = platform.state.address(platform.name, "network")
            other = owners.setdefault(address, platform.name)
            if other != platform.name:
                yield f"{platform.name}: state: {address} is the state of platform {other} as well; change one of them"


def warnings_of(platform: Platform, today: date | None = None) -> list[str]:
    """What is allowed and still printed at each synth, one line each.

    Args:
        platform: without problems.
        today: the day that ends of support are compared with; None: the current date.
    """
    found = _warnings(platform, today or date.today())
    return [printable(f"{platform.name}: {line_of(problem)}") for problem in found]


def _warnings(section: Section, today: date) -> Iterator[Problem]:
    for check in warnings_for(type(section)):
        yield from check(section, today)
    for name, value in vars(section).items():
        for path, inner in sections_in(name, value):
            yield from prefixed(path, _warnings(inner, today))
