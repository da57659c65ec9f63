"""A provider's schema in few bytes: what can be written, and the names of what can be read."""

import json
from collections.abc import Mapping
from typing import Any

from tests.stand_ins.providers.bindings_schema import Schema


def compact(schema: Schema) -> dict[str, Any]:
    """A block without what no check needs.

    `arguments`: name to type, with a `!` behind it when it is required. `reads`: names that only the provider sets. `blocks`: name
    to nesting, fewest, and the block within; an attribute of objects is one, too, since JSON writes both the same way.
    """
    arguments: dict[str, Any] = {}
    reads: list[str] = []
    blocks: dict[str, Any] = {}
    for name, one in sorted(schema["attributes"].items()):
        if not one["optional"] and not one["required"]:
            reads.append(name)
        elif "nested_type" in one:
            inner = {"attributes": one["nested_type"]["attributes"], "block_types": {}}
            blocks[name] = _block(one["nested_type"]["nesting_mode"], int(one["required"]), inner)
        else:
            arguments[name] = type_name(one["type"]) + ("!" if one["required"] else "")
    for name, block in sorted(schema["block_types"].items()):
        blocks[name] = _block(block["nesting_mode"], block.get("min_items", 0), block["block"])
    parts = {"arguments": arguments, "reads": reads, "blocks": blocks}
    return {name: part for name, part in parts.items() if part}


def _block(nesting: str, fewest: int, block: Schema) -> dict[str, Any]:
    return {"nesting": nesting, **({"fewest": fewest} if fewest else {}), **compact(block)}


def type_name(kind: Any) -> str:
    """`string`, `list string`, `map string`."""
    return kind if isinstance(kind, str) else " ".join(part if isinstance(part, str) else "dynamic" for part in kind)


def rendered(content: Mapping[str, Any]) -> str:
    """A file of schemas: sorted JSON, a line for each kind, so that a diff shows which one changed."""
    head = [f"{json.dumps(key)}: {json.dumps(value)}," for key, value in sorted(content.items()) if key != "kinds"]
    kinds = [
        f"{json.dumps(kind)}: {json.dumps(schema, separators=(',', ':'), sort_keys=True)}"
        for kind, schema in sorted(content["kinds"].items())
    ]
    return "{\n" + "\n".join(head) + '\n"kinds": {\n' + ",\n".join(kinds) + "\n}}\n"
