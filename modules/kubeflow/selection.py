"""What a platform's settings choose: entries in order, their variants, their charts, and how they fall into stacks."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modules.kubeflow.chart import LocalChart, local_charts, namespaces_chart
from modules.kubeflow.component import Builtin, Component, HelmChart, Kustomization, Layer, minutes_of_longest_path
from modules.kubeflow.credentials import KEYS, NeededSecret, needed_secrets
from modules.kubeflow.lock import Entry, Lock, Namespace, read_lock
from modules.kubeflow.upstream import REPOSITORIES
from modules.kubeflow.values import SUPPLIED_SECRETS
from modules.settings.kubeflow import TOKEN_MINUTES, Kubeflow
from modules.text import render

OBJECTS = Path(__file__).with_name("objects")
EVERY_CLUSTER = frozenset({"default", "kube-system"})
"""Namespaces that need not be made."""
VERSION = REPOSITORIES["kubeflow/manifests"].version


@functools.cache
def lock() -> Lock:
    """The committed lock, read once a run."""
    return read_lock()


@dataclass(frozen=True)
class Part:
    """The components of one stack, in order."""

    layer: Layer
    number: int
    """0 when the layer is one stack; else 1, 2, …."""
    components: tuple[Component, ...]

    @property
    def name(self) -> str:
        """Last part of the stack's name: `kubeflow`, `kubeflow-2`."""
        return self.layer if self.number == 0 else f"{self.layer}-{self.number}"


def parts(kubeflow: Kubeflow) -> list[Part]:
    """Stacks that hold the chosen components: one a layer, or several where a token would not live long enough."""
    chosen = kubeflow.components()
    found: list[Part] = []
    for layer in ("addons", "kubeflow"):
        components = [component for component in chosen if component.layer == layer]
        groups = split(components) if kubeflow.split and kubeflow.sign_in == "token" else [components]
        groups = [group for group in groups if group]
        found += [Part(layer, index + 1 if len(groups) > 1 else 0, tuple(group)) for index, group in enumerate(groups)]  # type: ignore[arg-type]
    return found


def split(components: Sequence[Component]) -> list[list[Component]]:
    """Components in install order, cut where the longest path would pass the life of a token."""
    groups: list[list[Component]] = [[]]
    for component in components:
        if minutes_of_longest_path([*groups[-1], component]) > TOKEN_MINUTES:
            groups.append([])
        groups[-1].append(component)
    return groups


def variant(component: Component, names: frozenset[str]) -> str:
    """Which variant of a kustomization stands beside the others that are chosen."""
    variants = lock().components.get(component.name, {})
    if component.name == "training-operator" and "mpi-operator" in names:
        return "without-mpijob"
    return "in-cluster" if "in-cluster" in variants else "default"


def entries(components: Sequence[Component]) -> dict[str, Entry]:
    """The lock's entry of each kustomization among some components.

    Raises:
        ValueError: the lock does not have one.
    """
    names = frozenset(component.name for component in components)
    return {
        component.name: lock().entry(component.name, variant(component, names))
        for component in components
        if isinstance(component.source, Kustomization)
    }


def charts(component: Component, entry: Entry | None, facts: Mapping[str, Any]) -> list[LocalChart]:
    """Local charts of one component, in order; none for an official chart.

    Args:
        component: the entry of the catalogue.
        entry: of the lock, for a kustomization.
        facts: names for the templates in `objects/`.
    """
    if isinstance(component.source, HelmChart):
        return []
    if isinstance(component.source, Builtin):
        text = render(OBJECTS / f"{component.name}.yaml.j2", **facts)
        return [LocalChart.of_text(component.name, text, VERSION)]
    if entry is None:
        raise ValueError(f"{component.name}: is not in the lock; run `make vendor UPDATE=1`")
    return local_charts(component.name, entry)


def namespaces(components: Sequence[Component], chosen: Mapping[str, Entry], made: frozenset[str]) -> list[Namespace]:
    """Namespaces that some components need and that nobody has made yet, with upstream's labels."""
    found = {namespace.name: namespace for entry in chosen.values() for namespace in entry.namespaces}
    for component in components:
        found.setdefault(component.namespace, Namespace(component.namespace, {}, {}))
    for entry in chosen.values():
        for phase in entry.phases.values():
            for name in phase.namespaces:
                found.setdefault(name, Namespace(name, {}, {}))
    return [found[name] for name in sorted(set(found) - EVERY_CLUSTER - made)]


def secrets(components: Sequence[Component], chosen: Mapping[str, Entry]) -> list[NeededSecret]:
    """Kubernetes Secrets that must stand before some components."""
    supplied = [
        NeededSecret(component.name, component.namespace, secret.name, "Opaque", KEYS[component.name, secret.name])
        for component in components
        for secret in SUPPLIED_SECRETS.get(component.name, ())
    ]
    return needed_secrets(chosen) + supplied


def chart_of_namespaces(release: str, wanted: Sequence[Namespace]) -> LocalChart:
    """The chart of a stack's namespaces."""
    return namespaces_chart(release, wanted, VERSION)
