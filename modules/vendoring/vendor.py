"""Upstream's kustomizations and charts become objects in the cache, checked against the lock or written to it.

Upstream is fetched with git at the pinned commits, or read from the folders that KUBEFLOW_UPSTREAM lists.
"""

import copy
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from modules.kubeflow import aggregated_roles, normalize
from modules.kubeflow.cache import Cache
from modules.kubeflow.images.references import rewritten
from modules.kubeflow.lock import LOCK_FILE, Entry, Lock, read_lock
from modules.kubeflow.manifest import Object, identity, load
from modules.kubeflow.patching import patch
from modules.kubeflow.scopes import scopes
from modules.kubeflow.workloads_lock import WORKLOADS_FILE
from modules.program import run
from modules.settings.component import Component, Vendored
from modules.vendoring import helm_engine, kustomize, webhook_wait
from modules.vendoring.lock_changes import differences
from modules.vendoring.lock_entry import commits, lock_entry
from modules.vendoring.replaced_images import check_used, replacements_of
from modules.vendoring.sources import PrivateCopy, Upstream
from modules.vendoring.workloads import check_workloads, workloads_of, write_workloads

Say = Callable[[str], None]
NetworkPlacement = tuple[str, str]
"""Repository and path."""


@dataclass(frozen=True)
class Rendered:
    """One variant of a component: rendered objects, normalized result, and lock entry."""

    upstream: list[Object]
    result: normalize.Result
    entry: Entry
    replaced: Sequence[Object] = ()
    """The kustomization's objects replaced by chart objects."""


def vendor(
    components: Iterable[Component],
    *,
    update: bool = False,
    lock_file: Path = LOCK_FILE,
    cache: Cache | None = None,
    upstream: Sequence[Path] = (),
    say: Say = print,
) -> Lock:
    """Fill the cache, and check the result against the lock or write it.

    Args:
        components: catalogue and extra components; official charts are ignored.
        update: write the lock instead of comparing with it.
        lock_file: path of the lock; what runs in each component is next to it (`workloads_lock.py`).
        cache: object cache; None: the project's.
        upstream: folders with upstream trees, the first with a repository wins; empty: fetch with git.
        say: gets lines of progress.

    Returns:
        The current lock.

    Raises:
        UnreachableError: upstream is unreachable.
        ValueError: kustomize, a patch or a rule fails, or the result differs from the lock.
    """
    cache = cache or Cache()
    began = time.monotonic()
    wanted = list(components)
    old = _old_lock(lock_file, update, say)
    rendered = render(wanted, Upstream(upstream, cache.folder / "upstream", say), cache, say)
    new = Lock(commits(wanted), {name: {key: r.entry for key, r in found.items()} for name, found in rendered.items()})
    count = sum(sum(r.entry.kinds.values()) for found in rendered.values() for r in found.values())
    say(f"{count} objects of {len(rendered)} components in {time.monotonic() - began:.1f} s")
    workloads_file = lock_file.with_name(WORKLOADS_FILE.name)
    objects = {name: {key: one.result.phases for key, one in variants.items()} for name, variants in rendered.items()}
    running = workloads_of(wanted, objects, new, upstream, workloads_file, say)
    if not update:
        _verify(old, new, cache, lock_file)
        check_workloads(running, workloads_file)
        return old
    write_workloads(running, workloads_file)
    if old != new:
        lock_file.write_bytes(new.text())
        say(f"{lock_file.name}: written; `make compare BASE=HEAD` says what changes, and what to do before an apply")
    return new


def _old_lock(lock_file: Path, update: bool, say: Say) -> Lock:
    try:
        return read_lock(lock_file)
    except ValueError as error:
        if not update:
            raise
        say(f"{error} (starting a new one)")
        return Lock({}, {})


def render(
    components: Iterable[Component], upstream: Upstream, cache: Cache, say: Say
) -> dict[str, dict[str, Rendered]]:
    """`{component: {variant: result}}`, with all objects in the cache."""
    wanted = [component for component in components if isinstance(component.source, Vendored)]
    raw = _raw(wanted, upstream, say)
    known = scopes(item for variants in raw.values() for objects in variants.values() for item in objects.items)
    roles = {
        name: [
            copy.deepcopy(item)
            for objects in variants.values()
            for item in objects.items
            if item["kind"] == aggregated_roles.KIND
        ]
        for name, variants in raw.items()
    }
    for one in wanted:
        check_used(one.name, (objects.items for objects in raw[one.name].values()))
    return {
        one.name: {
            key: _one(
                one,
                variant,
                raw[one.name][key],
                known,
                cache,
                [role for name in roles if name != one.name for role in roles[name]],
            )
            for key, variant in patch.variants(one.name).items()
        }
        for one in wanted
    }


def _raw(components: Sequence[Component], upstream: Upstream, say: Say) -> dict[str, dict[str, patch.Objects]]:
    """Render each variant before patches."""
    found = {component.name: patch.variants(component.name) for component in components}
    with tempfile.TemporaryDirectory(prefix="kubeflow-") as temporary:
        private = PrivateCopy(Path(temporary), upstream)
        places = [
            place for one in components for variant in found[one.name].values() for place in _places(one, variant)
        ]
        folders = {place: private.folder(*place) for place in dict.fromkeys(places)}
        built = {place: load(text) for place, text in kustomize.build_all(folders, say)}
        return {
            one.name: {
                key: _joined(
                    [item for place in _places(one, variant) for item in built[place]],
                    [item for chart in variant.charts for item in _rendered(chart, one, upstream, Path(temporary))],
                )
                for key, variant in found[one.name].items()
            }
            for one in components
        }


def _places(component: Component, variant: patch.Variant) -> list[NetworkPlacement]:
    assert isinstance(component.source, Vendored)
    return [(component.source.repository, path) for path in patch.paths(component.source, variant)]


def _rendered(chart: patch.RenderedChart, component: Component, upstream: Upstream, folder: Path) -> list[Object]:
    source = upstream.chart(chart.name)
    return helm_engine.render(chart, source, folder / "charts", chart.namespace or component.namespace)


def _joined(kustomized: Sequence[Object], charted: Sequence[Object]) -> patch.Objects:
    """Merge a kustomization's objects and charts' objects; on conflict the chart's object, which is newer, is kept.

    Identical objects of two charts, such as a shared CRD, are deduplicated.
    """
    names = {identity(item) for item in charted}
    kept = [item for item in kustomized if identity(item) not in names]
    once = [item for number, item in enumerate(charted) if item not in charted[:number]]
    return patch.Objects([*kept, *once], [item for item in kustomized if identity(item) in names])


def _one(
    component: Component,
    variant: patch.Variant,
    objects: patch.Objects,
    known: dict[tuple[str, str], bool],
    cache: Cache,
    other_roles: list[Object],
) -> Rendered:
    raw = copy.deepcopy(objects.items)
    try:
        for change in variant.patches:
            change(objects)
        result = normalize.apply(
            rewritten(objects.items, replacements_of(component.name)),
            raw,
            namespace=component.namespace,
            secrets=variant.secrets,
            own_groups=variant.own_groups,
            service_accounts=[access.service_account for access in component.aws] if variant.annotated else [],
            foreign_scopes=known,
            patched_out=objects.removed,
            csi=variant.csi,
            other_roles=other_roles,
        )
        webhook_wait.add(result, component.name, component.namespace)
        return Rendered(raw, result, lock_entry(component, variant, result, cache), objects.all_replaced)
    except ValueError as error:
        raise ValueError(f"{component.name}: {error}") from error


def _verify(old: Lock, new: Lock, cache: Cache, lock_file: Path) -> None:
    lines = [
        f"{component} ({variant}): not found in the lock" if variant not in old.components.get(component, {}) else line
        for component, variants in new.components.items()
        for variant, entry in variants.items()
        for line in _against(component, old.components.get(component, {}).get(variant), entry, cache)
    ]
    lines += [
        f"{component}: in the lock, but not a component"
        for component in old.components
        if component not in new.components
    ]
    if lines:
        raise ValueError(
            "\n".join(lines) + f"\n{lock_file.name}: does not match upstream and patches; if this is intended, run "
            f"`{run('vendor --update')}` and review the diff"
        )


def _against(component: str, old: Entry | None, new: Entry, cache: Cache) -> list[str]:
    if old == new:
        return []
    found = list(differences(component, old, new, cache)) if old else []
    return found or [
        f"{component}: objects are identical, but the lock has other input hashes (patches, paths or rules)"
    ]
