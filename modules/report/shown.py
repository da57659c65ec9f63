"""Text of settings, files and clusters, in a report or on a terminal."""

from modules.errors import printable


def shown(text: str) -> str:
    """Text whose lines have printable characters alone: others could hide or reorder what follows."""
    return "\n".join(map(printable, text.split("\n")))
