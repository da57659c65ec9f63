"""Unknown and missing keys of Terraform JSON at every depth.

Terraform refuses an unknown key at the top of a resource and in blocks, and drops it silently inside an object attribute:
`kubernetes.tokn`, `set[0].nmae` and `timeouts.craete` all pass `terraform validate`, while the value gets lost.
"""

import difflib
from collections.abc import Iterator
from typing import Any

from .bindings_schema import Schema
from .overlay import HELM_3_ONLY, schemas

_META_ARGUMENTS = {"//", "connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"}
_PROVIDER_META_ARGUMENTS = {"//", "alias", "version"}


def mistakes(document: dict[str, Any], also_helm_2: bool = True) -> list[str]:
    """A sentence for each key of the helm and kubernetes parts that the provider does not know, or that it lacks.

    Args:
        document: the whole of a cdk.tf.json.
        also_helm_2: whether the JSON must do for Helm provider 2.17 too, whose helm_release has fewer arguments, and
            which has blocks for what 3.x writes as objects.
    """
    found: list[str] = []
    for provider in ("helm", "kubernetes"):
        known = schemas(provider)
        for at, block in enumerate(_listed(document.get("provider", {}).get(provider, []))):
            found += _of_block(known["provider"], block, f"provider.{provider}[{at}]", _PROVIDER_META_ARGUMENTS)
            if provider == "helm" and also_helm_2:
                found += _single_objects(block, f"provider.{provider}[{at}]", ("kubernetes", "experiments"))
        for type_name, resources in document.get("resource", {}).items():
            if not type_name.startswith(f"{provider}_"):
                continue
            if type_name not in known:
                found.append(f"resource.{type_name}: the stand-in does not know this type; add it in overlay.py")
                continue
            for name, block in resources.items():
                place = f"resource.{type_name}.{name}"
                found += _of_block(known[type_name], block, place, _META_ARGUMENTS)
                if type_name == "helm_release" and also_helm_2:
                    found += [
                        f"{place}.{key}: Helm provider 2.17 has no such argument" for key in HELM_3_ONLY & block.keys()
                    ]
                    found += _single_objects(block, place, ("postrender",))
    return sorted(found)


def _of_block(schema: Schema, block: Any, place: str, meta: set[str]) -> Iterator[str]:
    if isinstance(block, str):
        return
    attributes, blocks = schema["attributes"], schema["block_types"]
    dynamic = block.get("dynamic", {}) if blocks else {}
    yield from _unknown(block.keys() - meta - {"dynamic"}, attributes.keys() | blocks.keys(), place)
    yield from _unknown(dynamic.keys(), blocks.keys(), f"{place}.dynamic")
    yield from _missing(attributes, block, place)
    for name, one in attributes.items():
        if "nested_type" in one and name in block:
            yield from _of_nested(one["nested_type"], block[name], f"{place}.{name}")
    for name, nested in blocks.items():
        contents = [one["content"] for one in _listed(dynamic.get(name, []))]
        for at, inner in enumerate([*_listed(block.get(name, [])), *contents]):
            yield from _of_block(nested["block"], inner, f"{place}.{name}[{at}]", set())
        if nested.get("min_items") and name not in block and name not in dynamic:
            yield f"{place}: {name} is missing"


def _of_nested(nested: dict[str, Any], value: Any, place: str) -> Iterator[str]:
    attributes, nesting = nested["attributes"], nested["nesting_mode"]
    if isinstance(value, str) or value is None:
        return
    if nesting in ("list", "set"):
        if not isinstance(value, list):
            yield f"{place}: is one object where a list belongs"
            return
        entries = {f"{place}[{at}]": one for at, one in enumerate(value)}
    else:
        entries = {place: value} if nesting == "single" else {f"{place}.{key}": one for key, one in value.items()}
    for at, one in entries.items():
        if isinstance(one, list):
            yield f"{at}: is a list where one object belongs"
        elif isinstance(one, dict):
            yield from _unknown(one.keys(), attributes.keys(), at)
            yield from _missing(attributes, one, at)
            for name, inner in attributes.items():
                if "nested_type" in inner and name in one:
                    yield from _of_nested(inner["nested_type"], one[name], f"{at}.{name}")


def _unknown(given: Any, known: Any, place: str) -> Iterator[str]:
    for key in sorted(set(given) - set(known)):
        near = difflib.get_close_matches(key, known, n=1)
        yield f"{place}.{key}: unknown" + (f"; did you mean {near[0]}?" if near else "")


def _missing(attributes: dict[str, Any], given: dict[str, Any], place: str) -> Iterator[str]:
    for name, one in attributes.items():
        if one["required"] and given.get(name) is None:
            yield f"{place}: {name} is missing"


def _single_objects(block: dict[str, Any], place: str, names: tuple[str, ...]) -> Iterator[str]:
    """3.x takes no list of one, and 2.17 no list of two: an object suits both."""
    for name in names:
        if isinstance(block.get(name), list):
            yield f"{place}.{name}: is a list; one object does for Helm provider 2.17 and 3.x"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
