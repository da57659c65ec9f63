"""The section Fit for terminal, JSON and reports."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from modules.checks.fit.fit import Fit, fit
from modules.checks.inputs import Inputs
from modules.checks.section import Section, Table

HEADINGS = ("group or pool", "type", "nodes", "at most", "pods each", "CPU each", "GiB each")


def section(inputs: Inputs) -> Section:
    """Whether all known pods of a platform find room."""
    found = fit(inputs.platform)
    sums = f"{found.pods} pods, {found.cpu_millicores / 1000:.1f} CPU, {found.memory_mib / 1024:.1f} GiB requested"
    nodes = Table("Nodes", HEADINGS, tuple(_rows(found)), numbers=frozenset(HEADINGS[2:]))
    tables = (nodes, *([_fargate(found)] if found.fargate else []))
    return Section("Fit", f"{found.verdict} ({sums})", found.findings, tables, document=_document(found))


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
