"""Rows of the report: what became of each key of the files."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Literal

Verdict = Literal["maps", "changed", "no_home", "by_hand"]
VERDICTS: dict[Verdict, str] = {
    "by_hand": "must be done by hand",
    "changed": "maps with a change",
    "no_home": "has no setting here",
    "maps": "maps as it is",
}
"""Verdict to its words, in the order of the report."""


@dataclass(frozen=True)
class Row:
    """One key of a file, or something that the settings need and no file has."""

    file: str
    """Empty: no file has it."""
    line: int
    """From 1; 0: no file has it."""
    key: str
    """Path of the key in the file, or of the setting that no file has."""
    value: str
    verdict: Verdict
    setting: str = ""
    """Path of the setting; empty: none."""
    note: str = ""
    """What is different, what to do, or why there is no setting."""
    matters: bool = False
    """Whether the platform behaves differently, or lacks something, without further work."""

    unknown: bool = False
    """Whether the format does not have the key."""

    @property
    def place(self) -> str:
        """`cluster.yaml:12`; empty: no file has it."""
        return f"{self.file}:{self.line}" if self.file else ""


class Rows:
    """The rows of a conversion; a row can be changed as long as the settings are not valid."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._of_setting: dict[str, list[int]] = {}

    def add(self, row: Row, *settings: str) -> None:
        """Add a row.

        Args:
            row: the row.
            settings: paths in the draft that its key has set.
        """
        for setting in settings:
            self._of_setting.setdefault(setting, []).append(len(self._rows))
        self._rows.append(row)

    def refuse(self, setting: str, note: str) -> bool:
        """Mark what set a path in the draft, or a part of it, as to be done by hand; False: no key did.

        The note of what is to be done by hand already stays.
        """
        return self._change(setting, verdict="by_hand", note=note, matters=True)

    def note(self, setting: str, note: str, verdict: Verdict = "by_hand") -> bool:
        """Set the note of what set a path in the draft; False: no key did."""
        positions = self._of_setting.get(setting, ())
        for position in positions:
            self._rows[position] = replace(self._rows[position], verdict=verdict, note=note, matters=True)
        return bool(positions)

    def keep(self, files: Collection[str], own: Collection[str], note: str) -> None:
        """Mark the known keys of some files as kept, without those of some settings.

        Args:
            files: whose rows are meant.
            own: first parts of settings that are made in another way.
            note: for the report.
        """
        for position, row in enumerate(self._rows):
            if row.file in files and not row.unknown and row.setting.partition(".")[0].removesuffix("[]") not in own:
                self._rows[position] = replace(row, verdict="maps", setting="imported", note=note, matters=False)

    def forget(self, setting: str, note: str) -> bool:
        """Mark what set a path in the draft, or a part of it, as not needed; False: no key did."""
        return self._change(setting, verdict="maps", setting="", note=note, matters=False)

    def _change(self, at: str, **changes: Any) -> bool:
        positions = {
            position
            for path, found in self._of_setting.items()
            if path == at or path.startswith((f"{at}.", f"{at}<"))
            for position in found
        }
        for position in positions:
            if self._rows[position].verdict != "by_hand":
                self._rows[position] = replace(self._rows[position], **changes)
        return bool(positions)

    def first(self, setting: str) -> Row | None:
        """The row of the first key that set a path in the draft."""
        found = self._of_setting.get(setting)
        return self._rows[found[0]] if found else None

    def all(self) -> list[Row]:
        """All rows: those of each file by line, then what no file has."""
        return sorted(self._rows, key=lambda row: (not row.file, row.file, row.line))
