"""Which variant of a kustomization stands beside the others that are chosen, and its entry in the lock."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modules.kubeflow.lock import Entry, Lock, read_lock
from modules.settings.component import Component, Vendored

VIA_CSI = "-csi"
"""End of the name of a variant whose pods fetch their Secrets themselves (`secrets/csi.py`)."""

EXTERNAL_SERVICE_VARIANTS: Mapping[str, tuple[str, ...]] = {
    "katib": ("rds",),
    "model-registry": ("rds",),
    "pipelines": ("s3", "rds"),
}
"""Entries that can stand on what is outside of the cluster, in the order of their variants' names: `s3-rds`."""


@dataclass(frozen=True)
class ExternalServices:
    """What variants hang on, besides the names of what is chosen."""

    external: frozenset[str] = frozenset()
    """What is outside of the cluster: `s3` for artifacts in a bucket, `rds` for tables on a MySQL server."""
    via_csi: bool = False
    """Whether pods fetch their Secrets themselves; those without Secrets have no such variant."""


IN_CLUSTER = ExternalServices()


@functools.cache
def lock() -> Lock:
    """The committed lock, read once a run."""
    return read_lock()


def variant(component: Component, names: frozenset[str], external_services: ExternalServices = IN_CLUSTER) -> str:
    """Name of the variant of a kustomization whose pods fetch nothing.

    Args:
        component: the entry.
        names: of all that is chosen.
        external_services: what it stands on.
    """
    if component.name in EXTERNAL_SERVICE_VARIANTS:
        return (
            "-".join(part for part in EXTERNAL_SERVICE_VARIANTS[component.name] if part in external_services.external)
            or "in-cluster"
        )
    if component.name == "training-operator" and "mpi-operator" in names:
        return "without-mpijob"
    if component.name == "oauth2-proxy" and "dex" not in names:
        return "oidc"
    return "default"


def entries(
    components: Sequence[Component],
    other_components: Sequence[Component] = (),
    external_services: ExternalServices = IN_CLUSTER,
) -> dict[str, Entry]:
    """The lock's entry of each kustomization among some components.

    Args:
        components: those whose entries are wanted.
        other_components: what is chosen besides, in other stacks: a variant may hang on it.
        external_services: what they stand on.

    Raises:
        ValueError: the lock does not have one.
    """
    names = frozenset(component.name for component in (*components, *other_components))
    wanted = {component.name: variant(component, names, external_services) for component in components}
    if external_services.via_csi:
        there = lock().components
        wanted = {name: one + VIA_CSI * (one + VIA_CSI in there.get(name, {})) for name, one in wanted.items()}
    return {
        component.name: lock().entry(component.name, wanted[component.name])
        for component in components
        if isinstance(component.source, Vendored)
    }
