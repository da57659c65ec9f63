"""Model of `upstream.lock.json`, the rendered result of each kustomization; synthesis needs no upstream and no network.

Written by `make vendor UPDATE=1`; do not edit it. Reading needs no YAML and takes a few milliseconds.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from modules.program import run

LOCK_FILE = Path(__file__).with_name("upstream.lock.json")
FORMAT = 2
PHASES = ("crds", "main", "rights", "crs")
"""In install order; see `normalize.py`."""


@dataclass(frozen=True)
class Phase:
    """One release of a component, and the chart it is made from."""

    sha256: str
    """Hash of the objects as YAML, `files/all.yaml` of the chart."""
    release_secret_kib: int
    tokens: tuple[str, ...]
    """Required token values of a release."""
    keeps: bool
    """Whether it contains CRDs or volumes that can outlive the release."""
    namespaces: tuple[str, ...]
    """Namespaces of its objects; they must exist before the release."""
    objects: Mapping[str, Mapping[str, str]]
    """`{Kind.group: {namespace/name: digests of its fields}}`."""
    images: tuple[str, ...] = ()
    """Image names and name prefixes as written in its objects, replaceable by a release."""


@dataclass(frozen=True)
class Namespace:
    """A namespace that upstream defines."""

    name: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]


@dataclass(frozen=True)
class Secret:
    """A Secret removed because its content is public; a replacement with this name and these keys is required."""

    namespace: str
    name: str
    keys: tuple[str, ...]
    """Keys used by its readers."""
    known: Mapping[str, str]
    """Values that are not secret, such as a user name."""
    type: str
    readers: tuple[str, ...] = ()
    """Service accounts of the pods that read it via CSI (`secrets/csi.py`)."""
    versioned: bool = False
    """Whether its name ends with the credential version."""


@dataclass(frozen=True)
class Volume:
    """A PersistentVolumeClaim."""

    name: str
    """`namespace/name`, followed by the template name for a StatefulSet."""
    size: str
    storage_class: str
    """Empty: the cluster's default StorageClass."""


@dataclass(frozen=True)
class Entry:
    """One variant of one component."""

    app_version: str
    inputs: str
    """Hash of its inputs: commits, paths and patches."""
    phases: Mapping[str, Phase]
    """By name, in the order of `PHASES`; phases without objects are omitted."""
    namespaces: tuple[Namespace, ...]
    secrets: tuple[Secret, ...]
    removed: Mapping[str, tuple[str, ...]]
    """What normalization removed in addition to Secrets and descriptions, by rule (`normalize.py`)."""
    webhook_ports: tuple[int, ...]
    """Node ports called by the API server."""
    volumes: tuple[Volume, ...]
    images: tuple[str, ...]
    """Images of its pods."""
    hidden_images: tuple[str, ...]
    """Images started later: named in ConfigMaps, arguments, variables, custom resources (`images.py`)."""
    composed_images: Mapping[str, str]
    """Image composed by a program from registry, name and tag, mapped to its registry; also in `hidden_images`."""
    crds: Mapping[str, tuple[str, ...]]
    """`{CRD: its versions, storage version first}`."""

    @property
    def kinds(self) -> dict[str, int]:
        """Number of objects per kind, including namespaces."""
        counts: dict[str, int] = {"Namespace": len(self.namespaces)} if self.namespaces else {}
        for phase in self.phases.values():
            for kind, objects in phase.objects.items():
                counts[kind] = counts.get(kind, 0) + len(objects)
        return dict(sorted(counts.items()))

    @property
    def tokens(self) -> tuple[str, ...]:
        """All token values of its releases."""
        return tuple(sorted({token for phase in self.phases.values() for token in phase.tokens}))

    @cached_property
    def owned(self) -> tuple[str, ...]:
        """All objects it owns, as `Kind.group namespace/name`."""
        return (
            *(f"Namespace {namespace.name}" for namespace in self.namespaces),
            *(
                f"{kind} {place}"
                for phase in self.phases.values()
                for kind, objects in phase.objects.items()
                for place in objects
            ),
        )


@dataclass(frozen=True)
class Lock:
    """All entries, and the upstream commits they were rendered from."""

    upstream: Mapping[str, str]
    """`{repository: commit}`."""
    components: Mapping[str, Mapping[str, Entry]]
    """`{component: {variant: entry}}`."""

    def entry(self, component: str, variant: str) -> Entry:
        """One variant of a component.

        Raises:
            ValueError: the lock does not have it.
        """
        try:
            return self.components[component][variant]
        except KeyError as error:
            raise ValueError(
                f"{component} ({variant}): not found in {LOCK_FILE.name}; run `{run('vendor --update')}` with access to upstream"
            ) from error

    def chart_hashes(self) -> list[str]:
        """sha256 of every chart's objects."""
        found = {
            phase.sha256
            for variants in self.components.values()
            for entry in variants.values()
            for phase in entry.phases.values()
        }
        return sorted(found)

    def text(self) -> bytes:
        """The file's content, deterministic for the same entries."""
        raw = {"format": FORMAT, **asdict(self)}
        return (json.dumps(raw, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def release_name(component: str, phase: str) -> str:
    """Release name of one phase: `katib-crds`, `katib`, `katib-crs`."""
    return component if phase == "main" else f"{component}-{phase}"


def read_lock(path: Path = LOCK_FILE) -> Lock:
    """The lock from its file; empty if the file does not exist.

    Raises:
        ValueError: the file has another format or was edited.
    """
    try:
        raw = json.loads(path.read_bytes())
    except FileNotFoundError:
        return Lock({}, {})
    except ValueError as error:
        raise ValueError(f"{path}: is not valid JSON ({error}); restore it from git") from error
    if raw.pop("format", None) != FORMAT:
        raise ValueError(f"{path}: has an unsupported format; run `{run('vendor --update')}`")
    try:
        components = {
            name: {variant: _entry(entry) for variant, entry in variants.items()}
            for name, variants in raw["components"].items()
        }
        return Lock(raw["upstream"], components)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path}: {error!r}; do not edit it, run `{run('vendor --update')}`") from error


def _entry(raw: dict[str, Any]) -> Entry:
    order = [name for name in PHASES if name in raw["phases"]]
    return Entry(
        **{
            **raw,
            "phases": {name: _phase(raw["phases"][name]) for name in order},
            "namespaces": tuple(Namespace(**item) for item in raw["namespaces"]),
            "secrets": tuple(
                Secret(**{**item, **{key: tuple(item[key]) for key in ("keys", "readers")}}) for item in raw["secrets"]
            ),
            "volumes": tuple(Volume(**item) for item in raw["volumes"]),
            "removed": {rule: tuple(items) for rule, items in raw["removed"].items()},
            "crds": {name: tuple(versions) for name, versions in raw["crds"].items()},
            **{key: tuple(raw[key]) for key in ("webhook_ports", "images", "hidden_images")},
        }
    )


def _phase(raw: dict[str, Any]) -> Phase:
    return Phase(**{**raw, **{key: tuple(raw[key]) for key in ("tokens", "namespaces", "images")}})


def conflicts(
    entries: Mapping[str, Entry], others: Mapping[str, Sequence[str]] | None = None
) -> Iterator[tuple[str, str, str]]:
    """Objects owned by two components, which Helm rejects: object, first and second component.

    Args:
        entries: the selected variant of each component.
        others: components that are not in the lock (official charts), with their objects as `Kind/name`.
    """
    owners: dict[str, str] = {}
    for component, entry in entries.items():
        for item in entry.owned:
            if item in owners:
                yield item, owners[item], component
            owners[item] = component
    others = others or {}
    names = {item.partition("/")[2] for items in others.values() for item in items}
    named = {
        f"{kind.partition('.')[0]}/{name}": item
        for item in owners
        for kind, _, name in [item.partition(" ")]
        if name in names
    }
    for component, items in others.items():
        for item in items:
            if item in named:
                yield named[item], owners[named[item]], component
            else:
                named[item] = item
                owners[item] = component


def webhook_ports(entries: Iterable[Entry]) -> list[int]:
    """All node ports that the API server connects to."""
    return sorted({port for entry in entries for port in entry.webhook_ports})
