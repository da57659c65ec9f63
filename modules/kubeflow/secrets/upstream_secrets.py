"""Removal of upstream Secrets with public content, and redirection of their readers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules.kubeflow.manifest import Object, identity, map_strings, strings

# kustomize writes ten characters of this alphabet: https://github.com/kubernetes-sigs/kustomize/blob/master/api/hasher/hasher.go
_HASH = re.compile(r"-[2456789bcdfghkmt]{10}$")


@dataclass(frozen=True)
class RemovedSecret:
    """A removed Secret with public credentials; a replacement with this name and these keys is required."""

    namespace: str
    name: str
    """Name of the replacement: upstream's without kustomize's hash."""
    keys: tuple[str, ...]
    """Keys used by its readers."""
    known: Mapping[str, str]
    """Non-secret values, such as a user name."""
    type: str = "Opaque"
    readers: tuple[str, ...] = ()
    """Service accounts of the pods that read it via CSI (`secrets/csi.py`)."""
    versioned: bool = False
    """Whether its name ends with the credential version."""


def without_hash(name: str) -> str:
    """A name without kustomize's hash suffix of generated ConfigMaps and Secrets."""
    return _HASH.sub("", name)


def extract_secrets(
    items: Sequence[Object], secrets: Mapping[str, Mapping[str, str]], namespace: str
) -> tuple[list[Object], list[RemovedSecret]]:
    """Objects without the named Secrets, with readers redirected to the name without hash; and the removed Secrets.

    Args:
        items: objects of one component.
        secrets: names without hash suffix, with their non-secret values.
        namespace: namespace of the component.

    Raises:
        ValueError: a Secret with unlisted content, a name without match, an unread Secret.
    """
    kept: list[Object] = []
    taken: dict[str, Object] = {}
    for item in items:
        content = _content(item)
        if item["kind"] == "Secret" and without_hash(item["metadata"]["name"]) in secrets:
            taken[item["metadata"]["name"]] = item
        elif content:
            raise ValueError(
                f"{identity(item)}: a Secret with public content ({', '.join(sorted(content))}); list it in `secrets` of "
                "the component's patches.py, and supply it"
            )
        else:
            kept.append(item)
    if missing := set(secrets) - set(map(without_hash, taken)):
        raise ValueError(f"patch: Secret {', '.join(sorted(missing))}: no match; remove it from `secrets`")
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
    """Keys of a Secret referenced individually; all its keys if it is used as a whole or named in text."""
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
        raise ValueError(f"Secret {name}: no reference to it remains after its removal")
    return tuple(sorted(asked | (set(content) if whole or not asked else set())))


def references(value: Any, key: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping inside that can refer to a Secret or ConfigMap (it has a name), with its key."""
    if isinstance(value, dict):
        if "name" in value or "secretName" in value:
            yield key, value
        for inner_key, inner in value.items():
            yield from references(inner, inner_key)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner, key)
