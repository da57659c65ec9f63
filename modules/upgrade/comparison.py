"""Compares the inventories of two versions."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from modules.kubeflow.lock import PHASES, release_name
from modules.kubeflow.pod_requests import quantity
from modules.upgrade import steps
from modules.upgrade.changes import (
    Comparison,
    ComponentChange,
    FieldChange,
    FixedChange,
    ImageChange,
    Move,
    ObjectChange,
    RightChange,
    SecretChange,
    VersionChange,
)
from modules.upgrade.component_version import component_version
from modules.upgrade.fixed_fields import SIZE
from modules.upgrade.records import ComponentRecord, Inventory, ObjectType, Record, by_key
from modules.upgrade.rights import bindings, rights, sentences
from modules.upgrade.shapes import newly_required, removed_fields

_EMPTY = ComponentRecord("", "", False, "", "", ())
C = TypeVar("C", ObjectChange, FixedChange, SecretChange)


def compare(old: Inventory, new: Inventory) -> Comparison:
    """All differences between two versions, each once with its variants."""
    moves = tuple(_moves(old, new))
    moved = {one.object for one in moves}
    found = Comparison(
        before=old.version,
        after=new.version,
        upstream={
            name: (old.upstream.get(name, ""), new.upstream.get(name, ""))
            for name in sorted({*old.upstream, *new.upstream})
            if old.upstream.get(name) != new.upstream.get(name)
        },
        components=tuple(_components(old, new)),
        images=tuple(_images(old, new)),
        objects=tuple(one for one in _each_variant(old, new, _objects) if one.object not in moved),
        rights=tuple(_rights(old, new)),
        moves=moves,
        fixed=tuple(_each_variant(old, new, _fixed)),
        versions=tuple(_versions(old, new)),
        fields=tuple(_fields(old, new)),
        secrets=tuple(_each_variant(old, new, _secrets)),
    )
    return replace(found, steps=tuple(steps.all_steps(found)))


def _both(old: Inventory, new: Inventory) -> Iterator[tuple[str, ComponentRecord, ComponentRecord]]:
    for name in sorted({*old.components, *new.components}):
        yield name, old.components.get(name, _EMPTY), new.components.get(name, _EMPTY)


def _components(old: Inventory, new: Inventory) -> Iterator[ComponentChange]:
    for name, before, after in _both(old, new):
        notes = []
        if before.variants and after.variants:
            if before.source != after.source:
                notes.append(f"from {after.source}, before {before.source}")
            if before.namespace != after.namespace:
                notes.append(f"releases in {after.namespace}, before {before.namespace}")
            if before.default != after.default:
                notes.append("installed by default now" if after.default else "no longer installed by default")
            notes += [f"variant {one} is new" for one in after.variants if one not in before.variants]
            notes += [f"variant {one} is removed" for one in before.variants if one not in after.variants]
        old_version, new_version = (component_version(one) or one.version for one in (before, after))
        if not (component_version(before) or component_version(after)) and before.variants and after.variants:
            old_version = new_version = ""  # without an image tag, the Kubeflow version in the title applies
        if notes or old_version != new_version:
            what: Any = "added" if not before.variants else "removed" if not after.variants else "changed"
            yield ComponentChange(name, old_version, new_version, "; ".join(notes), what)


def _each_variant(
    old: Inventory, new: Inventory, differences: Callable[[str, ComponentRecord, ComponentRecord, str], Iterable[C]]
) -> list[C]:
    """Differences of common variants; for a new or removed component, of all its variants."""
    found: list[C] = []
    for name, before, after in _both(old, new):
        variants = _variants(before, after)
        seen: dict[str, tuple[C, list[str]]] = {}
        for variant in variants:
            for change in differences(name, before, after, variant):
                seen.setdefault(repr(change), (change, []))[1].append(variant)
        for change, ones in seen.values():
            found.append(change if len(ones) == len(variants) else replace(change, variants=tuple(sorted(ones))))
    return found


def _variants(before: ComponentRecord, after: ComponentRecord) -> tuple[str, ...]:
    if not before.variants or not after.variants:
        return before.variants or after.variants
    return tuple(one for one in before.variants if one in after.variants)


def _objects(name: str, before: ComponentRecord, after: ComponentRecord, variant: str) -> Iterator[ObjectChange]:
    old, new = by_key(before.of_variant(variant)), by_key(after.of_variant(variant))
    for key in sorted({*old, *new}):
        if key not in new:
            yield ObjectChange(name, old[key].release, key, "removed", kept=old[key].keep)
        elif key not in old:
            yield ObjectChange(name, new[key].release, key, "added")
        elif fields := tuple(_changed_fields(old[key], new[key])):
            yield ObjectChange(name, new[key].release, key, "changed", fields)


def _changed_fields(old: Record, new: Record) -> Iterator[str]:
    if old.version != new.version:
        yield f"apiVersion ({old.version} -> {new.version})"
    if old.keep != new.keep:
        yield "kept in the cluster now" if new.keep else "deleted with its release now"
    for path in sorted({*old.fields, *new.fields}):
        if path not in new.fields:
            yield f"- {path}"
        elif path not in old.fields:
            yield f"+ {path}"
        elif old.fields[path] != new.fields[path]:
            yield path
    if rights(old) != rights(new):
        yield "rules" if old.kind in ("Role", "ClusterRole") else "subjects"


def _rights(old: Inventory, new: Inventory) -> Iterator[RightChange]:
    for name, before, after in _both(old, new):
        ours, theirs = _rights_of(before), _rights_of(after)
        for key in sorted({*ours, *theirs}):
            words = bindings if "Binding" in key.partition(".")[0] else sentences
            had, has = ours.get(key, frozenset()), theirs.get(key, frozenset())
            if had != has:
                yield RightChange(name, key, words(has - had), words(had - has))


def _rights_of(component: ComponentRecord) -> dict[str, frozenset[tuple[str, str]]]:
    found: dict[str, frozenset[tuple[str, str]]] = {}
    for record in component.objects:
        if held := rights(record):
            found[record.key] = found.get(record.key, frozenset()) | held
    return found


def _images(old: Inventory, new: Inventory) -> Iterator[ImageChange]:
    before, after = _users(old), _users(new)
    names = sorted({_name(image) for image in {*before, *after}})
    for name in names:
        had = tuple(sorted(image for image in before if _name(image) == name))
        has = tuple(sorted(image for image in after if _name(image) == name))
        if had != has:
            users = {user for image in (*had, *has) for user in (*before.get(image, ()), *after.get(image, ()))}
            gone, new_ones = (tuple(one for one in had if one not in has), tuple(one for one in has if one not in had))
            yield ImageChange(gone, new_ones, tuple(sorted(users)))


def _users(inventory: Inventory) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, component in inventory.components.items():
        for record in component.objects:
            for image in record.images:
                found.setdefault(image, set()).add(name)
    return found


def _name(image: str) -> str:
    """The last part of an image name, which is independent of the registry."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def _moves(old: Inventory, new: Inventory) -> Iterator[Move]:
    before, after = _owners(old), _owners(new)
    stateful = {record.key for one in old.components.values() for record in one.objects if record.stateful}
    for key in sorted(before.keys() & after.keys()):
        for release in sorted(before[key] - after[key]):
            if after[key].isdisjoint(before[key]):
                to = min(after[key])
                if key not in stateful and _comes_later(new, release, to):
                    yield Move(key, release, to, steps.HANDED_OVER, handed_over=True)
                else:
                    yield Move(key, release, to, steps.of_move(key, to))


def _comes_later(inventory: Inventory, before: str, after: str) -> bool:
    """Whether a release depends on another one of the same component."""
    component = inventory.releases[after][1]
    names = [release_name(component, phase) for phase in PHASES]
    return before in names and after in names and names.index(before) < names.index(after)


def _owners(inventory: Inventory) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for component in inventory.components.values():
        for record in component.objects:
            if not record.hook:
                found.setdefault(record.key, set()).add(record.release)
    return found


def _fixed(name: str, before: ComponentRecord, after: ComponentRecord, variant: str) -> Iterator[FixedChange]:
    old, new = by_key(before.of_variant(variant)), by_key(after.of_variant(variant))
    for key in sorted(old.keys() & new.keys()):
        for path in sorted({*old[key].fixed, *new[key].fixed}):
            was, is_now = old[key].fixed.get(path), new[key].fixed.get(path)
            if was != is_now and not (path == SIZE and _grows(was, is_now)):
                yield FixedChange(name, key, path, was, is_now, steps.of_fixed(key))


def _grows(was: Any, is_now: Any) -> bool:
    return was is not None and is_now is not None and quantity(is_now) > quantity(was)


def _versions(old: Inventory, new: Inventory) -> Iterator[VersionChange]:
    for name, place, was, is_now in _object_types(old, new):
        if was is None or is_now is None:
            found = was or is_now
            assert found is not None
            what: Any = "type added" if was is None else "type removed"
            yield VersionChange(name, place, ", ".join(found.versions), what)
            continue
        for version in sorted({*was.versions, *is_now.versions}):
            had, has = was.versions.get(version), is_now.versions.get(version)
            if has is None and had is not None:
                yield VersionChange(name, place, version, "removed", had.stored)
            elif had is None and has is not None:
                yield VersionChange(name, place, version, "stored" if has.stored else "added")
            elif had is not None and has is not None:
                if had.served and not has.served:
                    yield VersionChange(name, place, version, "not served")
                if has.stored and not had.stored:
                    yield VersionChange(name, place, version, "stored")


def _fields(old: Inventory, new: Inventory) -> Iterator[FieldChange]:
    for name, place, was, is_now in _object_types(old, new):
        if was is None or is_now is None:
            continue
        for version in sorted(was.versions.keys() & is_now.versions.keys()):
            schemas = (was.versions[version].schema, old.shapes, is_now.versions[version].schema, new.shapes)
            gone = [
                FieldChange(name, place, is_now.kind, version, path, "removed") for path in removed_fields(*schemas)
            ]
            asked = [
                FieldChange(name, place, is_now.kind, version, path, "required") for path in newly_required(*schemas)
            ]
            # fields written by controllers, not present in manifests
            yield from (one for one in (*gone, *asked) if not one.path.startswith("status"))


def _object_types(old: Inventory, new: Inventory) -> Iterator[tuple[str, str, ObjectType | None, ObjectType | None]]:
    """Component, name, and old and new definition of every CRD; the component is its current owner."""
    before, after = _types_of(old), _types_of(new)
    for place in sorted({*before, *after}):
        component = (after.get(place) or before[place])[0]
        yield component, place, before.get(place, ("", None))[1], after.get(place, ("", None))[1]


def _types_of(inventory: Inventory) -> Mapping[str, tuple[str, ObjectType | None]]:
    return {
        record.place: (name, record.object_type)
        for name, component in inventory.components.items()
        for record in component.objects
        if record.object_type is not None
    }


def _secrets(name: str, before: ComponentRecord, after: ComponentRecord, variant: str) -> Iterator[SecretChange]:
    old = {one.place: one.keys for one in before.secrets_of(variant)}
    new = {one.place: one.keys for one in after.secrets_of(variant)}
    for place in sorted({*old, *new}):
        if place not in new:
            yield SecretChange(name, place, "removed", old[place])
        elif place not in old:
            yield SecretChange(name, place, "added", new[place])
        elif changed := tuple(sorted({*old[place]} ^ {*new[place]})):
            yield SecretChange(name, place, "keys", changed)
