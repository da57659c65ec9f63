"""What is known of one format of files."""

from collections.abc import Callable
from dataclasses import dataclass

from modules.converting.document import Document
from modules.converting.draft import Draft
from modules.converting.field import Table
from modules.converting.row import Rows


def _nothing(documents: list[Document], draft: Draft, rows: Rows) -> None:
    """For a format that its table describes completely."""


@dataclass(frozen=True)
class Format:
    """A format: how its documents look, its table, and what its fields mean together."""

    name: str
    """Its usual name."""
    recognizes: Callable[[Document], bool]
    table: Table
    source: str
    """Where the fields of the table are from, with the version."""
    complete: Callable[[list[Document], Draft, Rows], None] = _nothing
    """Called when all documents of all formats are read: decides what depends on several fields, also of other formats."""
    is_cluster: bool = False
    """Whether its documents describe a cluster, and nothing that runs on it."""
    merges: bool = False
    """Whether several documents are merged into one, of which the later ones count; without it, several are two platforms."""
