"""What a change of `Platform.state` or of `Platform.name` does to the states of a platform, stack by stack."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cli.stack_list import Stack
from stacks.document import Document, managed
from stacks.fixed_values import place_of_state

COMPARED = ("resource", "output", "moved", "removed", "import")
"""Parts of a stack that a move of its state must not change; backend, readers of states and providers may."""
ELSEWHERE = "decided by your pipeline"


@dataclass(frozen=True)
class Move:
    """One stack and where its state goes.

    Args:
        old: the stack as it is in generated/.
        new: the stack as main.py has it.
    """

    old: Stack
    new: Stack

    @property
    def before(self) -> str:
        """Where the state is."""
        return place_of_state(self.old.document) or ELSEWHERE

    @property
    def after(self) -> str:
        """Where it goes."""
        return place_of_state(self.new.document) or ELSEWHERE

    @property
    def changes(self) -> list[str]:
        """Addresses and outputs that differ, or exist in one of both only."""
        return [name for part in COMPARED for name in _differences(part, self.old.document, self.new.document)]


def moves(old: Sequence[Stack], new: Sequence[Stack], platform: str, earlier: str) -> list[Move]:
    """The stacks of a platform in order, each with its new place.

    Args:
        old: all stacks of generated/.
        new: all stacks of main.py.
        platform: name of the platform in main.py.
        earlier: its name in generated/.

    Raises:
        ValueError: generated/ does not have it or has other stacks, or a pipeline decides where a state is.
    """
    before = {stack.layer: stack for stack in old if stack.platform == earlier}
    after = {stack.layer: stack for stack in new if stack.platform == platform}
    if not before:
        names = ", ".join(dict.fromkeys(stack.platform for stack in old))
        raise ValueError(f"{earlier}: generated/ has no such platform; it has: {names}")
    if others := sorted(before.keys() ^ after.keys()):
        raise ValueError(
            f"{platform}: the stacks {', '.join(others)} are only in main.py or only in generated/; move with the same stacks, then change the rest"
        )
    found = [Move(stack, after[layer]) for layer, stack in before.items()]
    if any(ELSEWHERE in (move.before, move.after) for move in found):
        raise ValueError(
            f"{platform}: State.none() leaves the place of states to another pipeline; move them there, with `terraform state pull` "
            "and `terraform state push` in each stack"
        )
    return [move for move in found if (move.before, move.old.name) != (move.after, move.new.name)]


def other_changes(found: Iterable[Move]) -> list[str]:
    """`<stack>: <address>` of what main.py changes in addition to the place of states."""
    return [f"{move.new.name}: {one}" for move in found for one in move.changes]


def _differences(part: str, old: Document, new: Document) -> Iterator[str]:
    before, after = _flat(part, old), _flat(part, new)
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield name


def _flat(part: str, document: Document) -> dict[str, Any]:
    found = document.get(part, {})
    if part == "resource":
        return {address: _body(document, address) for address in managed(document)}
    if part == "output":
        return {f"output {name}": body for name, body in found.items()}
    blocks = [found] if isinstance(found, dict) and found else list(found)
    return {f"{part} {block.get('from') or block.get('to')}": block for block in blocks}


def _body(document: Document, address: str) -> Any:
    """A resource without cdktf's comment, which names the stack."""
    kind, _, name = address.partition(".")
    return {key: value for key, value in document["resource"][kind][name].items() if key != "//"}
