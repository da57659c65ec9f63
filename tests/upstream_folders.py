"""Local folders with upstream's trees and official charts: KUBEFLOW_UPSTREAM, or those next to the repository."""

import os
from pathlib import Path

import pytest
import yaml

from modules.vendoring.sources import FOLDERS_VARIABLE, local_folders

_SHARED = Path(__file__).parents[2] / "shared"
UPSTREAM_FOLDERS = local_folders(os.environ.get(FOLDERS_VARIABLE)) or (
    _SHARED / "upstream-26.03.1",
    _SHARED / "upstream",
)
"""The first that has a repository or a chart wins."""
SEARCHED = os.pathsep.join(map(str, UPSTREAM_FOLDERS))
CHART_FOLDERS = [folder / "charts" for folder in UPSTREAM_FOLDERS if (folder / "charts").is_dir()]

needs_charts = pytest.mark.skipif(not CHART_FOLDERS, reason=f"no official charts in {SEARCHED}")
needs_upstream = pytest.mark.skipif(
    not any((folder / "kubeflow" / "manifests").is_dir() for folder in UPSTREAM_FOLDERS),
    reason=f"no upstream in {FOLDERS_VARIABLE} or {SEARCHED}",
)


def chart(name: str, version: str = "") -> Path:
    """The folder of an official chart.

    Args:
        name: of the chart.
        version: exact version, with or without a leading `v`; empty for the first that is found.

    Raises:
        LookupError: none of the folders has it.
    """
    there = {folder: _version(folder) for top in CHART_FOLDERS if (folder := top / name).is_dir()}
    for folder, found in there.items():
        if version.removeprefix("v") in ("", found):
            return folder
    raise LookupError(f"chart {name} {version}: not in {SEARCHED}, which have {sorted(there.values())}")


def _version(chart_folder: Path) -> str:
    about = yaml.safe_load((chart_folder / "Chart.yaml").read_text(encoding="utf-8"))
    return str(about["version"]).removeprefix("v")
