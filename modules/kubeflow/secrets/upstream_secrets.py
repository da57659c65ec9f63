"""Secrets with content that is public, since upstream's repository has it: they are taken out, and their readers told."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules.kubeflow.manifest import Object, identity, map_strings, strings

# kustomize writes ten characters of this alphabet: https://github.com/kubernetes-sigs/kustomize/blob/master/api/hasher/hasher.go
_HASH = re.compile(r"-[2456789bcdfghkmt]{10}$")


@dataclass(frozen=True)
class RemovedSecret:
    """A Secret with published credentials, taken out; somebody must make one of `name` with these keys."""

    namespace: str
    name: str
    """Name of what replaces it: upstream's without kustomize's hash."""
    keys: tuple[str, ...]
    """Keys that its readers ask for."""
    known: Mapping[str, str]
    """Values among them that are no secret, such as the name of a user."""
    type: str = "Opaque"
    readers: tuple[str, ...] = ()
    """Service accounts of the pods that read it, where these fetch it themselves (`secrets/csi.py`)."""
    versioned: bool = False
    """Whether its name there ends with the version of the credentials."""


def without_hash(name: str) -> str:
    """A name without the hash that kustomize gives generated ConfigMaps and Secrets."""
    return _HASH.sub("", name)


def extract_secrets(
    items: Sequence[Object], secrets: Mapping[str, Mapping[str, str]], namespace: str
) -> tuple[list[Object], list[RemovedSecret]]:
    """Objects without the named Secrets, whose readers look for the name without hash; and what was taken out.

    Args:
        items: objects of one component.
        secrets: names without hash suffix, with values that are no secret.
        namespace: the component's.

    Raises:
        ValueError: a Secret with content that nobody named, a name that matches none, a Secret that nothing reads.
    """
    kept: list[Object] = []
    taken: dict[str, Object] = {}
    for item in items:
        content = _content(item)
        if item["kind"] == "Secret" and without_hash(item["metadata"]["name"]) in secrets:
            taken[item["metadata"]["name"]] = item
        elif content:
            raise ValueError(
                f"{identity(item)}: a Secret with published content ({', '.join(sorted(content))}); name it in `secrets` of "
                "the component's file in patches/, and supply it"
            )
        else:
            kept.append(item)
    if missing := set(secrets) - set(map(without_hash, taken)):
        raise ValueError(f"patch: Secret {', '.join(sorted(missing))}: nothing matches; take it out of `secrets`")
    kept = map_strings(kept, lambda text: without_hash(text) if text in taken else text)
    removed: list[RemovedSecret] = []
    for name, item in taken.items():
        stable = without_hash(name)
        removed.append(
            RemovedSecret(
                item["metadata"].get("namespace") or namespace,
                stable,
                _keys_read(kept, stable, _content(item)),
                secrets[stable],
                item.get("type", "Opaque"),
            )
        )
    return kept, removed


def _content(item: Object) -> dict[str, str]:
    return {**(item.get("data") or {}), **(item.get("stringData") or {})} if item["kind"] == "Secret" else {}


def _keys_read(items: Sequence[Object], name: str, content: Mapping[str, str]) -> tuple[str, ...]:
    """Keys of a Secret that pods ask for one by one; all that it had where they take it as a whole, or text names it."""
    asked: set[str] = set()
    whole = named = False
    for path, value in (pair for item in items for pair in references(item)):
        if value.get("name", value.get("secretName")) == name:
            named = True
            if "key" in value:
                asked.add(value["key"])
            elif path in ("secretRef", "secret"):
                whole = True
    inside = any(name in text and text != name for item in items for _, text in strings(item))
    if not named and not inside:
        raise ValueError(f"Secret {name}: nothing refers to it after it was taken out")
    return tuple(sorted(asked | (set(content) if whole or not asked else set())))


def references(value: Any, key: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping inside that may refer to a Secret or ConfigMap (it has a name), with the key it stands under."""
    if isinstance(value, dict):
        if "name" in value or "secretName" in value:
            yield key, value
        for inner_key, inner in value.items():
            yield from references(inner, inner_key)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner, key)
