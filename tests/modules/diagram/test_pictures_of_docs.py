"""The other pictures show the stacks, the data and the needs that the code has, and nothing else."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from modules.diagram.blocks import Placed
from modules.diagram.components_picture import components_picture, direct_needs
from modules.diagram.data_picture import KINDS, data_picture
from modules.diagram.stacks_picture import outputs_read, stacks_picture
from modules.diagram.svg import Picture
from modules.diagram.work_picture import work_picture
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.install_order import install_order
from stacks.order import OUTPUTS, platform_layers
from tests.modules.diagram.geometry import crossings, faults
from tests.platforms import PLATFORMS, documents

DEFAULT = [component for component in CATALOGUE if component.default]
of_each_platform = pytest.mark.parametrize("name", PLATFORMS)


@cache
def in_order(name: str) -> Mapping[str, Mapping[str, Any]]:
    return {f"{name}-{layer}": documents()[f"{name}-{layer}"] for layer in platform_layers(PLATFORMS[name])}


def texts(picture: Picture) -> list[str]:
    """Text of each box."""
    boxes: list[Placed] = [box for whole in picture.boxes for box in whole.all() if box.words]
    return [" ".join(line.text for line in box.words) for box in boxes]


@of_each_platform
def test_nothing_overlaps(name: str) -> None:
    for picture in (
        work_picture(name, in_order(name)),
        stacks_picture(name, in_order(name)),
        data_picture(name, in_order(name)),
    ):
        assert faults(picture) == [], picture.title


def test_no_arrow_of_the_shipped_platform_crosses_another() -> None:
    for picture in (work_picture("prod", in_order("prod")), stacks_picture("prod", in_order("prod"))):
        assert crossings(picture.arrows) == 0, picture.title


def test_all_components_can_be_drawn() -> None:
    assert faults(components_picture(DEFAULT)) == []
    assert faults(components_picture([])) == []


@of_each_platform
def test_a_stack_reads_only_outputs_that_exist_of_stacks_before_it(name: str) -> None:
    layers = list(platform_layers(PLATFORMS[name]))
    for stack, document in in_order(name).items():
        for source, outputs in outputs_read(document).items():
            assert layers.index(source) < layers.index(stack.removeprefix(f"{name}-"))
            assert set(outputs) <= {output.name for output in OUTPUTS[source]}


def test_every_stack_is_a_box_with_what_it_reads_and_an_arrow_for_each_source() -> None:
    picture = stacks_picture("prod", in_order("prod"))
    assert [text.split()[0] for text in texts(picture)] == [*in_order("prod")]
    assert "reads from cluster: cluster_name, node_security_group_id, oidc_provider_arn" in texts(picture)[2]
    reads = {stack: outputs_read(document) for stack, document in in_order("prod").items()}
    assert len(picture.arrows) == sum(len(sources) for sources in reads.values()) == 8
    ends = [arrow.points[-1][1] for arrow in picture.arrows]
    for box in picture.boxes:
        stack = box.words[0].text
        assert sum(box.y < end < box.bottom for end in ends) == len(reads[stack]), stack


def test_the_numbers_are_those_of_the_json() -> None:
    counts = re.findall(r"(prod-\w+) (\d+) resources", "\n".join(texts(work_picture("prod", in_order("prod")))))
    assert dict(counts) == {
        stack: str(sum(map(len, document["resource"].values()))) for stack, document in in_order("prod").items()
    }


@of_each_platform
def test_every_store_is_in_the_picture_of_data_and_no_other(name: str) -> None:
    drawn = {
        address for box in data_picture(name, in_order(name)).boxes for one in box.all() for address in one.resources
    }
    assert drawn == {
        f"{stack}/{kind}.{resource}"
        for stack, document in in_order(name).items()
        for kind in KINDS
        for resource in document.get("resource", {}).get(kind, ())
    }


def test_a_store_names_its_key() -> None:
    shown = "\n".join(texts(data_picture("prod", in_order("prod"))))
    assert "S3 bucket artifacts (key artifacts)" in shown
    assert "Kubernetes objects this (key secrets)" in shown
    assert re.search(r"Secrets .*oauth2_cookie.* \(key credentials\)", shown)


def test_every_need_of_a_default_component_can_be_followed() -> None:
    direct = direct_needs(install_order(DEFAULT))

    def before(name: str) -> set[str]:
        return {*direct[name]}.union(*map(before, direct[name]))

    for component in DEFAULT:
        assert {*component.needs} <= before(component.name), component.name
        for need in direct[component.name]:
            assert not any(need in before(other) for other in direct[component.name]), "implied by another need"


def test_a_component_is_in_a_later_step_than_its_needs() -> None:
    (whole,) = components_picture(DEFAULT).boxes
    steps = {
        card.words[0].text: number for number, step in enumerate(whole.children) for card in step.all() if card.words
    }
    names = {component.name for component in DEFAULT if len(component.name) < 14}  # a longer one is two lines
    assert names <= steps.keys()
    for component in DEFAULT:
        for need in {*component.needs} & steps.keys():
            if component.name in steps:
                assert steps[need] < steps[component.name]
