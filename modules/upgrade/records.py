"""Data model of a version's inventory, and its JSON format: facts and hashes, no upstream text.

One object is one line, for readable diffs.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

FORMAT = 1


@dataclass(frozen=True)
class CrdVersion:
    """One version of an object type."""

    served: bool
    stored: bool
    """Whether it is the storage version."""
    schema: str
    """Id of its shape in `Inventory.shapes`; empty: no shape."""


@dataclass(frozen=True)
class ObjectType:
    """What a CustomResourceDefinition defines."""

    group: str
    kind: str
    plural: str
    scope: str
    """`Namespaced` or `Cluster`."""
    versions: Mapping[str, CrdVersion]

    @property
    def stored(self) -> tuple[str, ...]:
        """Storage versions."""
        return tuple(name for name, version in self.versions.items() if version.stored)


@dataclass(frozen=True)
class Record:
    """One object of one release."""

    release: str
    type: str
    """Kind and group as kubectl writes them: `Deployment.apps`."""
    version: str
    """API version without its group: `v1`."""
    place: str
    """`namespace/name`, or the name of an object that is in no namespace."""
    variants: tuple[str, ...] = ()
    """Variants of the component with exactly this object; empty: all."""
    keep: bool = False
    """Whether Helm keeps it when it is removed from its release."""
    hook: bool = False
    """Whether it is a Helm hook, recreated at each install or upgrade and not owned by the release."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """`{path: value}` of immutable fields; upstream text is stored as a hash."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """`{path: hash}` of all fields except apiVersion, kind, name and namespace."""
    images: tuple[str, ...] = ()
    """Images of its containers, then those named elsewhere."""
    rules: tuple[Mapping[str, tuple[str, ...]], ...] = ()
    """Rules of a Role or ClusterRole."""
    subjects: tuple[str, ...] = ()
    """Subjects of a binding: `ServiceAccount kubeflow/ml-pipeline`."""
    object_type: ObjectType | None = None
    """Definition of a CustomResourceDefinition."""

    @property
    def key(self) -> str:
        """Identity for the API server: `Deployment.apps kubeflow/ml-pipeline`."""
        return f"{self.type} {self.place}"

    @property
    def kind(self) -> str:
        """`Deployment` of `Deployment.apps`."""
        return self.type.partition(".")[0]

    @property
    def stateful(self) -> bool:
        """Whether deleting it deletes data: a claim, a StatefulSet with claims, a CRD with its objects."""
        return self.kind in ("PersistentVolumeClaim", "PersistentVolume", "CustomResourceDefinition") or (
            self.kind == "StatefulSet" and bool(self.fixed.get("spec.volumeClaimTemplates"))
        )


@dataclass(frozen=True)
class SecretRecord:
    """A Secret with credentials read by a release and created by Terraform or the CSI driver."""

    place: str
    keys: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class ComponentRecord:
    """One catalogue entry."""

    layer: str
    namespace: str
    """Namespace of its releases."""
    default: bool
    source: str
    """`kustomization`, `objects of ours`, or address and name of an official chart."""
    version: str
    """Upstream version; the chart version for an official chart."""
    variants: tuple[str, ...]
    objects: tuple[Record, ...] = ()
    """Empty for an official chart, which is rendered at apply."""
    secrets: tuple[SecretRecord, ...] = ()

    def of_variant(self, variant: str) -> Iterator[Record]:
        """Objects of one variant."""
        return (one for one in self.objects if not one.variants or variant in one.variants)

    def secrets_of(self, variant: str) -> Iterator[SecretRecord]:
        """Secrets that one variant reads."""
        return (one for one in self.secrets if not one.variants or variant in one.variants)


@dataclass(frozen=True)
class Inventory:
    """One version of the platform's releases."""

    version: str
    """Kubeflow version, such as `26.03`."""
    upstream: Mapping[str, str]
    """`{repository: commit}`."""
    components: Mapping[str, ComponentRecord]
    shapes: Mapping[str, str]
    """Deduplicated schemas of CRDs; see `shapes.py`."""

    @cached_property
    def releases(self) -> Mapping[str, tuple[str, str]]:
        """`{release: (namespace, component)}`."""
        return {
            record.release: (component.namespace, name)
            for name, component in self.components.items()
            for record in component.objects
        }

    def text(self) -> str:
        """The file's content, deterministic for the same inventory."""
        lines = [
            f' "format": {FORMAT}',
            f' "version": {_json(self.version)}',
            f' "upstream": {_json(self.upstream)}',
            ' "components": {\n'
            + ",\n".join(f"  {_json(name)}: {_component(one)}" for name, one in sorted(self.components.items()))
            + "\n }",
            ' "shapes": {\n'
            + ",\n".join(f"  {_json(name)}: {_json(text)}" for name, text in sorted(self.shapes.items()))
            + "\n }",
        ]
        return "{\n" + ",\n".join(lines) + "\n}\n"


def read(path: Path) -> Inventory:
    """An inventory from its file.

    Raises:
        ValueError: the file is not an inventory of this format.
    """
    try:
        raw = json.loads(path.read_bytes())
        if raw["format"] != FORMAT:
            raise ValueError(f"{path}: has format {raw['format']}, not {FORMAT}; regenerate it: make inventory")
        components = {name: _read_component(one) for name, one in raw["components"].items()}
        return Inventory(raw["version"], raw["upstream"], components, raw["shapes"])
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path}: is not an inventory ({error!r}); it is written by `make inventory`") from error


def _component(one: ComponentRecord) -> str:
    head = {
        "layer": one.layer,
        "namespace": one.namespace,
        "default": one.default,
        "source": one.source,
        "version": one.version,
        "variants": one.variants,
        "secrets": [_without_empty(vars(secret)) for secret in one.secrets],
    }
    lines = ",".join(f"\n   {_json(_raw(record))}" for record in one.objects)
    return f'{_json(head)[:-1]}, "objects": [{lines}]}}'


def _raw(record: Record) -> dict[str, Any]:
    raw = _without_empty(vars(record))
    if record.object_type is not None:
        versions = {name: list(vars(one).values()) for name, one in record.object_type.versions.items()}
        raw["object_type"] = {**vars(record.object_type), "versions": versions}
    return raw


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "", (), {}, False)}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ": "))


def _read_component(raw: Mapping[str, Any]) -> ComponentRecord:
    return ComponentRecord(
        **{
            **raw,
            "variants": tuple(raw["variants"]),
            "objects": tuple(_read_record(one) for one in raw["objects"]),
            "secrets": tuple(SecretRecord(**_tuples(one, "keys", "variants")) for one in raw["secrets"]),
        }
    )


def _read_record(raw: Mapping[str, Any]) -> Record:
    found = _tuples(raw, "variants", "images", "subjects")
    found["rules"] = tuple({key: tuple(items) for key, items in rule.items()} for rule in raw.get("rules", ()))
    if "object_type" in raw:
        versions = {name: CrdVersion(*one) for name, one in raw["object_type"]["versions"].items()}
        found["object_type"] = ObjectType(**{**raw["object_type"], "versions": versions})
    return Record(**found)


def _tuples(raw: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**raw, **{name: tuple(raw[name]) for name in names if name in raw}}


def by_key(records: Iterable[Record]) -> dict[str, Record]:
    """Objects by identity."""
    return {record.key: record for record in records}
