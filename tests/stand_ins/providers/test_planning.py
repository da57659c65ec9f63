import msgpack  # type: ignore[import-untyped]
import pytest

from tests.stand_ins.providers.planning import UNKNOWN, holds_unknown, planned, read_only_arguments, replacements
from tests.stand_ins.providers.protocol import MESSAGES, attribute_path, decode, encode

STRING = {"type": "string", "computed": False, "optional": True, "required": False}
SCHEMA = {
    "attributes": {
        "name": {**STRING, "force_new": True},
        "size": {**STRING, "computed": True, "default": "small"},
        "uid": {**STRING, "computed": True, "optional": False},
        "secret": {**STRING, "write_only": True},
        "rules": {
            **STRING,
            "nested_type": {
                "nesting_mode": "list",
                "attributes": {"kind": {**STRING, "computed": True, "default": ""}},
            },
        },
    },
    "block_types": {
        "metadata": {
            "nesting_mode": "list",
            "block": {"attributes": {"id": {**STRING, "force_new": True}}, "block_types": {}},
        }
    },
}
CONFIG = {"name": "a", "size": None, "uid": None, "secret": "s", "rules": [{"kind": None}], "metadata": [{"id": "1"}]}


def test_a_create_takes_defaults_and_leaves_to_the_apply_what_only_it_knows() -> None:
    assert planned(SCHEMA, None, CONFIG, CONFIG) == {
        "name": "a",
        "size": "small",
        "uid": UNKNOWN,
        "secret": None,
        "rules": [{"kind": ""}],
        "metadata": [{"id": "1"}],
    }


def test_an_update_keeps_what_the_provider_had_said() -> None:
    prior = planned(SCHEMA, None, CONFIG, CONFIG) | {"uid": "7"}

    assert planned(SCHEMA, prior, {**CONFIG, "uid": "7"}, CONFIG) == prior


def test_an_argument_that_cannot_change_in_place_is_found_in_blocks_too() -> None:
    before = {"name": "a", "metadata": [{"id": "1"}]}
    after = {"name": "b", "metadata": [{"id": "2"}]}

    assert list(replacements(SCHEMA, before, after)) == [("name",), ("metadata", 0, "id")]
    assert list(replacements(SCHEMA, before, before)) == []


def test_a_value_for_what_only_the_provider_sets_is_found() -> None:
    assert list(read_only_arguments(SCHEMA, {**CONFIG, "uid": "mine"})) == [("uid",)]


@pytest.mark.parametrize("unknown", [UNKNOWN, msgpack.ExtType(12, b"\x81\x01\xc2")])
def test_an_unknown_goes_through_as_it_came(unknown: msgpack.ExtType) -> None:
    value = {"values": [unknown], "count": 3, "none": None}

    assert decode(encode(value)) == value
    assert holds_unknown(value)


def test_a_path_keeps_index_zero() -> None:
    path = MESSAGES["AttributePath"].FromString(attribute_path(("metadata", 0, "name")).SerializeToString())

    assert [step.WhichOneof("selector") for step in path.steps] == [
        "attribute_name",
        "element_key_int",
        "attribute_name",
    ]
