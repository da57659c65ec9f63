"""`kubeflow-aws check`: whether a platform will run, from its settings and rendered objects, without AWS."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from cli.main_file import valid_platforms
from cli.program import ExitCode
from modules.checks.finding import SEVERITIES
from modules.checks.fit.fit import Fit, fit
from modules.kubeflow.cache import Cache


def main(platform: str | None, *, as_json: bool) -> None:
    """Print the result for each platform.

    Args:
        platform: name of one platform; None: all of main.py.
        as_json: as one JSON document; what main.py prints goes to standard error.

    Raises:
        ValueError: main.py is missing or has errors, there is no such platform, or rendered objects are missing.
        SystemExit: there is an error among the findings.
    """
    cache = Cache()
    found = {one.name: fit(one, cache) for one in valid_platforms(platform, as_json=as_json)}
    if as_json:
        print(json.dumps(document(found), indent=1, ensure_ascii=False))
    else:
        Console().print(table(found))
        print(findings(found))
    if any(one.severity == "error" for result in found.values() for one in result.findings):
        sys.exit(ExitCode.PROBLEM)


def table(found: Mapping[str, Fit]) -> Table:
    """One line for each node group; sums of the platform in its first line."""
    made = Table(box=box.SIMPLE_HEAD)
    for heading in ("platform", "fit"):
        made.add_column(heading, overflow="fold")
    for heading in ("pods", "CPU", "GiB"):
        made.add_column(heading, justify="right")
    for heading in ("nodes", "pods, CPU, GiB each"):
        made.add_column(heading, overflow="fold")
    for name, one in found.items():
        sums = (str(one.pods), f"{one.cpu_millicores / 1000:.1f}", f"{one.memory_mib / 1024:.1f}")
        rooms = [
            (
                f"{room.group}: {room.desired} x {room.instance_type}, up to {room.most}",
                f"{room.pods}, {room.cpu_millicores / 1000:.2f}, {room.memory_mib / 1024:.1f}",
            )
            for room in one.rooms
        ]
        made.add_row(name, one.verdict, *sums, *(rooms[0] if rooms else ("not known", "")))
        for room in rooms[1:]:
            made.add_row("", "", "", "", "", *room)
    return made


def findings(found: Mapping[str, Fit]) -> str:
    """All findings by severity, one line each; the same finding of several platforms is one line."""
    lines = []
    for severity in SEVERITIES:
        platforms: dict[str, list[str]] = {}
        for name, result in found.items():
            for one in result.findings:
                if one.severity == severity:
                    platforms.setdefault(str(one), []).append(name)
        if platforms:
            lines += [severity, *(f"  {', '.join(names)}: {text}" for text, names in platforms.items()), ""]
    return "\n".join(lines).rstrip()


def document(found: Mapping[str, Fit]) -> dict[str, Any]:
    """The result as JSON: CPU in millicores, memory in MiB."""
    return {"platforms": [{"platform": name, "fit": _fit(one)} for name, one in found.items()]}


def _fit(one: Fit) -> dict[str, Any]:
    pending = [
        {"workload": left.workload.name, "pods": left.pods, "missing": dict(left.obstacles)} for left in one.pending
    ]
    return {
        "verdict": one.verdict,
        "pods": one.pods,
        "cpu_millicores": one.cpu_millicores,
        "memory_mib": one.memory_mib,
        "nodes": [asdict(room) for room in one.rooms],
        "pending": pending,
        "changes": [asdict(change) for change in one.changes],
        "findings": [asdict(finding) for finding in one.findings],
    }
