"""Descriptions are below the fields, and the JSON schema has them."""

from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from docs.shipped_main import PROD
from modules.settings import Network, Platform, VpcCni
from modules.settings.descriptions import descriptions

SCHEMA: dict[str, Any] = Platform.model_json_schema()


def test_a_description_is_the_string_below_the_field_on_one_line() -> None:
    assert descriptions(Network)["zones"].startswith("Number of zones")
    assert not any("\n" in text for text in descriptions(Platform).values())


def test_descriptions_of_a_base_section_are_found_too() -> None:
    assert {"version", "configuration", "prefix_delegation"} <= descriptions(VpcCni).keys()


def test_the_schema_describes_every_setting() -> None:
    assert SCHEMA["properties"]["name"]["description"] == descriptions(Platform)["name"]
    sections = [one for one in (SCHEMA, *SCHEMA["$defs"].values()) if one.get("additionalProperties") is False]
    assert len(sections) > 60
    assert [
        f"{one['title']}.{name}"
        for one in sections
        for name, field in one["properties"].items()
        if not field.get("description")
    ] == []


def test_the_schema_takes_what_is_shipped_and_no_unknown_key() -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.check_schema(SCHEMA)
    shipped = PROD.model_dump(mode="json", exclude_unset=True)
    validator.validate(shipped)
    with pytest.raises(jsonschema.ValidationError, match="nme"):
        validator.validate({**shipped, "nme": "prod"})
