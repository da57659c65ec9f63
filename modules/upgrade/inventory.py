"""Builds the inventory of this version from lock, cached objects and catalogue."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from modules.kubeflow.cache import Cache
from modules.kubeflow.chart import LocalChart, local_charts
from modules.kubeflow.images.references import hidden_images, images_of_pods
from modules.kubeflow.lock import Entry, Lock
from modules.kubeflow.manifest import Object, identity, load
from modules.kubeflow.normalize import KEEP
from modules.kubeflow.selection import chart_of_namespaces, charts, namespaces
from modules.kubeflow.upstream import VERSION
from modules.program import run
from modules.settings.component import Builtin, Component, HelmChart
from modules.upgrade.digests import field_digests
from modules.upgrade.fixed_fields import fixed_fields
from modules.upgrade.records import (
    ComponentRecord,
    CrdVersion,
    Inventory,
    ObjectType,
    Record,
    SecretRecord,
)
from modules.upgrade.shapes import add_shape

HOOK = "helm.sh/hook"
ALWAYS = "default"
"""Variant name of components with only one."""


def inventory(components: Iterable[Component], lock: Lock, cache: Cache, facts: Mapping[str, Any]) -> Inventory:
    """Everything a version can install, in every variant of every component.

    Args:
        components: the catalogue.
        lock: lock of its kustomizations.
        cache: cache of their objects.
        facts: variables of the templates in `objects/` (`builtin_context.py`).

    Raises:
        ValueError: an object is not in the cache, or a component not in the lock.
    """
    shapes: dict[str, str] = {}
    found: dict[str, ComponentRecord] = {}
    wanted = sorted(components, key=lambda one: one.name)
    for one in wanted:
        if isinstance(one.source, HelmChart):
            source = f"{one.source.repository} {one.source.chart}"
            found[one.name] = _head(one, source, one.source.version, (ALWAYS,))
        elif isinstance(one.source, Builtin):
            made = _records(charts(one, None, facts), cache, shapes)
            found[one.name] = replace(_head(one, "objects of ours", VERSION, (ALWAYS,)), objects=tuple(made))
        else:
            found[one.name] = _of_lock(one, lock, cache, shapes)
    for layer in ("addons", "kubeflow"):
        found |= _namespaces(layer, [one for one in wanted if one.layer == layer], lock, found, cache, shapes)
    return Inventory(VERSION, dict(lock.upstream), found, shapes)


def _head(component: Component, source: str, version: str, variants: Sequence[str]) -> ComponentRecord:
    return ComponentRecord(
        component.layer, component.namespace, component.default, source, version, tuple(sorted(variants))
    )


def _of_lock(component: Component, lock: Lock, cache: Cache, shapes: dict[str, str]) -> ComponentRecord:
    entries: Mapping[str, Entry] = lock.components.get(component.name, {})
    if not entries:
        raise ValueError(f"{component.name}: not found in the lock; run `{run('vendor --update')}`")
    records = {
        variant: _records(local_charts(component.name, entry), cache, shapes) for variant, entry in entries.items()
    }
    secrets = {
        variant: [SecretRecord(f"{one.namespace}/{one.name}", one.keys) for one in entry.secrets]
        for variant, entry in entries.items()
    }
    version = next(iter(entries.values())).app_version
    return replace(
        _head(component, "kustomization", version, tuple(entries)),
        objects=tuple(sorted(_merged(records), key=lambda one: (one.release, one.type, one.place, one.variants))),
        secrets=tuple(sorted(_merged(secrets), key=lambda one: (one.place, one.variants))),
    )


def _merged(by_variant: Mapping[str, Sequence[Any]]) -> list[Any]:
    """Distinct records with their variants; no variants if all have it."""
    seen: dict[str, tuple[Any, list[str]]] = {}
    for variant, records in by_variant.items():
        for one in records:
            seen.setdefault(repr(one), (one, []))[1].append(variant)
    return [
        one if len(variants) == len(by_variant) else replace(one, variants=tuple(sorted(variants)))
        for one, variants in seen.values()
    ]


def _namespaces(
    layer: str,
    components: Sequence[Component],
    lock: Lock,
    found: Mapping[str, ComponentRecord],
    cache: Cache,
    shapes: dict[str, str],
) -> dict[str, ComponentRecord]:
    """The release of a stack's namespaces, including those of all its components."""
    release = f"{layer}-namespaces"
    earlier = frozenset(record.place for one in found.values() for record in one.objects if record.kind == "Namespace")
    entries = {one.name: entry for one in components for entry in lock.components.get(one.name, {}).values()}
    wanted = namespaces(components, entries, earlier)
    if not wanted:
        return {}
    records = _records([chart_of_namespaces(release, wanted)], cache, shapes)
    return {release: ComponentRecord(layer, "kube-system", True, "objects of ours", VERSION, (ALWAYS,), tuple(records))}


def _records(wanted: Iterable[LocalChart], cache: Cache, shapes: dict[str, str]) -> list[Record]:
    records = []
    for chart in wanted:
        content = chart.content if chart.content is not None else cache.get(chart.sha256)
        if content is None:
            raise ValueError(f"release {chart.release}: its objects are not in the cache; run `{run('vendor')}`")
        records += [record(chart.release, item, shapes) for item in load(content)]
    return sorted(records, key=lambda one: (one.release, one.type, one.place))


def record(release: str, item: Object, shapes: dict[str, str]) -> Record:
    """The inventory record of one object.

    Args:
        release: owning release.
        item: the object in the chart.
        shapes: receives the shapes of CRD schemas.
    """
    found = identity(item)
    in_pods = images_of_pods([item])
    annotations = item["metadata"].get("annotations")
    notes = annotations if isinstance(annotations, dict) else {}  # else it is a token
    return Record(
        release=release,
        type=found.type,
        version=item["apiVersion"].rpartition("/")[2],
        place=found.place,
        keep=KEEP in notes,
        hook=HOOK in notes,
        fixed={} if HOOK in notes else fixed_fields(item),
        fields=field_digests(item),
        images=(*in_pods, *sorted({*hidden_images([item])} - {*in_pods})),
        rules=_rules(item),
        subjects=_subjects(item),
        object_type=_object_type(item, shapes),
    )


def _rules(item: Object) -> tuple[Mapping[str, tuple[str, ...]], ...]:
    if item["kind"] not in ("Role", "ClusterRole"):
        return ()
    return tuple(
        {key: tuple(sorted(map(str, items))) for key, items in sorted(rule.items()) if items}
        for rule in item.get("rules") or ()
    )


def _subjects(item: Object) -> tuple[str, ...]:
    if item["kind"] not in ("RoleBinding", "ClusterRoleBinding"):
        return ()
    return tuple(
        sorted(
            f"{one['kind']} {one['namespace'] + '/' if one.get('namespace') else ''}{one['name']}"
            for one in item.get("subjects") or ()
        )
    )


def _object_type(item: Object, shapes: dict[str, str]) -> ObjectType | None:
    if item["kind"] != "CustomResourceDefinition":
        return None
    spec = item["spec"]
    versions = {
        one["name"]: CrdVersion(
            bool(one.get("served")),
            bool(one.get("storage")),
            add_shape((one.get("schema") or {}).get("openAPIV3Schema") or {}, shapes),
        )
        for one in sorted(spec["versions"], key=lambda one: str(one["name"]))
    }
    return ObjectType(spec["group"], spec["names"]["kind"], spec["names"]["plural"], spec["scope"], versions)
