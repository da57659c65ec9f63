"""The section Teardown for terminal, JSON and reports."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from modules.aws_data.stateful_types import STATEFUL_TYPES
from modules.checks.finding import Finding, Kind
from modules.checks.inputs import Inputs
from modules.checks.section import Section, Table
from modules.checks.teardown import kinds
from modules.checks.teardown.facts import Facts
from modules.checks.teardown.kept import Kept, kept
from modules.checks.teardown.outside import outside

BY_HAND = (kinds.BUCKETS, kinds.REPOSITORIES)
"""Kinds that a destroy refuses while they hold something."""
SHOWN = 5
"""Places that a finding names; a table has all of them."""


def section(inputs: Inputs) -> Section:
    """What a teardown of a platform destroys, and what remains."""
    facts = Facts(inputs.platform, inputs.documents)
    stacks = facts.stacks
    remains = list(kept(facts))
    made = list(outside(facts))
    protected = [one for one in facts.resources if one.is_protected]
    refused = "refused while deletion protection is on; " if protected else ""
    by_hand = sum(one.kind in BY_HAND for one in remains)
    verdict = f"{refused}{len(stacks)} stacks, {len(facts.resources)} resources; {by_hand} to empty by hand"
    return Section(
        "Teardown",
        verdict,
        tuple(_findings(facts, remains, made)),
        (_order(facts), *_remaining(remains), _made(made)),
        document=_document(facts, remains, made),
    )


def _findings(facts: Facts, remains: Iterable[Kept], made: Iterable[tuple[Kind, str, str]]) -> Iterator[Finding]:
    if protected := [one.address for one in facts.resources if one.is_protected]:
        yield _of(kinds.PROTECTED, f"{len(protected)} resources are protected: {_shown(protected)}")
    places: dict[Kind, list[str]] = {}
    for one in remains:
        places.setdefault(one.kind, []).append(one.where)
    for kind, where in places.items():
        yield _of(kind, f"{kind.title}: {_shown(where)}")
    for kind, maker, mark in made:
        yield _of(kind, f"{kind.title}: from {maker}; {mark}")
    if own := [one.name for one in facts.kubeflow.extra_components]:
        yield _of(kinds.OTHER_CONTROLLERS, f"what your own components create in AWS: {_shown(own)}")


def _of(kind: Kind, text: str) -> Finding:
    return Finding(kind.id, kind.severity, text, kind.fix)


def _shown(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _order(facts: Facts) -> Table:
    rows = []
    for number, stack in enumerate(reversed(list(facts.stacks)), start=1):
        of_stack = [one for one in facts.resources if one.stack == stack]
        data = [f"{one.kind}.{one.name}" for one in of_stack if one.kind in STATEFUL_TYPES]
        protected = sum(one.is_protected for one in of_stack)
        rows.append((str(number), stack, str(len(of_stack)), str(protected), ", ".join(data) or "none"))
    return Table(
        "Order of the destroy",
        ("step", "stack", "resources", "protected", "holds data"),
        tuple(rows),
        "Before step 1 `teardown` deletes what controllers made for users in the cluster.",
        frozenset({"step", "resources", "protected"}),
    )


def _remaining(remains: list[Kept]) -> Iterator[Table]:
    by_hand = [(one.kind.id, one.where, one.what) for one in remains if one.kind in BY_HAND]
    if by_hand:
        yield Table(
            "To empty by hand",
            ("finding", "where", "name"),
            tuple(by_hand),
            "The destroy fails while they hold something.",
        )
    rest = [(one.kind.id, one.where, one.what, one.until) for one in remains if one.kind not in BY_HAND]
    if rest:
        yield Table("What remains", ("finding", "where", "what", "until"), tuple(rest))


def _made(made: list[tuple[Kind, str, str]]) -> Table:
    rows = tuple((kind.id, kind.title, maker, mark) for kind, maker, mark in made)
    return Table(
        "Created outside of Terraform",
        ("finding", "what", "by", "recognized by"),
        rows,
        "`teardown` waits for their removal, and lists at the end what is still there.",
    )


def _document(facts: Facts, remains: list[Kept], made: list[tuple[Kind, str, str]]) -> Mapping[str, Any]:
    return {
        "stacks": [
            {
                "stack": stack,
                "resources": [f"{one.kind}.{one.name}" for one in facts.resources if one.stack == stack],
                "holds_data": [f"{one.kind}.{one.name}" for one in facts.stateful if one.stack == stack],
            }
            for stack in reversed(list(facts.stacks))
        ],
        "remains": [{"id": one.kind.id, "where": one.where, "what": one.what, "until": one.until} for one in remains],
        "outside": [{"id": kind.id, "by": maker, "recognized_by": mark} for kind, maker, mark in made],
    }
