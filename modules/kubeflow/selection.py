"""Selection by platform settings: variants of entries, their charts, namespaces and Secrets."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from modules.kubeflow.behaviours import KEYS, SUPPLIED_SECRETS
from modules.kubeflow.chart import LocalChart, local_charts, namespaces_chart
from modules.kubeflow.credential import DerivedSecrets
from modules.kubeflow.database_users import BUILTIN_READERS
from modules.kubeflow.lock import Entry, Namespace
from modules.kubeflow.manifest import Object, load
from modules.kubeflow.normalize import give_annotations
from modules.kubeflow.secrets.credentials import NeededSecret, needed_secrets
from modules.kubeflow.secrets.csi import mount_secrets
from modules.kubeflow.secrets.pod_references import mark_readers
from modules.kubeflow.secrets.upstream_secrets import RemovedSecret
from modules.kubeflow.upstream import VERSION
from modules.kubeflow.variants import lock
from modules.program import run
from modules.settings.component import Builtin, Component, HelmChart
from modules.text import render

OBJECTS = Path(__file__).with_name("objects")
EVERY_CLUSTER = frozenset({"default", "kube-system"})
"""Namespaces that need not be made."""


def charts(
    component: Component, entry: Entry | None, facts: Mapping[str, Any], *, via_csi: bool = False
) -> list[LocalChart]:
    """Local charts of one component in install order; empty for an official chart.

    Args:
        component: catalogue entry.
        entry: lock entry of a kustomization.
        facts: variables of the templates in `objects/`.
        via_csi: whether pods read their Secrets via CSI.
    """
    if isinstance(component.source, HelmChart):
        return []
    if isinstance(component.source, Builtin):
        template = OBJECTS / f"{component.source.template or component.name}.yaml.j2"
        objects = load(render(template, name=component.name, **facts))
        return [LocalChart.of(component.name, _with_secrets(component, objects, via_csi), VERSION)]
    if entry is None:
        raise ValueError(f"{component.name}: not found in the lock; run `{run('vendor --update')}`")
    return local_charts(component.name, entry)


def _with_secrets(component: Component, objects: list[Object], via_csi: bool) -> list[Object]:
    """Template objects whose pods restart on a new Secret version, and read it via CSI where enabled."""
    if component.name not in BUILTIN_READERS:
        return objects
    secret = RemovedSecret(component.namespace, component.name, (), {})
    mark_readers(objects, {(secret.namespace, secret.name)})
    if via_csi:
        objects, _ = mount_secrets(objects, [secret])
        give_annotations(objects, component.name)
    return objects


def namespaces(components: Sequence[Component], chosen: Mapping[str, Entry], made: frozenset[str]) -> list[Namespace]:
    """Namespaces to create for some components, with upstream's labels."""
    found = {namespace.name: namespace for entry in chosen.values() for namespace in entry.namespaces}
    for component in components:
        found.setdefault(component.namespace, Namespace(component.namespace, {}, {}))
    for entry in chosen.values():
        for phase in entry.phases.values():
            for name in phase.namespaces:
                found.setdefault(name, Namespace(name, {}, {}))
    return [found[name] for name in sorted(set(found) - EVERY_CLUSTER - made)]


def namespaces_of_others(present: Sequence[Component]) -> set[str]:
    """Namespaces of preinstalled components; Helm cannot create them again."""
    return {component.namespace for component in present} | {
        namespace.name
        for component in present
        for entry in lock().components.get(component.name, {}).values()
        for namespace in entry.namespaces
    }


def secrets(
    components: Sequence[Component], chosen: Mapping[str, Entry], supplied: DerivedSecrets
) -> list[NeededSecret]:
    """Kubernetes Secrets that must exist before some components.

    Args:
        components: components to install.
        chosen: their lock entries.
        supplied: Secrets derived from settings.
    """
    charts = [
        NeededSecret(
            component.name,
            component.namespace,
            secret.name,
            "Opaque",
            KEYS[component.name, secret.name],
            readers=(secret.reader,),
            versioned=True,
        )
        for component in components
        for secret in SUPPLIED_SECRETS.get(component.name, ())
    ]
    ours = [
        NeededSecret(
            component.name,
            component.namespace,
            component.name,
            "Opaque",
            supplied.keys[component.name, component.name],
            readers=(component.name,),
            versioned=True,
        )
        for component in components
        if component.name in BUILTIN_READERS
    ]
    return needed_secrets(chosen, supplied.keys) + charts + ours


def chart_of_namespaces(release: str, wanted: Sequence[Namespace]) -> LocalChart:
    """The chart of a stack's namespaces."""
    return namespaces_chart(release, wanted, VERSION)
