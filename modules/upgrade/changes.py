"""Differences between two versions as data, one class per kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class ComponentChange:
    """A catalogue entry that is new, removed, or has another version or source.

    The versions are the component's own (`component_version.py`), or empty if only the note describes the change.
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
    """Differing paths: `+ path` is new, `- path` is removed, a bare path has another value."""
    variants: tuple[str, ...] = ()
    """Variants of the component it applies to; empty: all."""
    kept: bool = False
    """A removed object that is kept in the cluster while deletion protection is enabled."""


@dataclass(frozen=True)
class RightChange:
    """A role or binding that allows more or less."""

    component: str
    object: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True)
class Move:
    """An object that another release owns now. Helm rejects it: `invalid ownership metadata`.

    Exception: an object without data that moves to a later release of the same component. The earlier release is upgraded
    first and deletes it.
    """

    object: str
    before: str
    after: str
    step: str
    handed_over: bool = False


@dataclass(frozen=True)
class FixedChange:
    """An immutable field that changes, and the required step."""

    component: str
    object: str
    path: str
    before: Any
    after: Any
    step: str
    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class VersionChange:
    """A CRD version that is new, removed, or no longer served or stored."""

    component: str
    object_type: str
    version: str
    what: Literal["added", "removed", "not served", "stored", "type added", "type removed"]
    was_stored: bool = False
    """Whether the API server rejects its removal while `status.storedVersions` lists it."""


@dataclass(frozen=True)
class FieldChange:
    """A CRD field in users' manifests that is removed or newly required."""

    component: str
    object_type: str
    kind: str
    version: str
    path: str
    what: Literal["removed", "required"]


@dataclass(frozen=True)
class SecretChange:
    """A Secret with credentials that a component starts or stops reading."""

    component: str
    secret: str
    what: Literal["added", "removed", "keys"]
    keys: tuple[str, ...]
    """Keys that are new or no longer read."""
    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All differences between two versions."""

    before: str
    after: str
    upstream: Mapping[str, tuple[str, str]]
    """`{repository: (commit before, commit after)}` of changed repositories; empty: not used."""
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
    """Manual steps, in order."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not any(value for name, value in vars(self).items() if name not in ("before", "after"))
