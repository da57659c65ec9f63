"""`kubeflow-aws export`: one archive per platform of `generated/` without a state backend."""

from pathlib import Path

from rich.console import Console

from stacks.handover.archive import write_archive
from stacks.handover.stack import read_stacks
from stacks.platform import output_folder

FOLDER = Path("handover")


def main() -> None:
    """Create the archives and print their content.

    Raises:
        ValueError: no platform has `State.none()`, or charts are missing.
    """
    console = Console(soft_wrap=True, highlight=False)
    for platform, stacks in read_stacks(output_folder()).items():
        archive = write_archive(FOLDER, platform, stacks)
        kib = -(-archive.stat().st_size // 1024)
        console.print(f"{archive}: {len(stacks)} stacks, {kib} KiB; start with {platform}/README.md in it")
