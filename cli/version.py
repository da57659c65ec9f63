"""The version of this program: of the installed package, or of the repository it runs from."""

import tomllib
from importlib import metadata
from pathlib import Path

import typer

PACKAGE = "kubeflow-aws"
PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def version() -> str:
    """The version number.

    Raises:
        ValueError: neither an installed package nor `pyproject.toml` has one.
    """
    if PYPROJECT.is_file():
        number = tomllib.loads(PYPROJECT.read_text(encoding="utf-8")).get("project", {}).get("version")
        if number:
            return str(number)
    try:
        return metadata.version(PACKAGE)
    except metadata.PackageNotFoundError as error:
        raise ValueError(f"{PYPROJECT.name}: has no version; install the package {PACKAGE}") from error


def print_version(wanted: bool) -> None:
    """Print the version if it is wanted.

    Raises:
        typer.Exit: it was printed.
    """
    if wanted:
        typer.echo(f"{PACKAGE} {version()}")
        raise typer.Exit
