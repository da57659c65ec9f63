"""What runs in each component, written next to the lock or compared with it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from modules.kubeflow.lock import Lock
from modules.kubeflow.manifest import Object
from modules.kubeflow.workloads_lock import ComponentWorkloads, WorkloadsLock, as_text, read
from modules.program import run
from modules.settings.component import Component, HelmChart, Vendored
from modules.vendoring.chart_workloads import chart_folder, chart_workloads
from modules.vendoring.sources import FOLDERS_VARIABLE
from modules.vendoring.workload_objects import by_variant, reduced

Phases = Mapping[str, Sequence[Object]]
"""Phase to its objects."""


def workloads_of(
    components: Iterable[Component],
    rendered: Mapping[str, Mapping[str, Phases]],
    lock: Lock,
    folders: Sequence[Path],
    file: Path,
    say: Callable[[str], None],
) -> WorkloadsLock:
    """What runs in some components.

    An official chart is read from a local folder. Without one, what the file has of the same version stays.

    Args:
        components: catalogue and extra components.
        rendered: component to variant to its objects.
        lock: their entries.
        folders: local folders with `charts/<chart>`.
        file: the present file.
        say: gets a line for each chart that is not known.

    Raises:
        ValueError: Helm rejects a chart, or the file was edited.
    """
    old = read(file)
    found: dict[str, ComponentWorkloads] = {}
    for one in components:
        if isinstance(one.source, HelmChart):
            if (folder := chart_folder(one.source, folders)) is not None:
                found[one.name] = chart_workloads(one, folder)
            elif one.name in old and old[one.name].version == one.source.version:
                found[one.name] = old[one.name]
            else:
                say(
                    f"{one.name}: chart {one.source.chart} {one.source.version} is not in {FOLDERS_VARIABLE}, so its pods do "
                    "not count in `check`"
                )
        elif isinstance(one.source, Vendored):
            variants = rendered[one.name]
            objects = {
                name: reduced((item for items in phases.values() for item in items), one.namespace)
                for name, phases in variants.items()
            }
            version = next(iter(lock.components[one.name].values())).app_version
            found[one.name] = ComponentWorkloads(version, tuple(by_variant(objects)))
    return found


def check_workloads(found: WorkloadsLock, file: Path) -> None:
    """Compare with the file. An extra component's chart need not be in it: an installed package cannot write it.

    Raises:
        ValueError: something differs.
    """
    if changed := sorted(name for name, one in read(file).items() if found.get(name) != one):
        raise ValueError(
            f"{file.name}: what runs in {', '.join(changed)} does not match upstream, charts and values; if this is intended, run "
            f"`{run('vendor --update')}` and review the diff"
        )


def write_workloads(found: WorkloadsLock, file: Path) -> None:
    """Write the file, if anything changed."""
    content = as_text(found).encode()
    if not file.is_file() or file.read_bytes() != content:
        file.write_bytes(content)
