"""Local charts on the disk of a test, as a synthesis leaves them next to a stack's JSON."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import helm_python

from modules.kubeflow.cache import Cache
from modules.kubeflow.chart import LocalChart, own_files, write_vendored
from modules.kubeflow.manifest import Object, identity, load


def write_charts(stack_folder: Path, charts: Sequence[LocalChart], cache: Cache | None = None) -> list[str]:
    """Write all charts of a stack.

    Returns:
        Releases whose objects are not in the cache.
    """
    for path, content in own_files(charts).items():
        (stack_folder / path).parent.mkdir(parents=True, exist_ok=True)
        (stack_folder / path).write_bytes(content)
    return write_vendored(stack_folder, charts, cache or Cache())


def rendered(
    chart: LocalChart, folder: Path, tokens: Mapping[str, Any], cache: Cache | None = None, **values: Any
) -> dict[str, Object]:
    """Objects that the Helm engine makes of a chart, by kind and name."""
    assert write_charts(folder, [chart], cache or Cache(folder / "no-cache")) == []
    helm = helm_python.Chart.load(str(folder / chart.folder))
    texts = [text for text in helm.render({"tokens": tokens, **values}, name=chart.release).values() if text.strip()]
    assert len(texts) == 1
    return {str(identity(item)): item for item in load(texts[0])}
