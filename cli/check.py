"""`kubeflow-aws check`: whether a platform will run, from its settings and rendered objects, without AWS."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from datetime import date as Date  # noqa: N812 - `date` is the option
from typing import Any

import typer
from rich.table import Table as Grid

from cli.against import changes_since, versions
from cli.built import Built
from cli.check_report import Reports, day, report
from cli.grid import console_of_output, grid
from cli.main_file import valid_platforms
from cli.print_changes import print_changes
from cli.program import ExitCode
from modules.checks.finding import SEVERITIES, Finding
from modules.checks.inputs import Inputs
from modules.checks.price import PriceSource
from modules.checks.section import Section, Table
from modules.checks.sections import SECTIONS, WITH_PRICES
from modules.checks.teardown.section import section as teardown_section
from modules.kubeflow.cache import Cache
from modules.report.shown import shown
from modules.revisions.changes import Changes
from modules.settings import Platform

Results = Mapping[str, Mapping[str, Section]]
"""Platform to its sections by name."""


def main(
    platform: str | None,
    sections: Sequence[str] = (),
    *,
    as_json: bool = False,
    teardown: bool = False,
    reports: Reports | None = None,
    date: str | None = None,
    against: str | None = None,
    prices: bool = False,
) -> None:
    """Print the results for each platform.

    Args:
        platform: name of one platform; None: all of main.py.
        sections: names of sections, printed with their tables; none: all, without tables.
        as_json: as one JSON document; what main.py prints goes to standard error.
        teardown: the plan of a teardown instead, with its tables.
        reports: what else is written; None: nothing.
        date: day of the check as `YYYY-MM-DD`; None: today.
        against: git revision with which the platforms are compared; None: none.
        prices: also what each platform costs, with prices read from AWS.

    Raises:
        typer.BadParameter: there is no such section, or the date or the address of docs is not one.
        ValueError: main.py is missing or has errors, there is no such platform, or rendered objects are missing; the file of the
            report cannot be written; the other revision is not available.
        SystemExit: there is an error among the findings.
    """
    reports = reports or Reports()
    reports.validate()
    today = day(date)
    known = {**SECTIONS, **(WITH_PRICES if prices else {})}
    if not prices and set(sections) & set(WITH_PRICES):
        raise typer.BadParameter(
            f"{min(set(sections) & set(WITH_PRICES))} reads prices from AWS; add --prices", param_hint="--section"
        )
    if unknown := [name for name in sections if name not in known]:
        raise typer.BadParameter(
            f"no section {', '.join(unknown)}; choose from {', '.join({**SECTIONS, **WITH_PRICES})}",
            param_hint="--section",
        )
    every = {"teardown": teardown_section} if teardown else known
    chosen = [name for name in every if not sections or name in sections]
    built = Built()
    valid = valid_platforms(platform, as_json=as_json or reports.markdown)
    source = aws_prices() if prices else None
    inputs = [Inputs(one, Cache(), built.documents, today, source) for one in valid]
    found = {one.platform.name: {name: every[name](one) for name in chosen} for one in inputs}
    changes = None
    if against is not None:
        now = versions(built, inputs, document(found))
        changes = changes_since(against, now, chosen, today.isoformat(), only=platform)
    if reports.wanted:
        plans = {} if teardown or sections else {"teardown": teardown_section}
        reports.write(replace(report(found, inputs, plans, date=date or "", docs=reports.docs_page), changes=changes))
    if as_json or not reports.markdown:
        show(found, changes, as_json=as_json, tables=teardown or bool(sections))
    exit_on_errors(found)


def aws_prices() -> PriceSource:
    """Prices of today with the credentials of the caller."""
    from modules.live.aws import client
    from modules.live.price_cache import PriceCache, price_folder
    from modules.live.prices import AwsPrices

    return AwsPrices(client, PriceCache(price_folder()), datetime.now(UTC).date())


def show(found: Results, changes: Changes | None = None, *, as_json: bool, tables: bool) -> None:
    """Print results.

    Args:
        found: results.
        changes: since another revision; None: not compared.
        as_json: as one JSON document.
        tables: whether the tables of sections are printed, too.
    """
    if as_json:
        whole = document(found) | ({"changes": changes.document()} if changes else {})
        print(json.dumps(whole, indent=1, ensure_ascii=False))
        return
    _print(found, tables=tables)
    if changes:
        print_changes(changes)


def exit_on_errors(found: Results) -> None:
    """Exit with a problem.

    Raises:
        SystemExit: there is an error among the findings.
    """
    if any(one.severity == "error" for _, one in _findings(found)):
        sys.exit(ExitCode.PROBLEM)


def inputs_of(platform: Platform, today: Date) -> Inputs:
    """What sections read about a platform."""
    return Inputs(platform, Cache(), Built().documents, today)


def _print(found: Results, *, tables: bool) -> None:
    console = console_of_output()
    console.print(summary(found))
    for platform, made in found.items() if tables else ():
        for section in made.values():
            for table in section.tables:
                console.print(_grid(table, platform))
                console.print()
    print(shown(listing(found)))


def summary(found: Results) -> Grid:
    """One line for each section of each platform."""
    return grid(
        ("platform", "section", "result"),
        [
            (platform, section.title, section.verdict)
            for platform, sections in found.items()
            for section in sections.values()
        ],
    )


def _grid(table: Table, platform: str) -> Grid:
    """A table of a section."""
    return grid(
        table.headings, table.rows, title=f"{platform}: {table.title}", about=table.about, numbers=table.numbers
    )


def listing(found: Results) -> str:
    """All findings by severity, one line each; the same finding of several platforms is one line."""
    lines = []
    for severity in SEVERITIES:
        platforms: dict[str, list[str]] = {}
        for name, one in _findings(found):
            if one.severity == severity:
                platforms.setdefault(str(one), []).append(name)
        if platforms:
            lines += [severity, *(f"  {', '.join(names)}: {text}" for text, names in platforms.items()), ""]
    return "\n".join(lines).rstrip()


def _findings(found: Results) -> list[tuple[str, Finding]]:
    return [(name, one) for name, made in found.items() for section in made.values() for one in section.findings]


def document(found: Results) -> dict[str, Any]:
    """The results as JSON; each number has its unit in the name."""
    return {
        "platforms": [
            {"platform": name, **{key: _section(section) for key, section in sections.items()}}
            for name, sections in found.items()
        ]
    }


def _section(section: Section) -> dict[str, Any]:
    return {**section.document, "findings": [asdict(one) for one in section.findings]}
