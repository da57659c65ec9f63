"""Which variant of a kustomization stands beside the others that are chosen, and its entry in the lock."""

import functools
from collections.abc import Sequence

from modules.kubeflow.component import Component, Kustomization
from modules.kubeflow.lock import Entry, Lock, read_lock


@functools.cache
def lock() -> Lock:
    """The committed lock, read once a run."""
    return read_lock()


def variant(component: Component, names: frozenset[str]) -> str:
    """Name of the variant of a kustomization, by the names of all that is chosen."""
    variants = lock().components.get(component.name, {})
    if component.name == "training-operator" and "mpi-operator" in names:
        return "without-mpijob"
    return "in-cluster" if "in-cluster" in variants else "default"


def entries(components: Sequence[Component], beside: Sequence[Component] = ()) -> dict[str, Entry]:
    """The lock's entry of each kustomization among some components.

    Args:
        components: those whose entries are wanted.
        beside: what is chosen besides, in other stacks: a variant may hang on it.

    Raises:
        ValueError: the lock does not have one.
    """
    names = frozenset(component.name for component in (*components, *beside))
    return {
        component.name: lock().entry(component.name, variant(component, names))
        for component in components
        if isinstance(component.source, Kustomization)
    }
