"""What differs between two versions, as data. Each kind of difference is one class; a report or a rule reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class ComponentChange:
    """An entry of the catalogue that is new, is removed, or has another version or source.

    The versions are those of its own project (`component_version.py`), or empty where only the note says what changes.
    """

    component: str
    before: str
    after: str
    note: str = ""
    what: Literal["added", "removed", "changed"] = "changed"


@dataclass(frozen=True)
class ImageChange:
    """An image that is new, is removed, or has another tag or registry."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    components: tuple[str, ...]


@dataclass(frozen=True)
class ObjectChange:
    """An object that is new, is removed, or has other fields."""

    component: str
    release: str
    object: str
    """`Deployment.apps kubeflow/ml-pipeline`."""
    what: Literal["added", "removed", "changed"]
    fields: tuple[str, ...] = ()
    """Paths of what differs: `+ path` is new, `- path` is removed, a bare path has another value."""
    variants: tuple[str, ...] = ()
    """Variants of the component that it holds for; empty: all."""
    kept: bool = False
    """A removed object that stays in the cluster while deletion protection is on."""


@dataclass(frozen=True)
class RightChange:
    """A role or binding that allows more or less."""

    component: str
    object: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True)
class Move:
    """An object that another release owns now. Helm refuses it: `invalid ownership metadata`.

    Handed over is one without data that a later release of the same component takes: the earlier one is upgraded first and
    deletes it.
    """

    object: str
    before: str
    after: str
    step: str
    handed_over: bool = False


@dataclass(frozen=True)
class FixedChange:
    """A field that cannot change in place, and what is done about it."""

    component: str
    object: str
    path: str
    before: Any
    after: Any
    step: str
    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class VersionChange:
    """A version of an object type that is new, is removed, or is not served or stored any more."""

    component: str
    object_type: str
    version: str
    what: Literal["added", "removed", "not served", "stored", "type added", "type removed"]
    was_stored: bool = False
    """Whether the API server refuses to drop it while `status.storedVersions` lists it."""


@dataclass(frozen=True)
class FieldChange:
    """A field of an object type that users' manifests can have: it is removed, or must be given now."""

    component: str
    object_type: str
    kind: str
    version: str
    path: str
    what: Literal["removed", "required"]


@dataclass(frozen=True)
class SecretChange:
    """A Secret with credentials that a component reads, or does not read any more."""

    component: str
    secret: str
    what: Literal["added", "removed", "keys"]
    keys: tuple[str, ...]
    """Keys that are new, or that are not read any more."""
    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Everything that differs between two versions."""

    before: str
    after: str
    upstream: Mapping[str, tuple[str, str]]
    """`{repository: (commit before, commit after)}` of those that differ; empty: it was not or is not used."""
    components: tuple[ComponentChange, ...] = ()
    images: tuple[ImageChange, ...] = ()
    objects: tuple[ObjectChange, ...] = ()
    rights: tuple[RightChange, ...] = ()
    moves: tuple[Move, ...] = ()
    fixed: tuple[FixedChange, ...] = ()
    versions: tuple[VersionChange, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    secrets: tuple[SecretChange, ...] = ()
    steps: tuple[str, ...] = field(default=())
    """What must be done by hand, in order."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not any(value for name, value in vars(self).items() if name not in ("before", "after"))
