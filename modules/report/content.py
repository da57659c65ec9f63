"""What a report shows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from modules.checks.finding import SEVERITIES, Finding, Severity
from modules.checks.section import Picture, Section
from modules.revisions.changes import Changes
from modules.revisions.costs import SECTION as COST


@dataclass(frozen=True)
class PlatformReport:
    """One platform."""

    name: str
    facts: Mapping[str, str]
    """Words to values: region, stacks."""
    sections: Mapping[str, Section]
    picture: Picture | None = None
    plans: Mapping[str, Section] = field(default_factory=dict)
    """Sections about an action, such as a teardown: their findings are listed with them, and do not count in the result."""

    def findings(self, severity: Severity) -> list[tuple[str, Finding]]:
        """Title of the section and finding, in the order of the sections."""
        return [
            (section.title, one)
            for section in self.sections.values()
            for one in section.findings
            if one.severity == severity
        ]


@dataclass(frozen=True)
class Report:
    """All platforms of one `main.py`."""

    platforms: tuple[PlatformReport, ...]
    version: str
    """Of this program."""
    date: str = ""
    """Empty: the report shows no date, so that the same input gives the same bytes."""
    docs: str = ""
    """Address of the page docs/check.md; empty: ids refer to the text in the report alone."""

    changes: Changes | None = None
    """Since another revision."""

    @property
    def verdict(self) -> str:
        """Errors, warnings and what is not checked, of all platforms."""
        counts = {severity: self.count(severity) for severity in SEVERITIES}
        words = [_counted(counts[severity], severity) for severity in ("error", "warning") if counts[severity]]
        rest = [f"{counts['not checked']} not checked"] if counts["not checked"] else []
        return ", ".join([*(words or ["no error", "no warning"]), *rest])

    @property
    def worst(self) -> Severity | None:
        """The gravest severity of all findings; None: no finding."""
        return next((one for one in SEVERITIES if self.count(one)), None)

    @property
    def called(self) -> str:
        """What was called outside of this machine."""
        if any(COST in platform.sections for platform in self.platforms):
            return "Prices were read from AWS; nothing else was called."
        return "AWS and a cluster were not called."

    def count(self, severity: Severity) -> int:
        """Findings of one severity."""
        return sum(one.severity == severity for _, one in self.all_findings())

    def all_findings(self) -> Iterator[tuple[str, Finding]]:
        """Platform and finding, without those of plans."""
        for platform in self.platforms:
            for section in platform.sections.values():
                yield from ((platform.name, one) for one in section.findings)

    def ids(self) -> frozenset[str]:
        """Ids of all findings, those of plans included."""
        plans = (section for platform in self.platforms for section in platform.plans.values())
        return frozenset(one.id for _, one in self.all_findings()) | {one.id for plan in plans for one in plan.findings}

    def link(self, finding: str) -> str:
        """Address of the text of an id in the documentation; empty if its page is not known."""
        return f"{self.docs}#{finding.lower()}" if self.docs else ""


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number != 1 else ''}"
