"""Reads a document with the table of its format: one row for each key, and the values of the draft."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.converting.document import Document, KeyPath, dotted
from modules.converting.draft import Draft
from modules.converting.field import Entry, Field, Outcome, Table
from modules.converting.row import Row, Rows
from modules.errors import printable, split_sentence
from modules.rules.pasted_secrets import is_secret

LONGEST_VALUE = 60
"""Characters of a value in the report."""
LEFT_OUT = "(left out)"
"""In place of a secret."""


@dataclass
class _Place:
    """A part of a path in a table."""

    known: Field | None = None
    inside: dict[str, "_Place"] = field(default_factory=dict)

    def child(self, part: str | int) -> "_Place | None":
        if isinstance(part, int):
            return self.inside.get("[]")
        return self.inside.get(part) or self.inside.get("*")


def walk(document: Document, table: Table, source: str, draft: Draft, rows: Rows) -> None:
    """Add the values of a document to the draft, and a row for each key to the rows.

    Args:
        document: what to read.
        table: of its format.
        source: of the table, such as `eksctl 0.230`.
        draft: gets values.
        rows: gets rows.
    """
    root = _tree(table)
    for path, value, found in _fields(document.data, (), root):
        entry = Entry(document, path, value)
        if found is None:
            note = f"unknown key: {source} does not have it; check its spelling"
            _add(rows, entry, Outcome("no_home", note, {}, True), unknown=True)
        else:
            _apply(entry, found, draft, rows)


def parts(path: str) -> list[str]:
    """`nodeGroups[].name` as the parts of a table: nodeGroups, [], name."""
    return path.replace("[]", ".[]").split(".")


def _tree(table: Table) -> _Place:
    root = _Place()
    for path, known in table.items():
        place = root
        for part in parts(path):
            place = place.inside.setdefault(part, _Place())
        place.known = known
    return root


def _fields(value: Any, path: KeyPath, place: _Place | None) -> Iterator[tuple[KeyPath, Any, Field | None]]:
    """Each field and each unknown key with its value."""
    if place is not None and place.known is not None:
        yield path, value, place.known
        return
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else None
    if place is not None and value in (None, {}, []):
        yield path, value, Field("maps", note="is empty")
        return
    if place is not None and inner is None:
        yield path, value, Field("by_hand", note="has another form than the format defines; correct it", matters=True)
        return
    if place is None or inner is None:
        yield path, value, None
        return
    for part, item in inner:
        yield from _fields(item, (*path, part), place.child(part))


def _apply(entry: Entry, known: Field, draft: Draft, rows: Rows) -> None:
    outcome = Outcome(known.verdict, known.note, {}, known.matters)
    if known.decide is not None:
        try:
            outcome = known.decide(entry) or outcome
        except ValueError as error:
            what, fix = split_sentence(str(error))
            outcome = Outcome("by_hand", f"{what}; {fix}" if fix else what, {}, True)
    settings = {entry.tagged(setting): value for setting, value in outcome.settings.items()}
    for setting, kind in outcome.kinds.items():
        draft.choose(entry.tagged(setting), kind)
    for setting, value in settings.items():
        earlier = rows.first(setting)
        if earlier is not None and draft.get(setting) != value:
            note = f"{earlier.place} says {_shown(draft.get(setting))}, which is used; decide which is right"
            _add(rows, entry, Outcome("by_hand", note, {}, True))
            return
    for setting, value in settings.items():
        draft.set(setting, value)
    named = [*outcome.settings, *outcome.kinds, *([] if known.decide else [known.setting])]
    setting = re.sub(r"<[^<>]*>", "[]", next(iter(named), ""))
    _add(rows, entry, outcome, setting, *settings, secret=known.secret)


def _add(
    rows: Rows,
    entry: Entry,
    outcome: Outcome,
    setting: str = "",
    *settings: str,
    secret: bool = False,
    unknown: bool = False,
) -> None:
    row = Row(
        entry.document.file_of(entry.path),
        entry.document.line(entry.path),
        printable(dotted(entry.path)),
        LEFT_OUT if secret and entry.value else _shown(_without_secrets(str(entry.path[-1]), entry.value)),
        outcome.verdict,
        setting,
        printable(outcome.note),
        outcome.matters,
        unknown,
    )
    rows.add(row, *settings)


def _without_secrets(key: str, value: Any) -> Any:
    """A value without what the keys in it call a secret; in a pair of `name` and `value`, the name is the key."""
    if isinstance(value, Mapping):
        named = str(value.get("name")) if "value" in value else None
        return {
            name: _without_secrets(named if named and name == "value" else str(name), item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_without_secrets(key, item) for item in value]
    return LEFT_OUT if is_secret(key, value) else value


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = printable(" ".join(text.split()))
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
