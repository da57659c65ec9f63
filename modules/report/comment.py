"""The report as a short text for a comment on a pull request."""

from modules.checks.finding import Finding, Severity
from modules.report.content import Report
from modules.report.markdown import Markdown, cell, escaped
from modules.revisions.changes import Changes

LIMIT = 60_000
"""Characters; GitHub refuses a comment of more than 65,536.

Source: https://github.com/telia-oss/github-pr-resource/issues/259 (the message of GitHub's API)
"""
HEADINGS = ("id", "platform", "finding", "to fix")


def comment(report: Report, limit: int = LIMIT) -> str:
    """The report as Markdown.

    Args:
        report: what it shows.
        limit: the greatest length in characters.
    """
    made = Markdown(limit)
    made.text(f"## Check: {escaped(', '.join(one.name for one in report.platforms))}")
    made.text(f"**{report.verdict.capitalize()}**")
    made.table(("platform", "section", "result"), [*_summary(report)])
    if report.changes:
        _changes(made, report.changes)
    severities: tuple[Severity, ...] = ("error", "warning")
    for severity in severities:
        if rows := _findings(report, severity):
            made.text(f"### {severity.capitalize()}s")
            made.table(HEADINGS, rows)
    if report.changes:
        for name, table in report.changes.tables():
            rows = [tuple(map(cell, row)) for row in table.rows]
            made.folded(f"{name}: {table.title}", tuple(map(cell, table.headings)), rows)
    made.folded("Not checked", HEADINGS, _findings(report, "not checked"))
    day = f" of {escaped(report.date)}" if report.date else ""
    made.text(f"`kubeflow-aws check`{day}, version {escaped(report.version)}. {report.called}")
    return made.ended()


def _changes(made: Markdown, changes: Changes) -> None:
    made.text(f"### Changes since {escaped(changes.revision)} ({changes.commit[:12]})")
    table = changes.summary()
    made.table(table.headings, [tuple(map(cell, row)) for row in table.rows])
    made.folded("Not compared", ("what",), [(cell(line),) for line in changes.limits()])


def _summary(report: Report) -> list[tuple[str, ...]]:
    """One row for each section, and for each plan."""
    return [
        (cell(platform.name), cell(section.title), cell(section.verdict))
        for platform in report.platforms
        for section in (*platform.sections.values(), *platform.plans.values())
    ]


def _findings(report: Report, severity: Severity) -> list[tuple[str, ...]]:
    """Findings of one severity; the same one of several platforms is one row."""
    platforms: dict[Finding, list[str]] = {}
    for name, one in report.all_findings():
        if one.severity == severity:
            platforms.setdefault(one, []).append(name)
    return [
        (_id(report, one.id), cell(", ".join(names)), cell(one.text), cell(one.fix)) for one, names in platforms.items()
    ]


def _id(report: Report, finding: str) -> str:
    link = report.link(finding)
    return f"[{cell(finding)}]({link})" if link else cell(finding)
