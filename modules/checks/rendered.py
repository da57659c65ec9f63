"""All Kubernetes objects of a platform that are known offline, from the cache and the settings.

Objects of official charts are not among them: only Helm renders these. Tokens (`@@name@@`) stay where a value is known only at
apply.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from modules.kubeflow.builtin_context import builtin_context
from modules.kubeflow.cache import Cache
from modules.kubeflow.chosen import chosen_components, external_services_of, known_components
from modules.kubeflow.manifest import Object, load
from modules.kubeflow.selection import chart_of_namespaces, charts, namespaces, namespaces_of_others
from modules.kubeflow.variants import entries
from modules.program import run
from modules.settings import Kubeflow, Platform
from modules.settings.component import HelmChart

NAMESPACES = "namespaces"
"""Name under which `PlatformObjects.components` has the Namespaces of the platform."""


@dataclass(frozen=True)
class PlatformObjects:
    """Objects by what installs them."""

    components: Mapping[str, Sequence[Object]] = field(repr=False)
    """Component, or NAMESPACES, to its objects; they are shared between platforms and must not be changed."""
    official_charts: tuple[str, ...] = ()
    """Components whose objects are not known."""

    def __iter__(self) -> Iterator[Object]:
        return (one for items in self.components.values() for one in items)


def platform_objects(platform: Platform, rendered: Cache) -> PlatformObjects:
    """Objects of the components of a platform, without those of teams.

    Args:
        platform: platform with valid settings.
        rendered: cache of rendered objects.

    Raises:
        ValueError: the cache lacks the objects of a component.
    """
    kubeflow = platform.kubeflow
    if kubeflow is None:
        return PlatformObjects({})
    facts = builtin_context(platform, kubeflow)
    found: dict[str, Sequence[Object]] = {NAMESPACES: _namespaces(kubeflow)}
    official = []
    locked = entries(chosen_components(kubeflow), external_services=external_services_of(kubeflow))
    for component in chosen_components(kubeflow):
        if isinstance(component.source, HelmChart):
            official.append(component.name)
            continue
        found[component.name] = [
            one
            for chart in charts(component, locked.get(component.name), facts)
            for one in _objects(component.name, chart.content, chart.sha256, rendered)
        ]
    return PlatformObjects(found, tuple(official))


def _namespaces(kubeflow: Kubeflow) -> list[Object]:
    chosen = chosen_components(kubeflow)
    locked = entries(chosen, external_services=external_services_of(kubeflow))
    known = known_components(kubeflow)
    there = namespaces_of_others([known[name] for name in kubeflow.preinstalled])
    content = chart_of_namespaces(NAMESPACES, namespaces(chosen, locked, frozenset(there))).content
    return load(content or b"")


def _objects(component: str, content: bytes | None, digest: str, rendered: Cache) -> Sequence[Object]:
    content = rendered.get(digest) if content is None else content
    if content is None:
        raise ValueError(f"{component}: its objects are not in {rendered.folder}; run `{run('vendor')}`")
    return _parsed(digest, content)


@cache
def _parsed(_digest: str, content: bytes) -> tuple[Object, ...]:
    """Parsed once a process for each content, since platforms share most of it."""
    return tuple(load(content))
