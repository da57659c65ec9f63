"""Reports for tests, without a platform that is synthesized."""

from functools import cache

from modules.checks.finding import Finding
from modules.checks.fit.kinds import DOES_NOT_FIT, DRAINED, NO_NODES
from modules.checks.section import Picture, Section, Table
from modules.checks.teardown.kinds import PROTECTED
from modules.diagram.palette import THEMES
from modules.diagram.platform_picture import platform_picture
from modules.diagram.svg import svg
from modules.report.content import PlatformReport, Report
from modules.revisions.changes import Changes, Part, PlatformChanges

HOSTILE = (
    "</style></title><script>alert('`1`')</script>|@all #1 <img src=https://evil.example/a.png> \u202etxt ${x} {{ y }}"
)
"""What a description in settings could hold."""


@cache
def picture(name: str) -> Picture:
    """A platform's picture of a cluster without a network."""
    documents = {f"{name}-cluster": {"resource": {"aws_eks_cluster": {"this": {"name": name}}}}}
    drawn = platform_picture(name, documents)
    light, dark = (svg(drawn, theme) for theme in sorted(THEMES, reverse=True))
    return Picture(name, light, dark)


def section(text: str = "words", rows: int = 2) -> Section:
    """A section that has all there is."""
    findings = tuple(
        Finding(kind.id, kind.severity, f"{kind.id} {text}", f"set `{text}`")
        for kind in (DOES_NOT_FIT, DRAINED, NO_NODES)
    )
    table = Table(
        text, (text, "number"), tuple((f"{text} {row}", str(row)) for row in range(rows)), text, frozenset({"number"})
    )
    return Section(text, text, findings, (table,), (picture(text),), {"pods": 3})


def plan(text: str) -> Section:
    """A plan of a teardown."""
    return Section(f"Plan {text}", text, (Finding(PROTECTED.id, PROTECTED.severity, text, text),))


def report(*names: str, text: str = "words", rows: int = 2, docs: str = "") -> Report:
    """A report of platforms with these names."""
    return Report(
        tuple(
            PlatformReport(
                name, {"Region": text}, {"fit": section(text, rows)}, picture(name), {"teardown": plan(text)}
            )
            for name in names or ("prod",)
        ),
        "1.2.3",
        docs=docs,
    )


def changes(text: str = "words", rows: int = 1) -> Changes:
    """Changes since a revision with this name."""
    table = Table(f"Changed {text}", (text, "after"), tuple((f"{text} {row}", text) for row in range(rows)))
    parts = (Part("Terraform", text, (table,)), Part("IAM", "no change"))
    return Changes(text, "0123456789abcdef", (PlatformChanges(text, "in both", parts, (text,)),), (f"note {text}",))
