"""What differs between two sets of stack documents, block by block and attribute by attribute."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Documents = Mapping[str, Mapping[str, Any]]
"""Stack name to its parsed `cdk.tf.json`."""
COMMENT = "//"
"""Key of cdktf's metadata of a block."""
ABSENT: Any = object()
"""In the place of a value that one side lacks."""


@dataclass(frozen=True)
class Difference:
    """A block or an attribute that one side lacks, or a value that differs."""

    address: str
    """Of the block: `aws_vpc.main`, `data.aws_region.here`, `output.vpc_id`, `provider.aws`."""
    attribute: str
    """Path inside of the block, such as `tags.Name` or `[0].region`; empty: the block."""
    before: Any
    after: Any

    @property
    def sign(self) -> str:
        """`+` for new, `-` for removed, `~` for another value."""
        return "+" if self.before is ABSENT else "-" if self.after is ABSENT else "~"

    @property
    def path(self) -> str:
        """Address and attribute."""
        dot = "." if self.attribute and not self.attribute.startswith("[") else ""
        return f"{self.address}{dot}{self.attribute}"


def blocks(document: Mapping[str, Any]) -> dict[str, Any]:
    """Address to block."""
    found: dict[str, Any] = {}
    for section, content in document.items():
        if section == COMMENT:
            continue
        if section in ("resource", "data", "ephemeral"):
            prefix = "" if section == "resource" else f"{section}."
            found |= {f"{prefix}{of}.{name}": block for of, named in content.items() for name, block in named.items()}
        elif isinstance(content, Mapping):
            found |= {f"{section}.{name}": block for name, block in content.items()}
        else:
            found[section] = content
    return found


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """Differences between two versions of one document, by address.

    Args:
        before: address to block.
        after: the same of the other version.
    """
    for address in sorted(before.keys() | after.keys()):
        old, new = before.get(address, ABSENT), after.get(address, ABSENT)
        if old is ABSENT or new is ABSENT:
            yield Difference(address, "", old, new)
        else:
            yield from of_block(address, old, new)


def of_block(address: str, before: Any, after: Any, attribute: str = "") -> Iterator[Difference]:
    """Differences inside of one block."""
    if before == after:
        return
    old, new = _decoded(before), _decoded(after)
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted((old.keys() | new.keys()) - {COMMENT}):
            inner = f"{attribute}.{key}" if attribute else key
            yield from of_block(address, old.get(key, ABSENT), new.get(key, ABSENT), inner)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from of_block(address, one, other, f"{attribute}[{index}]")
    else:
        yield Difference(address, attribute, before, after)


def short(value: Any, characters: int) -> str:
    """A value as JSON in one line.

    Args:
        value: the value.
        characters: length at which it is cut.
    """
    text = "".join(c if c.isprintable() else "�" for c in json.dumps(value, ensure_ascii=False, sort_keys=True))
    return text if len(text) <= characters else f"{text[: characters - 1]}…"


def _decoded(value: Any) -> Any:
    """A policy or another document that Terraform takes as text, as what it holds."""
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
