"""Patches of a kustomization as declared in a component's `patches.py`, and tools to change objects.

Every tool raises if it finds nothing to change, so that a patch made obsolete by upstream fails vendoring.
"""

import copy
import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.machinery import ModuleSpec
from typing import Any

from modules.kubeflow.manifest import Identity, Object, identity
from modules.kubeflow.secrets.upstream_secrets import without_hash
from modules.kubeflow.variants import VIA_CSI
from modules.settings.component import Kustomization, Vendored

DEFAULT = "default"
"""Variant name of a component without `patches.py`."""


class Objects:
    """The objects of one component during patching; all finders require exactly one match.

    Names with kustomize's hash suffix are found without it: `oauth2-proxy` finds `oauth2-proxy-h675gf55ht`.
    """

    def __init__(self, objects: Sequence[Object], replaced: Sequence[Object] = ()) -> None:
        self.items = [copy.deepcopy(item) for item in objects]
        self.all_replaced = replaced
        self.removed: list[Identity] = []

    def one(self, kind: str, name: str) -> Object:
        """The object of this kind and name; change it in place.

        Args:
            kind: `Deployment`, or `Gateway.networking.istio.io` if two groups have the kind.
            name: its name without kustomize's hash suffix.

        Raises:
            ValueError: there is not exactly one.
        """
        return _one(self.items, kind, name)

    def replaced(self, kind: str, name: str) -> Object:
        """The kustomization's object that was replaced by a chart's object, to copy fields patched by the kustomization.

        Raises:
            ValueError: no object of this kind and name was replaced.
        """
        return copy.deepcopy(_one(self.all_replaced, kind, name))

    def remove(self, kind: str, *names: str) -> None:
        """Remove objects."""
        for name in names:
            item = self.one(kind, name)
            self.items.remove(item)
            self.removed.append(identity(item))

    def add(self, item: Object) -> None:
        """Add an object.

        Raises:
            ValueError: it already exists.
        """
        if identity(item) in map(identity, self.items):
            raise ValueError(f"patch: {identity(item)}: already exists; change it instead of adding it")
        self.items.append(copy.deepcopy(item))

    def merge(self, kind: str, name: str, change: Mapping[str, Any]) -> None:
        """Merge mappings into an object, at any depth; None removes a key, lists are replaced (RFC 7386)."""
        item = self.one(kind, name)
        if not _merge(item, change):
            raise ValueError(f"patch: {kind} {name}: already has this content; remove the patch")

    def container(self, kind: str, name: str, container: str | None = None) -> Object:
        """A container of a workload's pods, including init containers; without a name, its only container."""
        spec = self.one(kind, name)["spec"]["template"]["spec"]
        found = [
            item
            for item in (*spec.get("containers", ()), *(spec.get("initContainers", ()) if container else ()))
            if container in (None, item["name"])
        ]
        if len(found) != 1:
            raise ValueError(
                f"patch: {kind} {name}: expected exactly one container {container or ''}; check its pod template"
            )
        only: Object = found[0]
        return only


def set_env(container: Object, **values: Any) -> None:
    """Set environment variables: text, a `valueFrom` mapping, or None to remove an existing one."""
    env: list[Object] = container.setdefault("env", [])
    for name, value in values.items():
        old = [item for item in env if item["name"] == name]
        new = [] if value is None else [{"name": name, ("value" if isinstance(value, str) else "valueFrom"): value}]
        if old == new:
            raise ValueError(f"patch: container {container['name']}: {name} already has this value; remove the patch")
        if old:
            position = env.index(old[0])
            env[position : position + 1] = new
        else:
            env.extend(new)


def replace_text(holder: dict[str, Any], key: str, *changes: tuple[str, str]) -> None:
    """Replace parts of a text, such as a file in a ConfigMap; each must occur."""
    for old, new in changes:
        if old not in holder[key]:
            raise ValueError(f"patch: {key}: does not contain {old!r}; check upstream's change")
        holder[key] = holder[key].replace(old, new)


def replace_argument(container: Object, old: str, *new: str) -> None:
    """Replace one argument of a container by zero or more arguments."""
    field = next((field for field in ("args", "command") if old in container.get(field, ())), None)
    if field is None:
        raise ValueError(f"patch: container {container['name']}: has no argument {old!r}; check upstream's change")
    position = container[field].index(old)
    container[field][position : position + 1] = new


def keep_selector(objects: Objects, kind: str, name: str, labels: Mapping[str, str]) -> None:
    """Set a workload's selector to that of earlier versions: the field is immutable, so an upgrade cannot change it.

    The pods keep upstream's labels and get those of the selector. Services that select them take the same selector: by upstream's
    new labels a Service would have no endpoint while the new pods start.

    Args:
        objects: objects of the component.
        kind: kind of the workload.
        name: name of the workload.
        labels: `matchLabels` of the earlier versions.

    Raises:
        ValueError: upstream's selector is the same; remove the patch.
    """
    spec = objects.one(kind, name)["spec"]
    if spec["selector"] == {"matchLabels": labels}:
        raise ValueError(f"patch: {kind} {name}: already has the selector {labels}; remove the patch")
    spec["selector"] = {"matchLabels": dict(labels)}
    pods = spec["template"]["metadata"]["labels"]
    for item in objects.items:
        wanted = item["spec"].get("selector") if item["kind"] == "Service" else None
        if wanted and wanted.items() <= pods.items():
            item["spec"]["selector"] = dict(labels)
    pods |= labels


@dataclass(frozen=True)
class RenderedChart:
    """One official chart, rendered by Helm's engine when objects are vendored (`helm_engine.py`)."""

    name: str
    """Key of `upstream.CHARTS`."""
    release: str
    """Release name for its templates."""
    values: Mapping[str, Any] = field(default_factory=dict)
    namespace: str = ""
    """Namespace for its templates; empty: the component's."""


@dataclass(frozen=True)
class Variant:
    """One variant of a component. Most have one; settings select among several, each in the lock."""

    patches: tuple[Callable[[Objects], None], ...] = ()
    """Functions that change the objects, in this order."""
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Secrets that upstream fills with public credentials, by name without hash suffix, with their non-secret values
    (`{"mysql-secret": {"username": "root"}}`). They are removed; the replacement has the same name and contains these
    values."""
    path: str | None = None
    """Another path than the catalogue's."""
    also: tuple[str, ...] = ()
    """Further paths of the same repository."""
    charts: tuple[RenderedChart, ...] = ()
    """Official charts whose objects are added to those of the paths and replace objects of the same identity."""
    own_groups: tuple[str, ...] = ()
    """API groups of its own whose CRDs are installed by another entry."""
    csi: bool = False
    """Whether its pods read their Secrets via CSI (`secrets/csi.py`)."""
    annotated: bool = True
    """Whether the release sets the annotations of the component's service accounts that can have a role."""


def variants(component: str) -> Mapping[str, Variant]:
    """The variants of a component by name, the default first: `VARIANTS` of its `patches.py`, or one unpatched variant.

    Each variant with Secrets has a second one, named `<variant>-csi`, whose pods read them via CSI.
    """
    spec = _spec(component)
    if spec is None:
        return {DEFAULT: Variant()}
    found: Mapping[str, Variant] = importlib.import_module(spec.name).VARIANTS
    via_csi = {name + VIA_CSI: replace(one, csi=True) for name, one in found.items() if one.secrets}
    return {**found, **via_csi}


def patch_file(component: str) -> str | None:
    """Path of the component's `patches.py`; None if it has none."""
    spec = _spec(component)
    return spec.origin if spec else None


def _spec(component: str) -> ModuleSpec | None:
    package = f"modules.kubeflow.components.{component.replace('-', '_')}"
    return importlib.util.find_spec(f"{package}.patches") if importlib.util.find_spec(package) else None


def _one(items: Sequence[Object], kind: str, name: str) -> Object:
    found = [item for item in items if _matches(identity(item), kind, name)]
    if len(found) != 1:
        raise ValueError(
            f"patch: {kind} {name}: {'nothing' if not found else len(found)} matches; check upstream's change"
        )
    return found[0]


def _matches(found: Identity, kind: str, name: str) -> bool:
    return kind in (found.kind, found.type) and name in (found.name, without_hash(found.name))


def _merge(target: dict[str, Any], change: Mapping[str, Any]) -> bool:
    changed = False
    for key, value in change.items():
        if value is None:
            changed = target.pop(key, None) is not None or changed
        elif isinstance(value, Mapping) and isinstance(target.get(key), dict):
            changed = _merge(target[key], value) or changed
        elif target.get(key) != value:
            target[key] = _plain(value)
            changed = True
    return changed


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items() if inner is not None}
    return copy.deepcopy(value)


def paths(source: Vendored, variant: Variant) -> Iterator[str]:
    """The kustomize paths of one variant."""
    if isinstance(source, Kustomization):
        yield variant.path or source.path
        yield from variant.also
