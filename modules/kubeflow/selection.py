"""What a platform's settings choose: variants of entries, their charts, namespaces and Secrets."""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from modules.kubeflow.chart import LocalChart, local_charts, namespaces_chart
from modules.kubeflow.component import Builtin, Component, HelmChart, Kustomization
from modules.kubeflow.credentials import KEYS, NeededSecret, needed_secrets
from modules.kubeflow.lock import Entry, Lock, Namespace, read_lock
from modules.kubeflow.upstream import REPOSITORIES
from modules.kubeflow.values import SUPPLIED_SECRETS
from modules.text import render

OBJECTS = Path(__file__).with_name("objects")
EVERY_CLUSTER = frozenset({"default", "kube-system"})
"""Namespaces that need not be made."""
VERSION = REPOSITORIES["kubeflow/manifests"].version


@functools.cache
def lock() -> Lock:
    """The committed lock, read once a run."""
    return read_lock()


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
