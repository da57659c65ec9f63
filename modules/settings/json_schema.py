"""The JSON schema of the settings: pydantic's, with the descriptions and without its claim that kinds exclude each other."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from modules.settings.descriptions import descriptions


class SettingsSchema(GenerateJsonSchema):
    """Adds descriptions, which pydantic does not read (`descriptions` says why); kinds of sections are `anyOf`.

    Python distinguishes kinds by their class, which JSON does not have: `{"users": […]}` is a Dex and a Cognito.
    """

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """A section with its descriptions."""
        return _described(schema["cls"], super().model_schema(schema))

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        """A component, or a part of one, with its descriptions."""
        return _described(schema["cls"], super().dataclass_schema(schema))

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Kinds of sections in one place."""
        made = super().tagged_union_schema(schema)
        return {("anyOf" if key == "oneOf" else key): value for key, value in made.items()}


def _described(kind: type, made: JsonSchemaValue) -> JsonSchemaValue:
    properties: dict[str, Any] = made.get("properties", {})
    for name, text in descriptions(kind).items():
        if name in properties:
            properties[name]["description"] = text
    return made
