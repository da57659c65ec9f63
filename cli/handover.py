"""`make handover`: one archive per platform of `generated/` without a state backend."""

import os
import sys
from pathlib import Path

from rich.console import Console

from stacks.handover.archive import write_archive
from stacks.handover.stack import read_stacks
from stacks.platform import OUTPUT_FOLDER

FOLDER = Path("handover")


def main() -> None:
    """Create the archives and print their content."""
    console = Console(soft_wrap=True, highlight=False)
    try:
        for platform, stacks in read_stacks(Path(os.environ.get("CDKTF_OUTDIR", OUTPUT_FOLDER))).items():
            archive = write_archive(FOLDER, platform, stacks)
            kib = -(-archive.stat().st_size // 1024)
            console.print(f"{archive}: {len(stacks)} stacks, {kib} KiB; start with {platform}/README.md in it")
    except ValueError as error:
        sys.exit(f"handover: {error}")


if __name__ == "__main__":
    main()
