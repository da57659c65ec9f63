"""The section Fit for terminal, JSON and reports."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from modules.checks.fit import kinds
from modules.checks.fit.fit import Fit, fit
from modules.checks.inputs import Inputs
from modules.checks.section import Section, Table, counted

HEADINGS = ("group or pool", "type", "nodes", "at most", "pods each", "CPU each", "GiB each")


def section(inputs: Inputs) -> Section:
    """Whether all known pods of a platform find room."""
    found = fit(inputs.platform)
    sums = f"{found.pods} pods, {found.cpu_millicores / 1000:.1f} CPU, {found.memory_mib / 1024:.1f} GiB requested"
    nodes = Table("Nodes", HEADINGS, tuple(_rows(found)), numbers=frozenset(HEADINGS[2:]))
    tables = (nodes, *([_fargate(found)] if found.fargate else []), *([_cases(found)] if found.placed else []))
    counts = f", {counted(found.findings)}" if any(one.severity != "not checked" for one in found.findings) else ""
    return Section("Fit", f"{found.verdict}{counts} ({sums})", found.findings, tables, document=_document(found))


def _fargate(found: Fit) -> Table:
    headings = ("workload", "pods", "CPU each", "GiB each")
    rows = tuple(
        (
            one.workload.name,
            str(one.workload.replicas),
            f"{one.size.cpu_millicores / 1000:g}",
            f"{one.size.memory_mib / 1024:g}",
        )
        for one in found.fargate
    )
    about = "Each pod has the next combination of CPU and memory that Fargate offers for its requests."
    return Table("Pods on Fargate", headings, rows, about, numbers=frozenset(headings[1:]))


CASES = (
    ("one node of a group is drained or lost", kinds.DRAINED, "fits"),
    ("one zone is lost", kinds.ZONE_LOST, "fits"),
    ("EBS volumes stay in their zone", kinds.VOLUME_ZONE, "each zone has two nodes, or there are no volumes"),
    ("Deployments are updated", kinds.SURGE, "fits"),
    ("nodes are drained for an update", kinds.BUDGET, "PodDisruptionBudgets let all pods go"),
    ("one notebook is started", kinds.NOTEBOOK, "fits"),
    ("all teams are at their quotas", kinds.QUOTAS, "fits"),
    ("a group has a scheduled size", kinds.SCHEDULED, "fits"),
)
"""What happens, the kind of finding about it, and the result without a finding."""


def _cases(found: Fit) -> Table:
    texts: dict[str, str] = {}
    for one in found.findings:
        texts[one.id] = f"{texts[one.id]}; {one.text}" if one.id in texts else one.text
    unknown = {kinds.ZONE_LOST.id, kinds.VOLUME_ZONE.id} if kinds.ZONES.id in texts else set()
    rows = tuple(
        (case, texts.get(kind.id) or ("zones are not known" if kind.id in unknown else without))
        for case, kind, without in CASES
    )
    about = "Teams without limits of CPU and memory in their quota, and schedules with 0 nodes, are left out."
    return Table("What happens if", ("case", "result"), rows, about)


def _rows(found: Fit) -> list[tuple[str, ...]]:
    return [
        (
            room.group,
            room.instance_type,
            str(room.desired),
            str(room.most),
            str(room.pods),
            f"{room.cpu_millicores / 1000:.2f}",
            f"{room.memory_mib / 1024:.1f}",
        )
        for room in found.rooms
    ]


def _document(found: Fit) -> Mapping[str, Any]:
    pending = [
        {"workload": left.workload.name, "pods": left.pods, "missing": dict(left.obstacles)} for left in found.pending
    ]
    return {
        "verdict": found.verdict,
        "pods": found.pods,
        "cpu_millicores": found.cpu_millicores,
        "memory_mib": found.memory_mib,
        "nodes": [asdict(room) for room in found.rooms],
        "fargate": [
            {"workload": one.workload.name, "pods": one.workload.replicas, **asdict(one.size)} for one in found.fargate
        ],
        "pending": pending,
        "changes": [asdict(change) for change in found.changes],
    }
