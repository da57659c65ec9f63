"""Tables of formats: each known field, what becomes of it, and how its value changes.

A table maps the path of a field to a `Field`. In paths, `[]` is any position of a list and `*` any key of a mapping. A field takes
all that is in it; a path that only begins longer paths is a section.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from modules.converting.document import Document, KeyPath, dotted
from modules.converting.row import Verdict
from modules.settings.section import Section


@dataclass(frozen=True)
class Entry:
    """One field of a document, with its value."""

    document: Document
    path: KeyPath
    value: Any

    @property
    def key(self) -> str:
        """Its path in the usual notation."""
        return dotted(self.path)

    def of_item(self, *path: str | int) -> Any:
        """A value next to it: of the innermost item of a list around it, or of the document; None: there is none."""
        return self.document.get(*self._item, *path)

    def tagged(self, setting: str) -> str:
        """The path in the draft of a setting: each `[]` becomes the place of an item around the field, the outermost first."""
        places = [dotted(self.path[: at + 1]) for at, part in enumerate(self.path) if isinstance(part, int)]
        return re.sub(r"\[\]", lambda _: f"<{places.pop(0)}>", setting)

    @property
    def _item(self) -> KeyPath:
        last = max((at for at, part in enumerate(self.path) if isinstance(part, int)), default=-1)
        return self.path[: last + 1]


@dataclass(frozen=True)
class Outcome:
    """What becomes of one field."""

    verdict: Verdict
    note: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Setting to value; `[]` as in `Entry.tagged`, or a tag of one's own as `<tag>`, also for one value of a tuple."""
    matters: bool = False
    kinds: Mapping[str, type[Section]] = field(default_factory=dict)
    """Path of a section to its class, where there is a choice."""


@dataclass(frozen=True)
class Field:
    """What becomes of a known field, unless its value says otherwise."""

    verdict: Verdict
    setting: str = ""
    """Setting that it becomes, for the documentation and the report."""
    note: str = ""
    matters: bool = False
    decide: Callable[[Entry], Outcome | None] | None = None
    """Reads the value; None, or no outcome: as above. A ValueError `what; what to do` makes a row to be done by hand."""
    secret: bool = False
    """Whether the value is, or holds, a secret: the report leaves it out."""


Table = Mapping[str, Field]


def same(setting: str, value: Callable[[Any], Any] = lambda value: value, note: str = "") -> Field:
    """A field whose value a setting takes.

    Args:
        setting: path of the setting.
        value: the value in the setting's own type.
        note: for the report.
    """
    return Field("maps", setting, note, decide=lambda entry: Outcome("maps", note, {setting: value(entry.value)}))


def texts(value: Any) -> Any:
    """A list as a tuple of texts; other values as they are, for the rules of the setting to refuse."""
    return tuple(map(str, value)) if isinstance(value, list) else value


def changed(setting: str, value: Callable[[Any], Any], note: str, *, matters: bool = False) -> Field:
    """A field whose meaning changes; see `same`."""
    return Field(
        "changed",
        setting,
        note,
        matters,
        lambda entry: Outcome("changed", note, {setting: value(entry.value)}, matters),
    )


def decided(setting: str, decide: Callable[[Entry], Outcome | None], note: str = "") -> Field:
    """A field whose value decides what becomes of it.

    Args:
        setting: path of the setting that it usually becomes.
        decide: the decision.
        note: for the documentation.
    """
    return Field("changed", setting, note, decide=decide)


def no_home(why: str, *, matters: bool = False) -> Field:
    """A field without a setting here."""
    return Field("no_home", "", why, matters)


def by_hand(what: str) -> Field:
    """A field that must be carried over by hand."""
    return Field("by_hand", "", what, matters=True)


def secret(known: Field) -> Field:
    """The same field with a value that no report shows."""
    return replace(known, secret=True)
