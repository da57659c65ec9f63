"""Writes the file that an option of a command names."""

from pathlib import Path


def write_file(path: Path, text: str, otherwise: str) -> None:
    """Write a file, with its folder.

    Args:
        path: the file.
        text: its content.
        otherwise: what to do if it cannot be written, such as `choose another file with --output`.

    Raises:
        ValueError: the file or its folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{error.filename or path}: cannot be written ({error.strerror}); {otherwise}") from error
