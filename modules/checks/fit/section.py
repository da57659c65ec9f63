"""The section Fit for terminal, JSON and reports."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from modules.checks.fit.fit import Fit, fit
from modules.checks.inputs import Inputs
from modules.checks.section import Section, Table

HEADINGS = ("node group", "type", "nodes", "at most", "pods each", "CPU each", "GiB each")


def section(inputs: Inputs) -> Section:
    """Whether all known pods of a platform find room."""
    found = fit(inputs.platform)
    sums = f"{found.pods} pods, {found.cpu_millicores / 1000:.1f} CPU, {found.memory_mib / 1024:.1f} GiB requested"
    nodes = Table("Nodes", HEADINGS, tuple(_rows(found)), numbers=frozenset(HEADINGS[2:]))
    return Section("Fit", f"{found.verdict} ({sums})", found.findings, (nodes,), document=_document(found))


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
        "pending": pending,
        "changes": [asdict(change) for change in found.changes],
    }
