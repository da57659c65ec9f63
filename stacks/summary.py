"""Summary printed by `make synth`: stacks, capacity, warnings, next command."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from stacks.document import Document, managed

# Width without a terminal (CI logs, pipes), fixed so that logs can be compared.
LOG_WIDTH_COLUMNS = 120


@dataclass(frozen=True)
class Capacity:
    """Pod capacity of one node group.

    Args:
        node_group: platform and group: `prod/linux-nodes`.
        instance_type: the type with the fewest pods, if a group has several.
        pods_per_node: pods per node, including system pods.
    """

    node_group: str
    instance_type: str
    nodes_min: int
    nodes_desired: int
    nodes_max: int
    pods_per_node: int

    @property
    def total_pods(self) -> int:
        """Pod capacity at the desired number of nodes."""
        return self.nodes_desired * self.pods_per_node


@dataclass(frozen=True)
class Report:
    """What synthesis reports."""

    documents: Mapping[str, Document]
    """`{stack name: parsed cdk.tf.json}`, listed in this order."""
    seconds: Mapping[str, float]
    """`{stack name: time to build it}`."""
    capacity: Sequence[Capacity] = ()
    """One line per node group."""
    warnings: Collection[str] = ()
    """Sentences; each is reported once."""
    next_steps: Sequence[str] = ()
    """Next commands to run."""
    uploads: Mapping[str, int] = field(default_factory=dict)
    """`{stack name: KiB}` of the upload to HCP Terraform."""


def as_document(report: Report) -> dict[str, Any]:
    """A report as a JSON document."""
    return {
        "stacks": [
            {
                "name": stack,
                **dict(zip(("resources", "data_sources", "outputs"), _counts(document), strict=True)),
                "seconds": round(report.seconds[stack], 3),
                **({"upload_kib": report.uploads[stack]} if stack in report.uploads else {}),
            }
            for stack, document in report.documents.items()
        ],
        "node_groups": [{**asdict(one), "total_pods": one.total_pods} for one in report.capacity],
        "warnings": list(dict.fromkeys(report.warnings)),
        "next_steps": list(report.next_steps),
    }


def print_report(report: Report, console: Console | None = None) -> None:
    """Print to standard output with the terminal's width, or `LOG_WIDTH_COLUMNS` without a terminal."""
    console = console or Console()
    if not console.is_terminal:
        console.width = LOG_WIDTH_COLUMNS
    console.print(_as_text(report), crop=False)


def _as_text(report: Report) -> RenderableType:
    parts: list[RenderableType] = [_stacks(report.documents, report.seconds, report.uploads)]
    if report.capacity:
        parts.append(_capacity(report.capacity))
    # Not wrapped, so that logs can be searched and commands can be copied; a terminal wraps by itself.
    parts += [
        Text(f"warning: {warning}", style="yellow", no_wrap=True, overflow="ignore")
        for warning in dict.fromkeys(report.warnings)
    ]
    parts += [
        Text.assemble("" if index else "\n", "Next: ", (step, "bold"), no_wrap=True, overflow="ignore")
        for index, step in enumerate(report.next_steps)
    ]
    return Group(*parts)


def _stacks(documents: Mapping[str, Document], seconds: Mapping[str, float], uploads: Mapping[str, int]) -> Table:
    counts = {stack: _counts(document) for stack, document in documents.items()}
    table = Table(box=box.SIMPLE_HEAD, show_footer=len(counts) > 1)
    table.add_column("stack", footer="all", overflow="fold")
    for index, heading in enumerate(("resources", "data sources", "outputs")):
        table.add_column(heading, footer=str(sum(count[index] for count in counts.values())), justify="right")
    table.add_column("seconds", footer=f"{sum(seconds[stack] for stack in counts):.2f}", justify="right")
    if uploads:
        table.add_column("upload KiB", footer=str(sum(uploads.values())), justify="right")
    for stack, count in counts.items():
        table.add_row(
            stack, *map(str, count), f"{seconds[stack]:.2f}", *([str(uploads.get(stack, ""))] if uploads else [])
        )
    return table


def _counts(document: Document) -> tuple[int, int, int]:
    data_sources = sum(map(len, document.get("data", {}).values()))
    return len(list(managed(document))), data_sources, len(document.get("output", {}))


def _capacity(capacity: Sequence[Capacity]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("node group", overflow="fold")
    table.add_column("instance type", overflow="fold")
    for heading in ("nodes min", "desired", "max", "pods per node", "total pods"):
        table.add_column(heading, justify="right")
    for line in capacity:
        nodes = (line.nodes_min, line.nodes_desired, line.nodes_max)
        table.add_row(line.node_group, line.instance_type, *map(str, (*nodes, line.pods_per_node, line.total_pods)))
    return table
