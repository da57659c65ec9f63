"""`kubeflow-aws convert FILE…`: writes a main.py from files of other tools, and a report of each key."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from cli import import_cluster
from cli.grid import console_of_output, grid
from cli.init.rendering import imports
from cli.written_file import write_file
from modules.converting.combine import Conversion, convert
from modules.converting.live import Live
from modules.converting.row import VERDICTS, Row
from modules.converting.source import source
from modules.program import run
from modules.report.markdown import cell
from modules.settings import Import, Platform
from modules.settings.section import given
from stacks import rules  # noqa: F401 - registers its rules
from stacks.document import json_bytes

HEADINGS = ("place", "key", "value", "setting", "note")


def main(
    files: Sequence[Path],
    *,
    output: Path,
    report: Path | None = None,
    force: bool = False,
    live: str | None = None,
) -> None:
    """Write main.py and the report, and print what requires a decision.

    Args:
        files: of other tools.
        output: the new main.py.
        report: Markdown with a row for each key; None: not written.
        force: replace files that exist.
        live: name of the cluster in AWS that the files describe, to import it; None: a new cluster.

    Raises:
        ValueError: a file cannot be read or has no known format, a file to write exists, or AWS rejects a call.
    """
    existing = [str(path) for path in (output, report) if path is not None and path.exists()]
    if existing and not force:
        raise ValueError(f"{', '.join(existing)}: exists; --force replaces it, --output and --report name other files")
    made = convert(files, Live(live, partial(_read, live)) if live else None)
    if live:
        write_file(_adopted(live), _resources(made.platform), "choose another folder")
    write_file(output, main_py(made.platform, files, live), "choose another file with --output")
    if report is not None:
        write_file(report, markdown(made, files), "choose another file with --report")
    _print(made)
    for path in (_adopted(live) if live else None, output, report):
        if path is not None:
            print(f"written: {path}")
    print(f"Next: read the rows above, then {run('synth')}   (writes generated/; nothing exists in AWS yet)")


def _read(cluster: str, region: str) -> list[dict[str, Any]]:
    """What exists of a cluster, as `import` reads it."""
    try:
        reader, _ = import_cluster.read(cluster, region)
    except (ClientError, BotoCoreError) as error:
        raise ValueError(f"{cluster} in {region}: {error}") from error
    return sorted(reader.found, key=lambda one: (one["type"], one["name"]))


def _adopted(cluster: str) -> Path:
    return import_cluster.FOLDER / f"{cluster}.json"


def _resources(platform: Platform) -> str:
    """The file of an import."""
    assert platform.imported is not None
    return json_bytes({"resources": [dict(given(one)) for one in platform.imported.resources]}).decode()


def main_py(platform: Platform, files: Sequence[Path], live: str | None = None) -> str:
    """The text of a main.py.

    Args:
        platform: valid settings.
        files: what they were converted from.
        live: name of the cluster that is imported; None: none.
    """
    calls: dict[type, str] = {Import: f'read_import("{_adopted(live).as_posix()}")'} if live else {}
    names = ", ".join(file.name for file in files)
    body = f'PLATFORM = {source(platform, calls, before=len("PLATFORM = "))}\n\nif __name__ == "__main__":\n    synthesize(PLATFORM)\n'
    return f'"""Converted from {names}. Edit, run `kubeflow-aws synth`, review generated/, apply."""\n\n{imports(body)}\n\n{body}'


def markdown(made: Conversion, files: Sequence[Path]) -> str:
    """The report: a table for each verdict."""
    names = ", ".join(f"`{file}`" for file in files)
    lines = [f"# Conversion of {names}", "", summary(made), ""]
    for verdict, words in VERDICTS.items():
        rows = [row for row in made.rows if row.verdict == verdict]
        if rows:
            lines += [
                f"## {words.capitalize()} ({len(rows)})",
                "",
                f"| {' | '.join(HEADINGS)} |",
                "| --- | --- | --- | --- | --- |",
            ]
            lines += [f"| {' | '.join(map(cell, _cells(row)))} |" for row in rows]
            lines.append("")
    return "\n".join(lines)


def summary(made: Conversion) -> str:
    """How many keys have which verdict."""
    counts = {words: sum(row.verdict == verdict for row in made.rows) for verdict, words in VERDICTS.items()}
    return f"{len(made.rows)} rows: {', '.join(f'{count} {words}' for words, count in counts.items() if count)}."


def _print(made: Conversion) -> None:
    """Tables of all that does not map as it is; what matters comes first."""
    console = console_of_output()
    for verdict, words in VERDICTS.items():
        rows = sorted((row for row in made.rows if row.verdict == verdict), key=lambda row: not row.matters)
        if not rows or verdict == "maps":
            continue
        console.print(grid(HEADINGS, map(_cells, rows), title=words.capitalize()))
    print(summary(made))


def _cells(row: Row) -> tuple[str, ...]:
    note = row.note if row.matters or row.verdict != "no_home" else f"{row.note} (does not matter)"
    return row.place, row.key, row.value, row.setting, note
