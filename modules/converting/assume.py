"""Settings that a format needs and that its files do not have."""

from typing import Any

from modules.converting.draft import Draft
from modules.converting.row import Row, Rows
from modules.converting.source import source


def assume(draft: Draft, rows: Rows, setting: str, value: Any, fix: str) -> None:
    """Set a value that no file has, with a row that says what to do; a value that is there stays.

    Args:
        draft: gets the value.
        rows: get the row.
        setting: path in the draft.
        value: a valid one.
        fix: what a person does about it.
    """
    if draft.get(setting) is None:
        draft.set(setting, value)
        path = draft.numbered(setting)
        rows.add(Row("", 0, path, source(value), "by_hand", path, f"no file has it; {fix}", matters=True), setting)
