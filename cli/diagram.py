"""`kubeflow-aws diagram`: a platform's picture as SVG, drawn from `generated/`."""

import sys
from pathlib import Path

import typer

from cli.written_file import write_file
from modules.diagram.found import Document, platforms_in
from modules.diagram.palette import ThemeName
from modules.diagram.platform_picture import platform_picture
from modules.diagram.svg import svg
from modules.program import run
from stacks.document import documents

GENERATED = Path("generated")


def main(platform: str | None, output: Path | None, theme: ThemeName) -> None:
    """Draw one platform.

    Args:
        platform: its name; None: the only one.
        output: file to write; None: standard output.
        theme: colours.

    Raises:
        ValueError: there is nothing to draw, or the file cannot be written.
        typer.BadParameter: no such platform, or several without a choice.
    """
    text = svg(platform_picture(*_chosen(platform)), theme)
    if output is None:
        sys.stdout.write(text)
        return
    write_file(output, text, "choose another file with --output")
    print(f"{output}: written")


def _chosen(platform: str | None) -> tuple[str, dict[str, Document]]:
    """Name and stacks of the platform to draw."""
    files = {path.relative_to(GENERATED).as_posix(): path for path in GENERATED.glob("stacks/*/cdk.tf.json")}
    found = platforms_in(documents({name: path.read_bytes() for name, path in files.items()}))
    if not found:
        raise ValueError(f"{GENERATED}/: contains no stack of a platform; run: {run('synth')}")
    names = ", ".join(found)
    if platform is None and len(found) > 1:
        raise typer.BadParameter(f"there are {len(found)} platforms; choose one of: {names}", param_hint="PLATFORM")
    if platform is not None and platform not in found:
        raise typer.BadParameter(
            f"{platform} is not a platform in {GENERATED}/; choose one of: {names}", param_hint="PLATFORM"
        )
    name = platform or names
    return name, found[name]
