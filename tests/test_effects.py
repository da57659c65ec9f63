"""Every setting does something, and what it does is said: a setting without a row in `tests/effects` fails here."""

import functools
from collections.abc import Iterator, Mapping
from typing import Any, get_args
from unittest import mock

import pytest

from modules.kubeflow.chart import LocalChart
from modules.kubeflow.manifest import load
from modules.naming import slug
from modules.settings import Platform
from modules.settings.section import Section
from stacks.order import LAYERS, STACKS
from stacks.platform import Synthesized, build
from tests.built_once import built_once
from tests.documents import GONE, at
from tests.effects import (
    Effect,
    auth,
    backup,
    cluster,
    database,
    exposure,
    imported,
    kubeflow,
    network,
    node_group,
    platform,
    runner,
    services,
    state,
    storage,
    teams,
)
from tests.release_values import release_values

EFFECTS: tuple[Effect, ...] = (
    *platform.EFFECTS,
    *runner.EFFECTS,
    *imported.EFFECTS,
    *state.EFFECTS,
    *network.EFFECTS,
    *cluster.EFFECTS,
    *database.EFFECTS,
    *node_group.EFFECTS,
    *kubeflow.EFFECTS,
    *auth.EFFECTS,
    *backup.EFFECTS,
    *exposure.EFFECTS,
    *services.EFFECTS,
    *storage.EFFECTS,
    *teams.EFFECTS,
)


def sections(kind: type[Section]) -> Iterator[type[Section]]:
    """A section and all sections that it can have."""
    yield kind
    for info in kind.model_fields.values():
        for inner in classes_in(info.annotation):
            yield from sections(inner)


def classes_in(annotation: Any) -> Iterator[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for argument in get_args(annotation):
        yield from classes_in(argument)


def layers(built: Platform, up_to: int) -> dict[str, Mapping[str, Any]]:
    """Layer to document; without the platform's name, so that a renamed one can be compared.

    It has objects of charts that synthesis makes under `chart <address> <Kind>/<name>`, values under `values <address>`.

    Args:
        built: the platform.
        up_to: how many kinds of stacks are made, in apply order: what an earlier one has does not follow from a later one, and
            Kubeflow takes two thirds of the time.
    """

    def make() -> Synthesized:
        with mock.patch("stacks.order.STACKS", STACKS[:up_to]):
            return build(built)

    made = built_once(make, repr((up_to, built)))
    return {
        stack.removeprefix(f"{built.name}-"): {
            **document,
            "chart": {slug(chart.release): objects_in(chart) for chart in made.charts.get(stack, ())},
            "values": {
                name: release_values(document, name)
                for name, release in document.get("resource", {}).get("helm_release", {}).items()
                if "values" in release
            },
        }
        for stack, document in made.documents.items()
    }


def stacks_needed(effect: Effect) -> int:
    """Those up to the last one that an effect names; all where it is an output that later stacks ask for in a hand-over."""
    paths = [path for expected in effect.does.values() for path in expected]
    if any("output for_" in path for path in paths):
        return len(STACKS)
    named = {path.partition(" ")[0].partition("-")[0] for path in paths}
    return 1 + max(number for number, layer in enumerate(LAYERS) if layer in named)


def objects_in(chart: LocalChart) -> dict[str, Any]:
    objects = load(chart.content.decode()) if chart.content is not None else ()
    return {f"{one['kind']}/{one['metadata']['name']}": one for one in objects}


@functools.cache
def before(key: str, up_to: int) -> dict[str, Mapping[str, Any]]:
    return layers(next(effect.base for effect in EFFECTS if effect.base.model_dump_json() == key), up_to)


NOT_IN_TERRAFORM = {"S3State.create_bucket"}
"""What other commands than synth read: tests/cli/test_state_bucket.py."""


def test_every_field_of_every_section_has_an_effect() -> None:
    fields = {f"{kind.__name__}.{name}" for kind in sections(Platform) for name in kind.model_fields}
    assert len(fields) > 130
    assert fields - NOT_IN_TERRAFORM == {field for effect in EFFECTS for field in effect.does}


def timed(effect: Effect) -> Any:
    """An effect behind the services stack is slow: two whole platforms, which take 0.5 s instead of 0.15 s."""
    marks = [pytest.mark.slow] if stacks_needed(effect) > 1 + LAYERS.index("services") else []
    return pytest.param(effect, marks=marks, id=str(effect))


@pytest.mark.parametrize("effect", [timed(effect) for effect in EFFECTS])
def test_a_changed_setting_changes_what_it_says(effect: Effect) -> None:
    needed = stacks_needed(effect)
    old, new = before(effect.base.model_dump_json(), needed), layers(effect.changed, needed)
    for field, expected in effect.does.items():
        assert expected, field
        for path, value in expected.items():
            assert at(new, path) == value, f"{field}: {path}"
            assert at(old, path) != value, f"{field}: {path} was so before"
            layer, section, release = (*path.split(), "", "")[:3]
            if section == "chart" and all(at(both, f"{layer} chart {release}") != GONE for both in (old, new)):
                version = f"{layer} resource helm_release {release} version"
                assert at(new, version) != at(old, version), "Terraform sees no change of a chart but its version"
