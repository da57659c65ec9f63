"""Several files of values as one, as Helm merges them: mappings key by key, and of everything else the later file counts.

Source: https://helm.sh/docs/chart_template_guide/values_files/
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from modules.converting.document import Document, KeyPath


@dataclass(frozen=True)
class Replaced:
    """A value that a later file replaces."""

    document: Document
    """That has it."""
    path: KeyPath
    by: Document


def merge(documents: Sequence[Document]) -> tuple[Document, list[Replaced]]:
    """One document, and the values that are not in it.

    Args:
        documents: at least one, the later ones count.
    """
    made, *more = documents
    replaced: list[Replaced] = []
    for later in more:
        paths = list(_replaced(made.data, later.data, ()))
        replaced += [Replaced(_origin(path, made, documents), path, later) for path in paths]
        lost = tuple(paths)
        files = {path: made.file_of(path) for path in made.lines if not _is_in(path, lost)}
        lines = {path: made.lines[path] for path in files}
        made = Document(
            made.file,
            _merged(made.data, later.data),
            {**lines, **later.lines},
            {**files, **dict.fromkeys(later.lines, later.file)},
        )
    return made, replaced


def _merged(one: Any, other: Any) -> Any:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    return {**one, **{key: _merged(one[key], value) if key in one else value for key, value in other.items()}}


def _replaced(one: Any, other: Any, path: KeyPath) -> Iterator[KeyPath]:
    """Paths of values of which only the other counts."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [key for key in one if key in other]:
            yield from _replaced(one[key], other[key], (*path, key))
    else:
        yield path


def _is_in(path: KeyPath, places: tuple[KeyPath, ...]) -> bool:
    return any(path[: len(place)] == place for place in places)


def _origin(path: KeyPath, made: Document, documents: Sequence[Document]) -> Document:
    """The document from which a merged one has a value: the last one before that has it."""
    file = made.file_of(path)
    return next(one for one in documents if one.file == file and path in one.lines)
