"""Figures of what platforms request, in the comments of main.py, of examples and of a template of `init`."""

import math
import re
import runpy
from collections.abc import Callable, Mapping
from pathlib import Path

from modules.checks.fit.fit import Fit, fit
from modules.checks.fit.workloads import workloads
from modules.kubeflow.upstream import VERSION
from modules.settings import Cluster, Platform

ROOT = Path(__file__).parents[1]
SHIPPED = "docs/shipped_main.py"
WIDTH = 120


def _platform(path: str, name: str) -> Platform:
    found: Platform = runpy.run_path(str(ROOT / path))[name]
    return found


def _requests(found: Fit) -> str:
    return f"{found.cpu_millicores / 1000:.1f} CPU and {found.memory_mib / 1024:.1f} GiB"


def _offer(found: Fit) -> str:
    (room,) = found.rooms
    return f"{room.desired * room.cpu_millicores / 1000:.1f} CPU and {room.desired * room.memory_mib / 1024:.1f} GiB"


def shipped_comment() -> str:
    """What main.py's platform requests, and what its nodes and the smallest ones offer."""
    platform = _platform(SHIPPED, "PROD")
    assert isinstance(platform.cluster, Cluster)
    (group,) = platform.cluster.node_groups
    small = group.with_changes(instance_types=("t3.medium",))
    found = fit(platform)
    refused = fit(platform.with_changes(cluster=platform.cluster.with_changes(node_groups=(small,))))
    return (
        f"Kubeflow {VERSION} with add-ons and sidecars runs {found.pods} pods on {group.desired_size} nodes, with requests of "
        f"{_requests(found)}. {group.desired_size} t3.medium offer {_offer(refused)} to pods; {group.desired_size} "
        f"{group.instance_types[0]} offer {_offer(found)}, with capacity for notebooks."
    )


def quickstart_comment() -> str:
    """What the platform of the quickstart requests."""
    found = fit(_platform("examples/quickstart/main.py", "QUICKSTART"))
    return f"{found.pods} pods with sidecars request {_requests(found)}; the rest is for notebooks and runs."


def existing_cluster_sentence() -> str:
    """What an existing cluster must have free."""
    platform = _platform("examples/existing_cluster/main.py", "SHARED")
    found = fit(platform)
    daemons = [one for one in workloads(platform) if one.replicas is None]
    each = f"{math.fsum(one.cpu_millicores for one in daemons) / 1000:.1f} CPU and {sum(one.memory_mib for one in daemons)} MiB"
    return (
        f"Costs roughly: the existing cluster, with {_requests(found)} free for {found.pods} pods and {each} on each node, and an RDS "
        "MySQL instance. The existing cert-manager and default StorageClass are used."
    )


def _lines(text: str, prefix: str) -> str:
    """A text in lines of the code's width."""
    words, lines = text.split(), [prefix.rstrip("\n")]
    for word in words:
        if len(lines[-1]) + len(word) + 1 > WIDTH and lines[-1] != prefix:
            lines.append(prefix)
        lines[-1] += word if lines[-1] == prefix else f" {word}"
    return "\n".join(lines) + "\n"


COMMENT = r"(?:^ {12}#.*\n)+(?=^ {12}NodeGroup\()"
FIGURES: Mapping[str, tuple[str, str, Callable[[], str]]] = {
    SHIPPED: (COMMENT, " " * 12 + "# ", shipped_comment),
    "examples/quickstart/main.py": (COMMENT, " " * 12 + "# ", quickstart_comment),
    "cli/init/templates/quickstart.py.j2": (COMMENT, " " * 12 + "# ", quickstart_comment),
    "examples/existing_cluster/main.py": (
        r"^Costs roughly:(?:.*\n)+?(?=^\"\"\"$)",
        "",
        existing_cluster_sentence,
    ),
}
"""File to the lines with figures, what each of these lines begins with, and the text."""


def with_figures(path: str, text: str) -> str:
    """A file with present figures.

    Raises:
        ValueError: the file has no such lines, or several.
    """
    pattern, prefix, said = FIGURES[path]
    new, count = re.subn(pattern, lambda _: _lines(said(), prefix), text, flags=re.MULTILINE)
    if count != 1:
        raise ValueError(f"{path}: has {count} comments with figures instead of one; see docs/figures.py")
    return new


def write() -> None:
    """Rewrite the files that have other figures; main.py, too, if it is the shipped one."""
    shipped = (ROOT / SHIPPED).read_bytes()
    for path in FIGURES:
        file = ROOT / path
        old = file.read_text(encoding="utf-8")
        new = with_figures(path, old)
        file.write_text(new, encoding="utf-8")
        print(f"{path}: {'up to date' if new == old else 'written'}")
    if (ROOT / "main.py").read_bytes() == shipped:
        (ROOT / "main.py").write_bytes((ROOT / SHIPPED).read_bytes())
