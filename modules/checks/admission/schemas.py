"""Schemas of kinds: Kubernetes' own by version, and the structural schemas of CustomResourceDefinitions.

Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
"""

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import kubernetes_validate  # type: ignore[import-untyped]
import referencing
from kubernetes_validate import utils

from modules.checks.admission.problem import Path
from modules.kubeflow.manifest import TOKEN, Object

LONGEST = 300
"""Characters of a message; some quote a whole object."""
FOLDER = "kubernetes-json-schema"
_TEXTS = {"type": ["object", "null"], "additionalProperties": {"type": "string"}}
METADATA = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("generateName", "name", "namespace")},
        **dict.fromkeys(("annotations", "labels"), _TEXTS),
    },
}
"""Schema of metadata, as far as it is read here."""


@dataclass(frozen=True)
class Kind:
    """One version of a custom resource."""

    resource: str
    """Plural name, as in roles."""
    namespaced: bool
    served: bool
    schema: Mapping[str, Any] = field(hash=False, compare=False, repr=False)
    """As the CRD has it."""

    @functools.cached_property
    def validator(self) -> Any:
        """Without tolerance for unknown fields."""
        strict_schema = strict(self.schema)
        strict_schema["properties"] = {
            **strict_schema.get("properties", {}),
            **{name: {"type": "string"} for name in ("apiVersion", "kind")},
            "metadata": METADATA,
        }
        return jsonschema.Draft7Validator(strict_schema)


def resource_of(one: Object, known: "Kinds") -> str:
    """Plural name of an object's kind, as in roles.

    Args:
        one: the object.
        known: custom resources.
    """
    kind = known.get((one["apiVersion"], one["kind"]))
    if kind is not None:
        return kind.resource
    name = str(one["kind"]).lower()
    if name.endswith("y"):
        return f"{name[:-1]}ies"
    return name if name == "endpoints" else f"{name}es" if name.endswith("s") else f"{name}s"


Kinds = Mapping[tuple[str, str], Kind]
"""`apiVersion` and `kind` to the kind."""


def kinds_of(objects: Iterable[Object]) -> dict[tuple[str, str], Kind]:
    """Custom resources whose CRDs are among the objects."""
    return {key: kind for one in objects if one["kind"] == "CustomResourceDefinition" for key, kind in _kinds(one)}


_MADE: dict[int, tuple[Object, list[tuple[tuple[str, str], Kind]]]] = {}


def _kinds(crd: Object) -> list[tuple[tuple[str, str], Kind]]:
    """Made once for each parsed CRD; the entry keeps the CRD, so that no other object gets its identity."""
    if id(crd) not in _MADE:
        spec = crd["spec"]
        _MADE[id(crd)] = (
            crd,
            [
                (
                    (f"{spec['group']}/{version['name']}", spec["names"]["kind"]),
                    Kind(
                        spec["names"]["plural"],
                        spec.get("scope") == "Namespaced",
                        bool(version.get("served", True)),
                        (version.get("schema") or {}).get("openAPIV3Schema") or {},
                    ),
                )
                for version in spec["versions"]
            ],
        )
    return _MADE[id(crd)][1]


def strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A CRD's schema as JSON schema, in which a field that an API server would drop is an error.

    Fields with a default are not required, as the API server sets them before.
    """
    plain = {
        key: value for key, value in schema.items() if not key.startswith("x-") and key not in ("default", "nullable")
    }
    if schema.get("x-kubernetes-int-or-string"):
        plain = {"type": ["integer", "string"], **({"pattern": schema["pattern"]} if "pattern" in schema else {})}
    if "properties" in schema:
        plain["properties"] = {name: strict(value) for name, value in schema["properties"].items()}
        set_before = {name for name, value in schema["properties"].items() if "default" in value}
        plain["required"] = [name for name in schema.get("required") or () if name not in set_before]
    if isinstance(schema.get("items"), dict):
        plain["items"] = strict(schema["items"])
    keeps_all = schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("x-kubernetes-embedded-resource")
    if isinstance(schema.get("additionalProperties"), dict):
        plain["additionalProperties"] = strict(schema["additionalProperties"])
    elif schema.get("type") == "object" and not keeps_all and "additionalProperties" not in schema:
        plain["additionalProperties"] = False
    if schema.get("nullable") and "type" in plain:
        plain = {"anyOf": [{"type": "null"}, plain]}
    return plain


@dataclass(frozen=True)
class Mistake:
    """Where an object is not of the form of its kind."""

    path: Path
    text: str
    unknown: bool
    """Whether only a field is unknown; everything else is of the right type."""


def mistakes(one: Object, version: str, kinds: Kinds) -> list[Mistake] | None:
    """Where an object is not of the form of its kind; None: the kind is neither of Kubernetes nor among those given.

    Values that are known at apply only (`@@name@@`) are of any type.

    Args:
        one: the object.
        version: Kubernetes version, such as 1.35.
        kinds: custom resources.
    """
    kind = kinds.get((one["apiVersion"], one["kind"]))
    validator = kind.validator if kind is not None else _built_in(one["apiVersion"], one["kind"], version)
    if validator is None:
        return None
    found = []
    for error in validator.iter_errors(one):
        found += [
            Mistake(tuple(leaf.absolute_path), _message(leaf), leaf.validator == "additionalProperties")
            for leaf in _leaves(error)
            if not _later(leaf.instance)
        ]
    return sorted(found, key=lambda one: [str(part) for part in one.path])


def _leaves(error: Any) -> Iterator[Any]:
    """Of an alternative the errors of its best branch, which name the field."""
    if error.validator in ("anyOf", "oneOf") and error.context:
        best = jsonschema.exceptions.best_match([error])
        yield best if best.absolute_path != error.absolute_path else error
    else:
        yield error


def _later(value: Any) -> bool:
    return isinstance(value, str) and bool(TOKEN.search(value))


def _message(error: Any) -> str:
    text = str(error.message)
    if error.validator == "additionalProperties" and "unexpected" in text:
        names = ", ".join(sorted(set(error.instance) - set(error.schema.get("properties") or ())))
        return f"the kind has no field {names}"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


@functools.cache
def _built_in(api_version: str, kind: str, version: str) -> Any:
    """Validator of a kind of Kubernetes; None: there is none of this name."""
    group, _, name = api_version.rpartition("/")
    api = f"{group.partition('.')[0]}-{name}" if group else name
    folder = f"{FOLDER}/v{_known_version(version)}-local-strict"
    try:
        schema = utils.schema_contents(f"{folder}/{kind.lower()}-{api}.json", version)
    except FileNotFoundError:
        return None
    resource = referencing.Resource.from_contents(schema)
    registry = _definitions(folder, version) @ (resource @ referencing.Registry())
    return jsonschema.validators.Draft202012Validator(schema, registry=registry)


@functools.cache
def _definitions(folder: str, version: str) -> Any:
    return referencing.Resource.from_contents(utils.schema_contents(f"{folder}/_definitions.json", version))


@functools.cache
def _known_version(version: str) -> str:
    """The newest version with schemas that is not newer than the cluster's."""
    wanted = tuple(map(int, version.split(".")[:2]))
    known = [one for one in kubernetes_validate.utils.all_versions() if tuple(map(int, one.split(".")[:2])) <= wanted]
    return str(known[-1])
