import re

import pytest

from modules.settings.state import NoState
from stacks.contract import Output, ids
from stacks.order import OUTPUTS
from tests.documents import strings
from tests.platforms import PLATFORMS, documents, stacks_of

EVERY = [(layer, output) for layer, outputs in OUTPUTS.items() for output in outputs]


@pytest.mark.parametrize(("layer", "output"), EVERY, ids=lambda value: getattr(value, "name", value))
def test_an_output_is_typed_and_described(layer: str, output: Output) -> None:
    assert re.fullmatch(r"string|(list|map)\((string|number|list\(string\)|object\(\{.+\}\))\)", output.type)
    assert output.description.endswith(".")
    assert bool(output.condition) == bool(output.condition_message)
    assert not output.condition or "value" in output.condition


def test_names_are_unique_in_a_stack() -> None:
    for layer, outputs in OUTPUTS.items():
        assert len({output.name for output in outputs}) == len(outputs), layer


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_stack_writes_its_contract(name: str) -> None:
    for layer, document in stacks_of(name).items():
        written = {output: body["description"] for output, body in document["output"].items()}
        for_later = {output for output in written if output.startswith("for_")}  # in a hand-over
        assert not for_later or isinstance(PLATFORMS[name].state, NoState)
        own = {output: text for output, text in written.items() if output not in for_later}
        assert own == {output.name: output.description for output in OUTPUTS[layer]}, layer


def test_what_a_stack_reads_another_writes() -> None:
    read = {
        match
        for document in documents().values()
        for _, text in strings(document)
        for match in re.findall(r"terraform_remote_state\.(\w+)\.outputs\.(\w+)", text)
    }
    assert len(read) > 5
    assert {(layer, name) for layer, name in read if name not in {output.name for output in OUTPUTS[layer]}} == set()


def test_ids_of_a_list() -> None:
    assert ids("subnet") == 'alltrue([for id in value : startswith(id, "subnet-")])'
