"""What differs between two sets of stack documents, as short lines: an address or an attribute each."""

from collections.abc import Mapping

from modules.revisions.documents import ABSENT, Difference, blocks, differences, short
from stacks.document import Document

VALUE_CHARACTERS = 60
"""Length at which a value is cut."""


def changes(before: Mapping[str, Document], after: Mapping[str, Document]) -> list[str]:
    """Return a line for each added (`+`), removed (`-`) and changed (`~`) stack, block and attribute, stack by stack."""
    lines = []
    for stack in sorted(before.keys() | after.keys()):
        if stack not in before:
            lines.append(f"+ stack {stack}: {len(blocks(after[stack]))} blocks")
        elif stack not in after:
            lines.append(f"- stack {stack}")
        elif before[stack] != after[stack]:
            found = differences(blocks(before[stack]), blocks(after[stack]))
            lines += [f"{one.sign} {stack}: {_line(one)}" for one in found]
    return lines


def _line(one: Difference) -> str:
    if not one.attribute and ABSENT in (one.before, one.after):
        return one.path
    shown = [short(value, VALUE_CHARACTERS) for value in (one.before, one.after) if value is not ABSENT]
    return f"{one.path}: {' -> '.join(shown)}"
