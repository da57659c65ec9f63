"""The section Ends and advisories for terminal, JSON and reports."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from modules.aws_data.ends import End, last_sentence
from modules.checks.ends import kinds
from modules.checks.ends.accepted import REASONS
from modules.checks.finding import Finding, Kind, listed
from modules.checks.inputs import Inputs
from modules.checks.section import Section, Table, counted
from modules.errors import split_sentence
from modules.kubeflow.ends.of_platform import EXTENDED, ends_of
from modules.kubeflow.ends.records import REGISTRIES
from modules.kubeflow.made_database import database_users
from modules.kubeflow.program_databases import other_servers
from modules.settings import ExistingCluster, ExistingDatabase, Platform
from modules.settings.component import HelmChart

TITLE = "Ends"


def section(inputs: Inputs) -> Section:
    """Ends of support of what a platform installs, on the day of the check, and advisories about it.

    Registries that close are in the section Images.
    """
    parts = [ends for _, ends in ends_of(inputs.platform) if not any(end in REGISTRIES for end in ends)]
    every = [end for ends in parts for end in ends]
    findings = (
        *(finding for ends in parts for finding in _due(ends, inputs.today)),
        *_no_date(every),
        *_unknown(inputs.platform),
    )
    tables = (_ends(every, inputs.today), _advisories(every))
    return Section(TITLE, f"{counted(findings)} on {inputs.today}", findings, tables, document=_document(every, inputs))


def _due(ends: Sequence[End], today: date) -> Iterator[Finding]:
    sentence = last_sentence(ends, today)
    if sentence is None:
        return
    due = [end for end in ends if end.sentence(today) is not None][-1]
    what, fix = split_sentence(sentence)
    kind = kinds.ENDED if _status(due, today) == "ended" else kinds.SOON
    if due.part == "Kubernetes" and due.verbs == EXTENDED and kind is kinds.ENDED:
        kind = kinds.NO_CLUSTER
    reason = REASONS.get((due.part, due.version))
    yield Finding(kind.id, kind.severity, f"{what} ({reason})" if reason else what, fix)


def _status(end: End, today: date) -> str:
    if end.end is None:
        return "ended" if end.ended else "no date"
    return "ended" if today >= end.end else f"{(end.end - today).days} days"


def _no_date(ends: Sequence[End]) -> Iterator[Finding]:
    names = list(
        dict.fromkeys(f"{end.part} {end.version}".rstrip() for end in ends if end.end is None and not end.ended)
    )
    if names:
        yield _of(kinds.NO_DATE, f"no end of support is published for {listed(names)}")


def _unknown(platform: Platform) -> Iterator[Finding]:
    names = []
    if isinstance(platform.cluster, ExistingCluster):
        names.append(f"Kubernetes of the existing cluster {platform.cluster.name}")
    if platform.kubeflow is not None:
        servers = other_servers(platform.kubeflow, database_users(platform.kubeflow))
        if isinstance(platform.kubeflow.services.database, ExistingDatabase):
            names.append("the existing database")
        names += [f"the database server of {program}" for program in servers]
        names += [one.name for one in platform.kubeflow.extra_components if isinstance(one.source, HelmChart)]
        names += platform.kubeflow.preinstalled
    if names:
        yield _of(kinds.UNKNOWN, ", ".join(names))


def _of(kind: Kind, text: str) -> Finding:
    return Finding(kind.id, kind.severity, text, kind.fix)


def _ends(ends: Sequence[End], today: date) -> Table:
    headings = ("part", "version", "support", "ends", "left", "reason", "source")
    rows = tuple(
        (
            end.part,
            end.version,
            end.verbs[0].partition(" ")[2],
            _day(end),
            _status(end, today),
            REASONS.get((end.part, end.version), ""),
            end.source,
        )
        for end in sorted(ends, key=lambda end: (end.end is None and not end.ended, end.end or date.min))
    )
    return Table("Ends of support", headings, rows, f"On {today}; the first ones end first.", frozenset({"left"}))


def _day(end: End) -> str:
    return str(end.end) if end.end is not None else "ended, no date is published" if end.ended else "unknown"


def _advisories(ends: Sequence[End]) -> Table:
    rows = tuple(
        (one.id, f"{end.part} {end.version}".rstrip(), one.about, one.done, one.link)
        for end in ends
        for one in end.advisories
    )
    about = (
        "Published vulnerabilities of installed parts that this project looked at; it reads no vulnerability database."
    )
    return Table("Advisories", ("advisory", "part", "description", "action", "source"), rows, about)


def _document(ends: Sequence[End], inputs: Inputs) -> Mapping[str, Any]:
    return {
        "date": str(inputs.today),
        "ends": [
            {
                "part": end.part,
                "version": end.version,
                "support": end.verbs[0].partition(" ")[2],
                "end": str(end.end) if end.end is not None else None,
                "days_left": (end.end - inputs.today).days if end.end is not None else None,
                "ended": _status(end, inputs.today) == "ended",
                "source": end.source,
                "advisories": [{"id": one.id, "about": one.about, "action": one.done} for one in end.advisories],
            }
            for end in ends
        ],
    }
