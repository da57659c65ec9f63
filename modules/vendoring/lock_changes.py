"""What differs between two locks, object by object, and what a person must do before the new one is applied."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from modules.kubeflow.cache import Cache
from modules.kubeflow.lock import PHASES, Entry, Lock, release_name
from modules.kubeflow.manifest import identity, load

SHOWN = 6
"""Differing fields that are told of one object."""


def differences(component: str, old: Entry, new: Entry, cache: Cache) -> Iterator[str]:
    """Which objects differ between two results of one component, and how.

    Fields are told with their values while the cache still has the old objects; else the names of the differing parts.
    """
    for phase in dict.fromkeys((*old.phases, *new.phases)):
        before, after = _objects(old, phase), _objects(new, phase)
        name = release_name(component, phase)
        for item in sorted({*before, *after}):
            if item not in after:
                yield f"{name}: {item}: is gone"
            elif item not in before:
                yield f"{name}: {item}: is new"
            elif before[item] != after[item]:
                detail = _fields(old, new, phase, item, cache) or [_parts(before[item], after[item])]
                yield from (f"{name}: {item}: {line}" for line in detail)
    for fact in ("secrets", "namespaces", "removed"):
        if getattr(old, fact) != getattr(new, fact):
            yield f"{component}: {fact}: {getattr(old, fact)} -> {getattr(new, fact)}"


def upgrade_notes(old: Lock, new: Lock) -> list[str]:
    """What an update asks of whoever applies it, component by component."""
    lines: list[str] = []
    for component, variants in old.components.items():
        for variant, entry in variants.items():
            after = new.components.get(component, {}).get(variant)
            if after is None:
                lines.append(
                    f"{component} ({variant}): is gone or renamed. Its releases are uninstalled; object types, namespaces and volumes "
                    "stay while deletion protection is on. A new name for the same objects is refused by Helm: keep the old name."
                )
            else:
                lines += _immutable(component, entry, after)
                lines += _versions(component, entry, after)
                lines += _volumes(component, entry, after)
                lines += _supplied(component, entry, after)
            lines += _moved_objects(component, entry, new)
    return list(dict.fromkeys(lines))


def _moved_objects(component: str, old: Entry, new: Lock) -> Iterator[str]:
    homes: dict[str, set[str]] = {}
    for name, variants in new.components.items():
        for entry in variants.values():
            for phase in entry.phases:
                for item in _objects(entry, phase):
                    homes.setdefault(item, set()).add(release_name(name, phase))
    for phase in old.phases:
        release = release_name(component, phase)
        for item in sorted(_objects(old, phase)):
            if item in homes and release not in homes[item]:
                kind, _, place = item.partition(" ")
                to = min(homes[item])
                later = PHASES[PHASES.index(phase) + 1 :]
                if to in {release_name(component, name) for name in later}:
                    yield (
                        f"{component}: {item}: moves from release {release} to {to}, which is installed after it: the first one deletes "
                        "it and the second makes it again, in the same apply. It is missing for some seconds."
                    )
                    continue
                yield (
                    f"{component}: {item}: moves from release {release} to {to}, which Helm refuses ('invalid ownership metadata'). "
                    f"Before applying: kubectl annotate {kind} {_kubectl(place)} --overwrite meta.helm.sh/release-name={to} "
                    "helm.sh/resource-policy=keep; the second keeps the old release from deleting it."
                )


def _immutable(component: str, old: Entry, new: Entry) -> Iterator[str]:
    for item, before in old.immutable.items():
        after = new.immutable.get(item, before)
        if after != before:
            kind, _, place = item.partition(" ")
            if kind.startswith("PersistentVolumeClaim"):
                what = "keep the old one with a patch, or move the data to a new volume"
            elif kind.startswith("StatefulSet"):
                what = f"before applying: kubectl delete {kind} {_kubectl(place)} --cascade=orphan"
            else:
                what = f"before applying: kubectl delete {kind} {_kubectl(place)}; the upgrade makes it anew"
            yield f"{component}: {item}: cannot change in place from ({before}) to ({after}); {what}."


def _versions(component: str, old: Entry, new: Entry) -> Iterator[str]:
    for crd, before in old.crds.items():
        if crd not in new.crds:
            yield (
                f"{component}: CRD {crd}: is gone. It stays in the cluster while deletion protection is on, but nothing acts on its "
                f"objects any more: kubectl get {crd} -A, and save or move what is there."
            )
            continue
        for version in sorted(set(before) - set(new.crds[crd])):
            yield (
                f"{component}: CRD {crd}: has no version {version} any more. Before applying, look at `kubectl get crd {crd} -o "
                "jsonpath={.status.storedVersions}`: if it lists it, write all objects once in the new version and take it off "
                "that list; manifests and clients of yours must use "
                f"{new.crds[crd][0]}. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/"
            )


def _volumes(component: str, old: Entry, new: Entry) -> Iterator[str]:
    after = {volume.name: volume for volume in new.volumes}
    for volume in old.volumes:
        if volume.name not in after:
            yield f"{component}: volume {volume.name}: is not used any more; its data stays while deletion protection is on."
        elif after[volume.name].size != volume.size:
            yield (
                f"{component}: volume {volume.name}: {volume.size} -> {after[volume.name].size}; volumes only grow, and only where the "
                "StorageClass allows it."
            )


def _supplied(component: str, old: Entry, new: Entry) -> Iterator[str]:
    for secret in new.secrets:
        if secret not in old.secrets:
            yield f"{component}: Secret {secret.namespace}/{secret.name}: must now be supplied with {', '.join(secret.keys)}."
    for token in sorted(set(new.tokens) - set(old.tokens)):
        yield f"{component}: asks for a value of @@{token}@@ now."


def _objects(entry: Entry, phase: str) -> dict[str, str]:
    if phase not in entry.phases:
        return {}
    return {
        f"{kind} {place}": digests
        for kind, items in entry.phases[phase].objects.items()
        for place, digests in items.items()
    }


def _parts(before: str, after: str) -> str:
    old, new = (dict(part.split("=") for part in text.split()) for text in (before, after))
    return f"{', '.join(sorted(key for key in {**old, **new} if old.get(key) != new.get(key)))} differs"


def _fields(old: Entry, new: Entry, phase: str, item: str, cache: Cache) -> list[str]:
    contents = [cache.get(entry.phases[phase].sha256) for entry in (old, new)]
    if contents[0] is None or contents[1] is None:
        return []
    before, after = (
        next(found for found in load(content) if str(identity(found)) == item) for content in contents if content
    )
    lines = list(_compare(before, after, ""))
    return lines[:SHOWN] + ([f"and {len(lines) - SHOWN} fields more"] if len(lines) > SHOWN else [])


def _compare(old: Any, new: Any, path: str) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from _compare(old.get(key), new.get(key), f"{path}.{key}" if path else key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _compare(before, after, f"{path}[{number}]")
    elif old != new:
        yield f"{path}: {_short(old)} -> {_short(new)}"


def _short(value: Any) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:117]}..."


def _kubectl(place: str) -> str:
    namespace, slash, name = place.partition("/")
    return f"-n {namespace} {name}" if slash else place
