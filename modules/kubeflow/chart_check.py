"""Terraform's check that the folder of each local chart holds exactly its files, before a release is planned.

Two local values of a stack serve all its releases: `charts` has the hash of each chart, `charts_match` compares it with the folder's.
Terraform evaluates a precondition only when it plans the release, so destroying works without charts.
"""

from collections.abc import Iterable
from typing import Any

from modules.kubeflow.chart import LocalChart

MATCH = (
    '${{for chart, hash in local.charts : chart => hash == sha256(join("\\n", [for file in sort(fileset("${path.module}/${chart}", "**")) : '
    '"${file} ${filesha256("${path.module}/${chart}/${file}")}" if !startswith(basename(file), ".")]))}}'
)
"""Whether the folder of each of `local.charts` holds these files and no others; hidden files, such as `.DS_Store`, do not count."""


def check_locals(charts: Iterable[LocalChart]) -> dict[str, Any]:
    """Local values that the preconditions of these charts read, by name.

    Args:
        charts: all local charts of a stack; `{}` without any.
    """
    wanted = {chart.folder: chart.listing_sha256 for chart in charts}
    return {"charts": wanted, "charts_match": MATCH} if wanted else {}


def precondition(chart: LocalChart) -> tuple[str, str]:
    """Condition and message of a release's precondition."""
    return (
        f'${{local.charts_match["{chart.folder}"]}}',
        f"{chart.folder}: not exactly the chart of this release; run: make synth (and delete files that it did not write)",
    )
