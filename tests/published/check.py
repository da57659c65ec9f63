"""Whether what we write fits a provider's compact schema: its arguments, their types, what is required, what is read."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.documents import strings
from tests.published.use import written

TERRAFORMS_OWN = {"//", "alias", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"}
"""Arguments of Terraform itself, which no provider has in its schema.

Source: https://developer.hashicorp.com/terraform/language/meta-arguments
"""
PYTHON = {"bool": bool, "number": int | float, "string": str}
REFERENCE = re.compile(r"(?<![\w.])((?:data|ephemeral)\.)?((?:aws|helm|kubernetes)_\w+)\.(\w+)\.(\w+)", re.ASCII)


def misfits(document: Mapping[str, Any], provider: str, kinds: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each thing of a document that a provider's schema does not take.

    Args:
        document: of a stack.
        provider: `aws`.
        kinds: the published schema's.
    """
    for kind, name, body in written(document, provider):
        if kind not in kinds:
            yield f"{kind}: no schema is committed; run make provider-schemas"
        else:
            yield from _block(f"{kind} {name}".strip(), body, kinds[kind])
    yield from _reads(document, provider, kinds)


def _block(path: str, body: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    arguments, blocks = schema.get("arguments", {}), schema.get("blocks", {})
    for name, value in body.items():
        if name in blocks:
            yield from _nested(f"{path} {name}", value, blocks[name])
        elif name in arguments:
            yield from _value(f"{path} {name}", value, arguments[name].rstrip("!"))
        elif name in schema.get("reads", ()):
            yield f"{path} {name}: only the provider sets it"
        elif name not in TERRAFORMS_OWN and name != "dynamic":
            yield f"{path} {name}: is not an argument"
    needed = {name for name, kind in arguments.items() if kind.endswith("!")}
    needed |= {name for name, block in blocks.items() if block.get("fewest")}
    yield from (f"{path}: {name} is required" for name in sorted(needed - set(body) - set(body.get("dynamic", ()))))


def _nested(path: str, value: Any, block: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(value, str):  # an expression of Terraform
        return
    several = value.values() if block["nesting"] == "map" else value
    for body in several if isinstance(several, list) or several is not value else [value]:
        if isinstance(body, Mapping):
            yield from _block(path, body, block)


def _value(path: str, value: Any, kind: str) -> Iterator[str]:
    outer, _, inner = kind.partition(" ")
    if value is None or outer == "dynamic" or (isinstance(value, str) and "${" in value):
        return
    if outer in {"list", "set"}:
        if not isinstance(value, list):
            yield f"{path}: takes a {kind}, and has {value!r}"
        else:
            for item in value:
                yield from _value(path, item, inner)
    elif outer == "map":
        if not isinstance(value, Mapping):
            yield f"{path}: takes a {kind}, and has {value!r}"
        else:
            for item in value.values():
                yield from _value(path, item, inner)
    elif not isinstance(value, PYTHON[outer]) or isinstance(value, bool) is not (outer == "bool"):
        yield f"{path}: takes a {kind}, and has {value!r}"


def _reads(document: Mapping[str, Any], provider: str, kinds: Mapping[str, Any]) -> Iterator[str]:
    """References to removed attributes."""
    for path, text in strings(document):
        for section, type_name, _, attribute in REFERENCE.findall(text) if "${" in text else ():
            kind = f"{section.rstrip('.') or 'resource'} {type_name}"
            if not type_name.startswith(f"{provider}_") or kind not in kinds:
                continue
            schema = kinds[kind]
            if not any(attribute in schema.get(part, ()) for part in ("arguments", "blocks", "reads")):
                yield f"{path}: {kind} has no attribute {attribute}"
