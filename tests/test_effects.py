"""Every setting does something, and what it does is said: a setting without a row in `tests/effects` fails here."""

import functools
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest

from modules.settings import Platform
from modules.settings.section import Section
from stacks.platform import build
from tests.documents import at
from tests.effects import Effect, cluster, network, node_group, platform, state

EFFECTS: tuple[Effect, ...] = (
    *platform.EFFECTS,
    *state.EFFECTS,
    *network.EFFECTS,
    *cluster.EFFECTS,
    *node_group.EFFECTS,
)


def sections(kind: type[Section]) -> Iterator[type[Section]]:
    """A section and all that can stand in it."""
    yield kind
    for info in kind.model_fields.values():
        for inner in classes_in(info.annotation):
            yield from sections(inner)


def classes_in(annotation: Any) -> Iterator[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for argument in get_args(annotation):
        yield from classes_in(argument)


def layers(built: Platform) -> dict[str, Mapping[str, Any]]:
    """Layer to document; without the platform's name, so that a renamed one can be compared."""
    return {stack.removeprefix(f"{built.name}-"): document for stack, document in build(built).documents.items()}


@functools.cache
def before(key: str) -> dict[str, Mapping[str, Any]]:
    return layers(next(effect.base for effect in EFFECTS if effect.base.model_dump_json() == key))


def test_every_field_of_every_section_has_an_effect() -> None:
    fields = {f"{kind.__name__}.{name}" for kind in sections(Platform) for name in kind.model_fields}
    assert len(fields) > 130
    assert fields == {field for effect in EFFECTS for field in effect.does}


@pytest.mark.parametrize("effect", EFFECTS, ids=str)
def test_a_changed_setting_changes_what_it_says(effect: Effect) -> None:
    old, new = before(effect.base.model_dump_json()), layers(effect.changed)
    for field, expected in effect.does.items():
        assert expected, field
        for path, value in expected.items():
            assert at(new, path) == value, f"{field}: {path}"
            assert at(old, path) != value, f"{field}: {path} was so before"
