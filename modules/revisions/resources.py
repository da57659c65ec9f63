"""Terraform resources that are new, removed, moved, replaced or changed, by address and attribute."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from modules.aws_data.replacing_attributes import REPLACING
from modules.revisions.documents import Difference, Documents, blocks, of_block

_ORDER = re.compile(r"depends_on\b|lifecycle\.(pre|post)condition\b")
"""Order and checks of an apply: a change of these alone changes nothing in AWS or the cluster."""
What = Literal["added", "removed", "kept in AWS", "moved", "replaced", "changed"]


@dataclass(frozen=True)
class BlockChange:
    """One block of a stack."""

    stack: str
    address: str
    what: What
    attributes: tuple[Difference, ...] = ()
    moved_from: str = ""
    """Its address before, if it moved."""

    @property
    def is_resource(self) -> bool:
        """Whether it is a managed resource, and no data source, value, output or setting."""
        return address_is_resource(self.address)


def address_is_resource(address: str) -> bool:
    """Whether an address of `blocks` is that of a managed resource."""
    return not re.match(
        r"(data|ephemeral|check|locals|output|provider|terraform|variable|moved|removed|import)(\.|$)", address
    )


def block_changes(before: Documents, after: Documents) -> Iterator[BlockChange]:
    """All differences between two versions of a platform's stacks.

    Args:
        before: stacks of the earlier version.
        after: stacks of the later one.
    """
    for stack in sorted({*before, *after}):
        yield from _of_stack(stack, before.get(stack, {}), after.get(stack, {}))


def _of_stack(stack: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[BlockChange]:
    old, new = blocks(before), blocks(after)
    moves = {one["to"]: one["from"] for one in _listed(after.get("moved")) if one["from"] in old and one["to"] in new}
    kept = {one["from"] for one in _listed(after.get("removed")) if not _destroys(one)}
    for address in sorted(old.keys() | new.keys()):
        if address in ("moved", "removed") or (address in moves.values() and address not in new):
            continue
        if address not in old and address not in moves:
            yield BlockChange(stack, address, "added")
        elif address not in new:
            yield BlockChange(stack, address, "kept in AWS" if address in kept else "removed")
        else:
            yield from _changed(stack, address, old[moves.get(address, address)], new[address], moves.get(address, ""))


def _changed(stack: str, address: str, old: Any, new: Any, moved_from: str) -> Iterator[BlockChange]:
    found = tuple(one for one in of_block(address, old, new) if not _ORDER.match(one.attribute))
    if any(_replaces(one) for one in found):
        yield BlockChange(stack, address, "replaced", found, moved_from)
    elif moved_from:
        yield BlockChange(stack, address, "moved", found, moved_from)
    elif found:
        yield BlockChange(stack, address, "changed", found)


def _replaces(one: Difference) -> bool:
    """Whether Terraform replaces the resource; a value that it knows only at apply is compared by its expression."""
    if not address_is_resource(one.address):
        return False
    path = re.sub(r"\[\d+\]", "", one.attribute)
    paths = REPLACING.get(one.address.partition(".")[0], ())
    return any(path == other or path.startswith(f"{other}.") or other.startswith(f"{path}.") for other in paths)


def _destroys(block: Mapping[str, Any]) -> bool:
    return any(bool(one.get("destroy", True)) for one in _listed(block.get("lifecycle") or {}))


def _listed(value: Any) -> list[Any]:
    """In Terraform's JSON syntax one block is an object, several are a list."""
    return [] if value is None else [value] if isinstance(value, Mapping) else list(value)


def summary(changes: list[BlockChange]) -> str:
    """Numbers of changed resources: `2 added, 1 replaced`; empty if there is none."""
    order: tuple[What, ...] = ("added", "changed", "replaced", "moved", "removed", "kept in AWS")
    counts = {what: sum(one.what == what for one in changes if one.is_resource) for what in order}
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)
