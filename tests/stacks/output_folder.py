"""The output folder as one run of a synthesis writes it."""

from collections.abc import Mapping
from pathlib import Path

from stacks.output import open_output


def write_tree(files: Mapping[str, bytes], root: Path, adjacent_files: Mapping[str, bytes] | None = None) -> list[str]:
    """Open the folder and write once; see `Output.write`."""
    with open_output(root) as output:
        return output.write(files, adjacent_files)
