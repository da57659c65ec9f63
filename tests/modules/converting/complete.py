"""What each conversion must hold: a row for each key, a main.py with the same settings."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cli.convert import main_py
from modules.converting.combine import Conversion, convert
from modules.converting.document import KeyPath, dotted, read_documents
from modules.settings import Platform


def leaves(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Paths of all values of a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not inner or not value:
        yield path
    for key, item in inner:
        yield from leaves(item, (*path, key))


def converted(*files: Path) -> Conversion:
    """A conversion that is complete: each value is in exactly one row, with the line of its key."""
    made = convert(files)
    for file in files:
        for document in read_documents(file):
            for path in leaves(document.data):
                key = dotted(path)
                rows = [
                    row
                    for row in made.rows
                    if row.file == str(file) and f"{key}.".startswith((f"{row.key}.", f"{row.key}["))
                ]
                assert len(rows) == 1, f"{file.name}: {key}: {rows}"
                assert rows[0].line <= document.line(path)
    assert all(row.note for row in made.rows if row.verdict in ("no_home", "by_hand"))
    assert written(made, *files) == made.platform
    return made


def written(made: Conversion, *files: Path) -> Platform:
    """The platform of the main.py."""
    values: dict[str, Any] = {"__name__": "main"}
    exec(compile(main_py(made.platform, files), "main.py", "exec"), values)
    found: Platform = values["PLATFORM"]
    return found
