"""Converts several files into one platform: a cluster, and what runs on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from modules.converting.document import Document, dotted, read_documents
from modules.converting.draft import Draft
from modules.converting.format import Format
from modules.converting.live import Live, import_live
from modules.converting.merge import Replaced, merge
from modules.converting.recognize import FORMATS, format_of
from modules.converting.row import Row, Rows
from modules.converting.settle import settle
from modules.converting.walk import walk
from modules.errors import printable
from modules.settings import Platform


@dataclass(frozen=True)
class Conversion:
    """The result: valid settings, and what became of each key."""

    platform: Platform
    rows: list[Row]


def convert(paths: Sequence[Path], live: Live | None = None) -> Conversion:
    """Convert files.

    Args:
        paths: the files, each of a known format.
        live: the cluster that they describe, to import it; None: a new one is made.

    Raises:
        ValueError: a file cannot be read, has no known format, or two files cannot be one platform.
    """
    by_format: dict[str, list[Document]] = {}
    for document in (document for path in paths for document in read_documents(path)):
        by_format.setdefault(format_of(document).name, []).append(document)
    draft, rows = Draft(), Rows()
    for known in FORMATS:
        documents = by_format.get(known.name, [])
        _refuse_several(known, documents)
        if known.merges and documents:
            merged, replaced = merge(documents)
            by_format[known.name] = documents = [merged]
            for one in replaced:
                rows.add(_replaced_row(one))
        for document in documents:
            walk(document, known.table, known.source, draft, rows)
    if live is not None:
        files = {one.file for known in FORMATS if known.is_cluster for one in by_format.get(known.name, [])}
        import_live(draft, rows, live, files)
    for known in FORMATS:
        if known.name in by_format:
            known.complete(by_format[known.name], draft, rows)
    platform = settle(draft, rows)
    return Conversion(platform, rows.all())


def _replaced_row(replaced: Replaced) -> Row:
    """The row of a value that a later file replaces; its own is not shown, since it may be a secret."""
    document, path, by = replaced.document, replaced.path, replaced.by
    note = f"{by.file}:{by.line(path)} sets it, too, and the later file counts, as in Helm"
    return Row(document.file, document.line(path), printable(dotted(path)), "", "maps", "", note)


def _refuse_several(known: Format, documents: list[Document]) -> None:
    if len(documents) > 1 and not known.merges:
        places = " and ".join(f"{one.file}, line {one.line((next(iter(one.data)),))}" for one in documents)
        raise ValueError(f"{places}: two documents of {known.name} are two platforms; convert one at a time")
