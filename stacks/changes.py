"""What differs between two sets of stack documents, as short lines: an address or an attribute each."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from stacks.document import Document

VALUE_CHARACTERS = 60
"""Length at which a value is cut."""
_COMMENT = "//"  # cdktf's metadata of a block
_ABSENT = object()


def changes(before: Mapping[str, Document], after: Mapping[str, Document]) -> list[str]:
    """Return a line for each added (`+`), removed (`-`) and changed (`~`) stack, block and attribute, stack by stack."""
    lines = []
    for stack in sorted(before.keys() | after.keys()):
        if stack not in before:
            lines.append(f"+ stack {stack}: {len(_blocks(after[stack]))} blocks")
        elif stack not in after:
            lines.append(f"- stack {stack}")
        elif before[stack] != after[stack]:
            found = _of_documents(_blocks(before[stack]), _blocks(after[stack]))
            lines += [f"{sign} {stack}: {line}" for sign, line in found]
    return lines


def _blocks(document: Document) -> dict[str, Any]:
    """Address to block: `aws_vpc.main`, `data.aws_region.here`, `output.vpc_id`, `provider.aws`."""
    found: dict[str, Any] = {}
    for section, content in document.items():
        if section == _COMMENT:
            continue
        if section in ("resource", "data"):
            prefix = "" if section == "resource" else "data."
            found |= {f"{prefix}{of}.{name}": block for of, named in content.items() for name, block in named.items()}
        elif isinstance(content, Mapping):
            found |= {f"{section}.{name}": block for name, block in content.items()}
        else:
            found[section] = content
    return found


def _of_documents(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for address in sorted(before.keys() | after.keys()):
        if address not in before:
            yield "+", address
        elif address not in after:
            yield "-", address
        else:
            yield from _of_values(before[address], after[address], address)


def _of_values(before: Any, after: Any, path: str) -> Iterator[tuple[str, str]]:
    if before == after:
        return
    old, new = _decoded(before), _decoded(after)
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted((old.keys() | new.keys()) - {_COMMENT}):
            yield from _of_values(old.get(key, _ABSENT), new.get(key, _ABSENT), f"{path}.{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _of_values(one, other, f"{path}[{index}]")
    elif before is _ABSENT:
        yield "+", f"{path}: {_short(after)}"
    elif after is _ABSENT:
        yield "-", f"{path}: {_short(before)}"
    else:
        yield "~", f"{path}: {_short(before)} -> {_short(after)}"


def _decoded(value: Any) -> Any:
    """A policy or another document that Terraform takes as text, as what it holds."""
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _short(value: Any) -> str:
    text = "".join(c if c.isprintable() else "�" for c in json.dumps(value, ensure_ascii=False, sort_keys=True))
    return text if len(text) <= VALUE_CHARACTERS else f"{text[: VALUE_CHARACTERS - 1]}…"
