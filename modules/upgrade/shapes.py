"""Fields of a CRD schema, as a table of deduplicated parts.

A shape is a sorted list of entries: `replicas` is a field, `name!` a required field, `spec:1a2b3c` a field with the fields
of another shape, `env[]:4d5e6f` a list and `labels{}:7a8b9c` a map of such. `*` allows any field.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

ANY = "*"


def add_shape(schema: Mapping[str, Any], table: dict[str, str]) -> str:
    """Add a schema's shape to the table and return its id; empty if it has no fields.

    Args:
        schema: OpenAPI v3 schema of a CustomResourceDefinition.
        table: `{id: shape}`; parts of the schema are added, too.
    """
    required = set(schema.get("required") or ())
    entries = []
    for name, inner in sorted((schema.get("properties") or {}).items()):
        suffix, inner = _within(inner)
        shape = add_shape(inner, table)
        entries.append(f"{name}{'!' * (name in required)}{suffix}" + (f":{shape}" if shape else ""))
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        entries.append(ANY)
    if not entries:
        return ""
    text = " ".join(entries)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    if table.setdefault(digest, text) != text:
        raise ValueError(f"two schemas have the hash {digest}; use more of its characters")
    return digest


def _within(schema: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The schema of list or map items, and its suffix."""
    suffix = ""
    while True:
        values = schema.get("additionalProperties")
        if isinstance(schema.get("items"), Mapping):
            suffix, schema = suffix + "[]", schema["items"]
        elif isinstance(values, Mapping):
            suffix, schema = suffix + "{}", values
        else:
            return suffix, schema


def fields(shape: str, table: Mapping[str, str]) -> Mapping[str, str]:
    """`{field with suffix but without !: id of its shape}` of one shape."""
    found = {}
    for entry in table[shape].split() if shape else ():
        name, _, inner = entry.partition(":")
        found[name.replace("!", "")] = inner
    return found


def required(shape: str, table: Mapping[str, str]) -> set[str]:
    """Required fields of one shape."""
    entries = table[shape].split() if shape else ()
    return {name.replace("!", "") for entry in entries if "!" in (name := entry.partition(":")[0])}


def removed_fields(
    old: str, old_table: Mapping[str, str], new: str, new_table: Mapping[str, str], path: str = ""
) -> Iterator[str]:
    """Paths of removed fields, without fields below a reported one."""
    if old == new:
        return
    before, after = fields(old, old_table), fields(new, new_table)
    for name, inner in before.items():
        if name == ANY:
            continue
        here = f"{path}.{name}" if path else name
        if name in after:
            yield from removed_fields(inner, old_table, after[name], new_table, here)
        elif ANY not in after:
            yield here


def newly_required(
    old: str, old_table: Mapping[str, str], new: str, new_table: Mapping[str, str], path: str = ""
) -> Iterator[str]:
    """Paths of newly required fields, without fields below a new one."""
    if old == new:
        return
    before, after = fields(old, old_table), fields(new, new_table)
    for name in sorted(required(new, new_table) - required(old, old_table)):
        yield f"{path}.{name}" if path else name
    for name, inner in before.items():
        if name in after:
            yield from newly_required(inner, old_table, after[name], new_table, f"{path}.{name}" if path else name)
