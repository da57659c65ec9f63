"""One pod template in an object, and how it is found there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from modules.checks.admission.problem import Path
from modules.kubeflow.manifest import Object

COUNTS = ("replicas", "parallelism", "numOfHosts")
"""Fields above a template that multiply its pods."""


FIRST: Path = ("spec", "containers", 0)
"""Path of the first container in a pod."""


@dataclass(frozen=True)
class Template:
    """Equal pods that are made of one object."""

    spec: Mapping[str, Any] = field(repr=False)
    """Pod spec."""
    metadata: Mapping[str, Any] = field(repr=False)
    spec_path: Path
    """Of the pod spec in the object, or of what the operator makes it of."""
    metadata_path: Path
    pods: int | None = 1
    """At once; None: one on each node."""
    knative: bool = False
    """Whether it is a revision of Knative, which limits the fields of a pod."""
    added: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    """Containers that an operator adds; they meet Pod Security, and count for quotas and room."""

    main_path: Path | None = None
    """Of what the operator makes the first container of; None: the object has the containers of the pod."""

    @property
    def pod(self) -> dict[str, Any]:
        """`metadata` and `spec`."""
        return {"metadata": self.metadata, "spec": self.spec}

    @property
    def running(self) -> dict[str, Any]:
        """The pod spec with what an operator adds."""
        return {**self.spec, "containers": [*self.spec["containers"], *self.added]}

    def located(self, path: Path) -> Path:
        """Path in the object of a path in the pod."""
        if path[:1] == ("metadata",):
            return (*self.metadata_path, *path[1:])
        if self.main_path is not None and path[:3] == FIRST:
            return (*self.main_path, *path[3:])
        return (*self.spec_path, *path[1:])

    def under(self, path: Path, pods: int = 1) -> "Template":
        """The same in an object that has this one under a path, as often as `pods`."""
        return replace(
            self,
            spec_path=(*path, *self.spec_path),
            metadata_path=(*path, *self.metadata_path),
            main_path=None if self.main_path is None else (*path, *self.main_path),
            pods=None if self.pods is None else self.pods * pods,
        )


@dataclass(frozen=True)
class Around:
    """What the pods of an object depend on, other than the object."""

    objects: Mapping[tuple[str, str], Object] = field(default_factory=dict, repr=False)
    """Kind and name of runtimes: the platform's, and those in the same files."""
    knative: bool = True
    """Whether KServe makes revisions of models that name no deployment mode."""


Finder = Callable[[Object, Around], Iterator[Template]]


@dataclass(frozen=True)
class Row:
    """How the pods of one kind are found."""

    group: str
    kind: str
    where: str
    """Path of the pod templates, for readers."""
    adds: str
    """What the operator adds to them; empty: nothing that matters here."""
    source: str
    find: Finder


def at(*patterns: Sequence[str], bare: bool = False) -> Finder:
    """Templates under some paths, in which `*` is any key or index.

    Args:
        patterns: paths of templates with `metadata` and `spec`.
        bare: whether the paths are those of pod specs without metadata.
    """

    def find(one: Object, _: Around) -> Iterator[Template]:
        for pattern in patterns:
            for path, value, count in _matching(one, tuple(pattern), (), 1):
                spec_path = path if bare else (*path, "spec")
                spec = value if bare else value.get("spec")
                if isinstance(spec, dict) and isinstance(spec.get("containers"), list):
                    yield Template(spec, value.get("metadata") or {}, spec_path, (*path, "metadata"), count)

    return find


def _matching(value: Any, pattern: tuple[str, ...], path: Path, count: int) -> Iterator[tuple[Path, Any, int]]:
    if not pattern:
        if isinstance(value, dict):
            yield path, value, count
        return
    if isinstance(value, dict):
        for name in COUNTS:
            found = value.get(name)
            count *= found if isinstance(found, int) else 1
        keys: list[str] = list(value) if pattern[0] == "*" else [pattern[0]]
        for key in keys:
            if key in value:
                yield from _matching(value[key], pattern[1:], (*path, key), count)
    elif isinstance(value, list) and pattern[0] == "*":
        for number, inner in enumerate(value):
            yield from _matching(inner, pattern[1:], (*path, number), count)


def merge(base: Any, change: Any) -> Any:
    """A strategic merge: mappings by key, lists of named entries by name, other lists and values replaced.

    Source: https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
    """
    if isinstance(base, dict) and isinstance(change, dict):
        return {key: merge(base.get(key), change[key]) if key in change else base[key] for key in {**base, **change}}
    named = isinstance(base, list) and isinstance(change, list) and all(_name(one) for one in [*base, *change])
    if named:
        changes = {_name(one): one for one in change}
        kept = [merge(one, changes.pop(_name(one))) if _name(one) in changes else one for one in base]
        return [*kept, *changes.values()]
    return change


def _name(one: Any) -> Any:
    return one.get("name") if isinstance(one, dict) else None
