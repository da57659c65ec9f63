"""Whether Kubernetes objects are of the form that an API server takes: built-in kinds by its schemas, others by their CRDs."""

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import kubernetes_validate  # type: ignore[import-untyped]
from kubernetes_validate import utils

# Both are read anew for each object, 9 ms of 10; they do not change while tests run.
utils.schema_contents = functools.cache(utils.schema_contents)
utils.all_versions = functools.cache(utils.all_versions)

Object = dict[str, Any]
CrdSchemas = Mapping[tuple[str, str], Mapping[str, Any]]
"""`apiVersion` and `kind` to the JSON schema of a custom resource."""


def problems(objects: Iterable[Object], version: str, crds: CrdSchemas) -> list[str]:
    """What an API server would say against some objects; a field that it does not know counts, too.

    Args:
        objects: what a chart renders.
        version: of Kubernetes, such as 1.35.
        crds: schemas of custom resources, by `schemas_of`.
    """
    return [
        f"{one['kind']} {one['metadata']['name']}: {text}" for one in objects if (text := _problem(one, version, crds))
    ]


def _problem(one: Object, version: str, crds: CrdSchemas) -> str:
    schema = crds.get((one["apiVersion"], one["kind"]))
    try:
        if schema is not None:
            jsonschema.Draft7Validator(schema).validate(one)
        else:
            kubernetes_validate.validate(one, version, strict=True)
    except kubernetes_validate.SchemaNotFoundError:
        return f"{one['apiVersion']} is neither of Kubernetes {version} nor of a CRD"
    except jsonschema.ValidationError as error:
        return f"{'.'.join(map(str, error.absolute_path))}: {error.message}"[:500]
    return ""


def schemas_of(objects: Iterable[Object]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Schemas of the custom resources whose CRDs are among the objects, without tolerance for unknown fields."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for one in objects:
        if one["kind"] != "CustomResourceDefinition":
            continue
        spec = one["spec"]
        for version in spec["versions"]:
            schema = _strict(version["schema"]["openAPIV3Schema"])
            schema["properties"] = {
                **schema.get("properties", {}),
                **{field: {"type": "string"} for field in ("apiVersion", "kind")},
                "metadata": {"type": "object"},
            }
            found[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = schema
    return found


def _strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A CRD's schema as JSON schema, in which a field that an API server would drop is an error.

    Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
    """
    plain = {
        key: value for key, value in schema.items() if not key.startswith("x-") and key not in ("default", "nullable")
    }
    if schema.get("x-kubernetes-int-or-string"):
        plain = {"type": ["integer", "string"]}
    if "properties" in schema:
        plain["properties"] = {name: _strict(value) for name, value in schema["properties"].items()}
    if isinstance(schema.get("items"), dict):
        plain["items"] = _strict(schema["items"])
    keeps_all = schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("x-kubernetes-embedded-resource")
    if isinstance(schema.get("additionalProperties"), dict):
        plain["additionalProperties"] = _strict(schema["additionalProperties"])
    elif schema.get("type") == "object" and not keeps_all and "additionalProperties" not in schema:
        plain["additionalProperties"] = False
    if schema.get("nullable") and "type" in plain:
        plain = {"anyOf": [{"type": "null"}, plain]}
    return plain
