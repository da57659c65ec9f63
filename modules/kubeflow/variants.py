"""Choice of the variant of each kustomization, and its lock entry."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from modules.kubeflow.behaviours import BEHAVIOURS
from modules.kubeflow.lock import Entry, Lock, read_lock
from modules.settings.component import Component, Vendored

OWN_DATABASES = "-databases"
"""Name suffix of a variant with tokens for each program's database (`program_databases.py`)."""
VIA_CSI = "-csi"
"""Name suffix of a variant whose pods read Secrets via CSI (`secrets/csi.py`)."""


@dataclass(frozen=True)
class ExternalServices:
    """Inputs of the variant choice in addition to the selected names."""

    external: frozenset[str] = frozenset()
    """External services: `s3` for artifacts in a bucket, `rds` for tables on a MySQL server, `ecr` for repositories."""
    own_databases: frozenset[str] = frozenset()
    """Components with databases of other names, servers or certificates than the usual ones (`program_databases.py`)."""
    via_csi: bool = False
    """Whether pods read Secrets via CSI; components without Secrets have no such variant."""


IN_CLUSTER = ExternalServices()


@functools.cache
def lock() -> Lock:
    """The committed lock, read once per run."""
    return read_lock()


def variant(component: Component, names: frozenset[str], external_services: ExternalServices = IN_CLUSTER) -> str:
    """Variant name of a kustomization without CSI.

    Args:
        component: catalogue entry.
        names: names of all selected components.
        external_services: external services in use.
    """
    behaviour = BEHAVIOURS.get(component.name)
    if behaviour is None:
        return "default"
    if behaviour.external_services:
        used = "-".join(one for one in behaviour.external_services if one in external_services.external)
        others = OWN_DATABASES * (component.name in external_services.own_databases)
        return (used or behaviour.without_services) + others
    return "default" if behaviour.variant is None else behaviour.variant(names)


def variants_of(
    components: Sequence[Component],
    other_components: Sequence[Component] = (),
    external_services: ExternalServices = IN_CLUSTER,
) -> dict[str, str]:
    """Name of the variant of each component, as in the lock.

    Args:
        components: components to look up.
        other_components: components selected in other stacks, which can determine a variant.
        external_services: external services in use.
    """
    names = frozenset(component.name for component in (*components, *other_components))
    wanted = {component.name: variant(component, names, external_services) for component in components}
    if external_services.via_csi:
        there = lock().components
        wanted = {name: one + VIA_CSI * (one + VIA_CSI in there.get(name, {})) for name, one in wanted.items()}
    return wanted


def entries(
    components: Sequence[Component],
    other_components: Sequence[Component] = (),
    external_services: ExternalServices = IN_CLUSTER,
) -> dict[str, Entry]:
    """The lock's entry of each kustomization among some components.

    Args:
        components: components to look up.
        other_components: components selected in other stacks, which can determine a variant.
        external_services: external services in use.

    Raises:
        ValueError: an entry is missing in the lock.
    """
    wanted = variants_of(components, other_components, external_services)
    return {
        component.name: lock().entry(component.name, wanted[component.name])
        for component in components
        if isinstance(component.source, Vendored)
    }
