"""`upstream.lock.json`: what each kustomization comes to, so that synthesis needs neither upstream nor the network.

Written by `make vendor UPDATE=1`, never by hand. Reading it takes no YAML and few milliseconds.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

LOCK_FILE = Path(__file__).with_name("upstream.lock.json")
FORMAT = 2
PHASES = ("crds", "main", "rights", "crs")
"""In the order they are installed in; see `rules.py`."""


@dataclass(frozen=True)
class Phase:
    """One release of a component, and the chart it is made from."""

    sha256: str
    """Of the objects as YAML, `files/all.yaml` of the chart."""
    release_secret_kib: int
    tokens: tuple[str, ...]
    """Names of the values that a release must give."""
    keeps: bool
    """Whether it holds object types or volumes that may outlive it."""
    namespaces: tuple[str, ...]
    """Those that its objects are in; they must be there before."""
    objects: Mapping[str, Mapping[str, str]]
    """`{Kind.group: {namespace/name: digests of its fields}}`."""
    images: tuple[str, ...] = ()
    """Names of images, and starts of names, as its objects spell them: what a release can replace."""


@dataclass(frozen=True)
class Namespace:
    """A namespace that upstream defines."""

    name: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]


@dataclass(frozen=True)
class Secret:
    """A Secret that was taken out since everybody knows its content: one of this name with these keys must be made."""

    namespace: str
    name: str
    keys: tuple[str, ...]
    """Keys that its readers ask for."""
    known: Mapping[str, str]
    """Values among them that are no secret, such as the name of a user."""
    type: str
    readers: tuple[str, ...] = ()
    """Service accounts of the pods that read it, where these fetch it themselves (`secrets/csi.py`)."""
    versioned: bool = False
    """Whether its name there ends with the version of the credentials."""


@dataclass(frozen=True)
class Volume:
    """A PersistentVolumeClaim."""

    name: str
    """`namespace/name`, and for a StatefulSet's the template's name after it."""
    size: str
    storage_class: str
    """Empty: the cluster's default one."""


@dataclass(frozen=True)
class Entry:
    """One variant of one component."""

    app_version: str
    inputs: str
    """Hash of commits, paths and patches that it was made from."""
    phases: Mapping[str, Phase]
    """By name, in the order of `PHASES`; those without objects are not there."""
    namespaces: tuple[Namespace, ...]
    secrets: tuple[Secret, ...]
    removed: Mapping[str, tuple[str, ...]]
    """What the rules took away besides Secrets and descriptions, by rule (`rules.py`)."""
    pods: int
    daemonset_pods: int
    """Pods on every node."""
    cpu_millicores: int
    memory_mib: int
    webhook_ports: tuple[int, ...]
    """Ports on nodes that the API server calls."""
    volumes: tuple[Volume, ...]
    images: tuple[str, ...]
    """Images of its pods."""
    hidden_images: tuple[str, ...]
    """Images that it starts later: named in ConfigMaps, arguments, variables, custom resources (`images.py`)."""
    composed_images: Mapping[str, str]
    """Image that a program puts together from a registry, a name and a tag, to its registry; it is in `hidden_images`, too."""
    crds: Mapping[str, tuple[str, ...]]
    """`{CRD: its versions, the stored one first}`."""

    @property
    def kinds(self) -> dict[str, int]:
        """How many objects of each kind, namespaces among them."""
        counts: dict[str, int] = {"Namespace": len(self.namespaces)} if self.namespaces else {}
        for phase in self.phases.values():
            for kind, objects in phase.objects.items():
                counts[kind] = counts.get(kind, 0) + len(objects)
        return dict(sorted(counts.items()))

    @property
    def tokens(self) -> tuple[str, ...]:
        """All values that its releases ask for."""
        return tuple(sorted({token for phase in self.phases.values() for token in phase.tokens}))

    def owned(self) -> Iterator[str]:
        """Every object that it owns, as `Kind.group namespace/name`."""
        yield from (f"Namespace {namespace.name}" for namespace in self.namespaces)
        for phase in self.phases.values():
            for kind, objects in phase.objects.items():
                yield from (f"{kind} {place}" for place in objects)


@dataclass(frozen=True)
class Lock:
    """All entries, and the commits they were made from."""

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
                f"{component} ({variant}): is not in {LOCK_FILE.name}; run `make vendor UPDATE=1` where upstream can be reached"
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
        """The file's content; the same for the same entries."""
        raw = {"format": FORMAT, **asdict(self)}
        return (json.dumps(raw, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def release_name(component: str, phase: str) -> str:
    """Name of the release of one phase: `katib-crds`, `katib`, `katib-crs`."""
    return component if phase == "main" else f"{component}-{phase}"


def read_lock(path: Path = LOCK_FILE) -> Lock:
    """The lock from its file; an empty one if there is none yet.

    Raises:
        ValueError: it was written by another version of this project, or by hand.
    """
    try:
        raw = json.loads(path.read_bytes())
    except FileNotFoundError:
        return Lock({}, {})
    except ValueError as error:
        raise ValueError(f"{path}: is no JSON ({error}); take it back from git") from error
    if raw.pop("format", None) != FORMAT:
        raise ValueError(f"{path}: is of another format; run `make vendor UPDATE=1`")
    try:
        components = {
            name: {variant: _entry(entry) for variant, entry in variants.items()}
            for name, variants in raw["components"].items()
        }
        return Lock(raw["upstream"], components)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path}: {error!r}; it is written by `make vendor UPDATE=1`, never by hand") from error


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
    """Objects that two components own, which Helm refuses: object, first and second component.

    Args:
        entries: the chosen variant of each component.
        others: components that are not in the lock (official charts), with objects of theirs as `Kind/name`.
    """
    owners: dict[str, str] = {}
    for component, entry in entries.items():
        for item in entry.owned():
            if item in owners:
                yield item, owners[item], component
            owners[item] = component
    named = {f"{item.partition(' ')[0].partition('.')[0]}/{item.partition(' ')[2]}": item for item in owners}
    for component, items in (others or {}).items():
        for item in items:
            if item in named:
                yield named[item], owners[named[item]], component
            else:
                named[item] = item
                owners[item] = component


def webhook_ports(entries: Iterable[Entry]) -> list[int]:
    """All ports on nodes that the API server must reach."""
    return sorted({port for entry in entries for port in entry.webhook_ports})
