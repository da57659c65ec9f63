"""`kubeflow-aws vendor`: kustomizations of the catalogue, and extra components of the platforms in `main.py`."""

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from cli.main_file import platforms
from modules.kubeflow.cache import CACHE_FOLDER, Cache
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.lock import read_lock
from modules.program import require_clone, run
from modules.settings import Platform
from modules.settings.component import Component
from modules.vendoring.sources import FOLDERS_VARIABLE, UnreachableError, local_folders
from modules.vendoring.vendor import vendor

RETRY_AFTER = timedelta(hours=1)
"""Between two attempts of `fetch_missing` without access to upstream; each takes 13 s where a proxy drops connections."""
FAILED_ATTEMPT = "unreachable.txt"
"""File of the cache: the reason of the last attempt that failed; its time of modification is that of the attempt."""


def components(chosen: Iterable[Platform]) -> list[Component]:
    """The catalogue and the extra components of some platforms, without duplicates.

    Raises:
        ValueError: two platforms define a component differently.
    """
    found = {component.name: component for component in CATALOGUE}
    for platform in chosen:
        if platform.kubeflow is not None:
            for component in platform.kubeflow.extra_components:
                if found.setdefault(component.name, component) != component:
                    raise ValueError(
                        f"components: {component.name} is defined twice with differences; names must be unique"
                    )
    return list(found.values())


def main(*, update: bool = False, missing: bool = False) -> None:
    """Fill the cache, and compare the lock with it or write the lock.

    Args:
        update: write the lock.
        missing: only what the cache lacks; see `fetch_missing`.

    Raises:
        ValueError: upstream is unreachable, kustomize or a patch fails, the result differs from the lock, or the lock
            is to be written where the package is installed.
    """
    if update:
        require_clone("the lock")
    if missing:
        fetch_missing(platforms())
    else:
        _vendor(platforms(), update=update)


def fetch_missing(chosen: Iterable[Platform]) -> None:
    """Fill the cache if an object of the lock is not in it; without access to upstream, print that and continue.

    An attempt that failed is not repeated for an hour, since each synth would wait for it.

    Raises:
        ValueError: kustomize or a patch fails, or the result differs from the lock.
    """
    cache = Cache(CACHE_FOLDER)
    if all(cache.get(sha256) is not None for sha256 in read_lock().chart_hashes()):
        return
    note = CACHE_FOLDER / FAILED_ATTEMPT
    offline = not os.environ.get(FOLDERS_VARIABLE) and _still_unreachable(note)
    if not offline:
        try:
            _vendor(chosen)
        except UnreachableError as error:
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(f"{error}\n", encoding="utf-8")
        else:
            return
    again = f"{_attempted(note) + RETRY_AFTER:%H:%M}"
    print(
        f"vendor: {note.read_text(encoding='utf-8').strip()}; continuing without charts, with the next attempt after {again}; "
        f"to try at once: {run('vendor')}"
    )


def _still_unreachable(note: Path) -> bool:
    """Whether an attempt failed within the last hour; not one in the future, after a change of the clock."""
    return note.is_file() and timedelta() <= datetime.now() - _attempted(note) < RETRY_AFTER


def _attempted(note: Path) -> datetime:
    return datetime.fromtimestamp(note.stat().st_mtime)


def _vendor(chosen: Iterable[Platform], *, update: bool = False) -> None:
    upstream = local_folders(os.environ.get(FOLDERS_VARIABLE))
    vendor(components(chosen), update=update, cache=Cache(CACHE_FOLDER), upstream=upstream)
    (CACHE_FOLDER / FAILED_ATTEMPT).unlink(missing_ok=True)
