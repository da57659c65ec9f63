"""Reports of `kubeflow-aws check`: which are wanted, and what they show."""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import date as Date  # noqa: N812 - `date` is the option
from pathlib import Path

import typer

from cli.written_file import write_file
from kubeflow_aws import __version__
from modules.checks.inputs import Inputs
from modules.checks.section import Picture, Section
from modules.diagram.found import Found
from modules.diagram.platform_picture import platform_picture
from modules.diagram.svg import svg
from modules.report.comment import comment
from modules.report.content import PlatformReport, Report
from modules.report.page import page

_ADDRESS = re.compile(r"https?://[^\s()<>\[\]|\"'`\\#]+")


@dataclass(frozen=True)
class Reports:
    """What is written in addition to the result on the terminal."""

    html: Path | None = None
    markdown: bool = False
    """Whether a comment is printed in place of the result."""
    docs_page: str = ""
    """Address of the page docs/check.md, for links."""

    @property
    def wanted(self) -> bool:
        """Whether there is anything to write."""
        return self.markdown or self.html is not None

    def validate(self) -> None:
        """Refuse an address that a browser would not open as a page, or that ends a link in Markdown.

        Raises:
            typer.BadParameter: it is such an address, or no report is written.
        """
        if self.docs_page and not _ADDRESS.fullmatch(self.docs_page):
            raise typer.BadParameter(
                f"{self.docs_page} is not an address of a page; write it as https://example.com/check.html",
                param_hint="--docs",
            )
        if self.docs_page and not self.wanted:
            raise typer.BadParameter("reports have links; add --html or --markdown", param_hint="--docs")

    def write(self, made: Report) -> None:
        """Write the file, and print the comment.

        Raises:
            ValueError: a file cannot be written.
        """
        if self.html is not None:
            write_file(self.html, page(made), "choose another file with --html")
            print(f"{self.html}: written", file=sys.stderr)
        if self.markdown:
            sys.stdout.write(comment(made))


def day(text: str | None) -> Date:
    """The day of a check; None: today in UTC.

    Raises:
        typer.BadParameter: the text is not a date.
    """
    if text is None:
        return datetime.now(UTC).date()
    try:
        return Date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text} is not a date; write it as 2026-12-31", param_hint="--date") from error


def report(
    found: Mapping[str, Mapping[str, Section]],
    inputs: Iterable[Inputs],
    plans: Mapping[str, Callable[[Inputs], Section]],
    *,
    date: str = "",
    docs: str = "",
) -> Report:
    """The content of a report.

    Args:
        found: platform to its sections.
        inputs: what they were made from.
        plans: sections whose findings do not count in the result.
        date: shown in the report; empty: none.
        docs: address of docs/check.md; empty: not known.
    """
    platforms = (_platform(one, found[one.platform.name], plans) for one in inputs)
    return Report(tuple(platforms), __version__, date, docs)


def _platform(
    inputs: Inputs, sections: Mapping[str, Section], plans: Mapping[str, Callable[[Inputs], Section]]
) -> PlatformReport:
    name = inputs.platform.name
    there = Found(name, inputs.documents)
    resources = len(there.everything())
    facts = {
        "Region": there.region,
        "Accounts": ", ".join(there.accounts),
        "Stacks": ", ".join(inputs.documents),
        "Resources": str(resources),
    }
    drawn = platform_picture(name, inputs.documents)
    picture = Picture("The platform in AWS, drawn from its Terraform", svg(drawn, "light"), svg(drawn, "dark"))
    facts = {word: value for word, value in facts.items() if value}
    return PlatformReport(name, facts, sections, picture, {key: make(inputs) for key, make in plans.items()})
