"""Rules about components: their values, conflicts, and the settings that they require."""

import re
from collections.abc import Iterator

from modules.errors import split_sentence
from modules.kubeflow.chosen import (
    AUTO_MODE_POOLS,
    chosen_components,
    external_services_of,
    known_components,
    selected_components,
)
from modules.kubeflow.install_order import InstallOrderError
from modules.kubeflow.lock import conflicts
from modules.kubeflow.variants import entries, lock
from modules.program import run
from modules.rules.component_names import missing_dependencies, unknown
from modules.rules.rule import Problem, rule
from modules.settings.cluster import Cluster
from modules.settings.component import Builtin, Component, HelmChart, Vendored
from modules.settings.kubeflow import Kubeflow
from modules.settings.notebooks import Notebooks
from modules.settings.platform import Platform

RELEASE_NAME = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)


@rule(Kubeflow)
def values_of_charts(kubeflow: Kubeflow) -> Iterator[Problem]:
    """Only official charts have values."""
    known = known_components(kubeflow)
    for name in sorted(kubeflow.values):
        if name not in known:
            yield f"values[{name}]", *unknown(name, known)
        elif not isinstance(known[name].source, HelmChart):
            yield (
                f"values[{name}]",
                f"{name} is not an official chart and has no values",
                "install a patched version from extra_components",
            )


@rule(Kubeflow)
def own_components(kubeflow: Kubeflow) -> Iterator[Problem]:
    """Extra components have a valid release name and only fields that apply to them."""
    for index, component in enumerate(kubeflow.extra_components):
        if not RELEASE_NAME.fullmatch(component.name):
            yield (
                f"extra_components[{index}].name",
                f"{component.name!r} is not a valid release name",
                "use 1 to 40 lower-case letters, digits and hyphens",
            )
        if component.aws:
            yield (
                f"extra_components[{index}].aws",
                "policies of the catalogue are for its own entries",
                "add a role for the service account to service_account_roles",
            )
        if isinstance(component.source, Builtin):
            yield (
                f"extra_components[{index}].source",
                "Builtin is for entries of the catalogue",
                "use HelmChart or Kustomization",
            )
        if isinstance(component.source, Vendored) and component.name not in lock().components:
            yield (
                f"extra_components[{index}].source",
                f"{component.name} is not in the lock",
                f"run `{run('vendor --update')}`",
            )


@rule(Kubeflow)
def what_fits_together(kubeflow: Kubeflow) -> Iterator[Problem]:
    """Dependencies are installed, and no components conflict."""
    missing = list(missing_dependencies(kubeflow))
    if missing:
        yield from missing
        return
    try:
        chosen = chosen_components(kubeflow)
    except InstallOrderError as error:  # a name that exists already, or a cycle: the catalogue has neither
        yield "extra_components", *split_sentence(str(error).removeprefix("components: "))
        return
    names = {component.name for component in chosen}
    yield from conflicts_between(kubeflow, chosen, names)
    yield from what_components_ask_for(kubeflow, names)


def conflicts_between(kubeflow: Kubeflow, chosen: list[Component], names: set[str]) -> Iterator[Problem]:
    """Components do the same work or own the same object at most once."""
    for component in chosen:
        for other in component.alternative_to:
            if other in names and (
                component.name < other or component.name not in known_components(kubeflow)[other].alternative_to
            ):
                yield (
                    "enable",
                    f"{component.name} and {other} conflict, since they do the same work",
                    "remove one of them",
                )
    in_lock = [component for component in chosen if component.name in lock().components]
    owned = {component.name: component.owns for component in chosen if component.owns}
    for item, one, two in conflicts(entries(in_lock, external_services=external_services_of(kubeflow)), owned):
        yield "enable", f"{item} belongs to both {one} and {two}, and Helm accepts one owner", "remove one of them"


def what_components_ask_for(kubeflow: Kubeflow, names: set[str]) -> Iterator[Problem]:
    """Components have the settings that they require, and settings have their component."""
    if kubeflow.node_pools and not names & {"karpenter-node-pools", AUTO_MODE_POOLS}:
        yield (
            "node_pools",
            "node pools require Karpenter",
            'add enable=("karpenter-crds", "karpenter", "karpenter-node-pools")',
        )
    if "karpenter-node-pools" in names and not kubeflow.node_pools:
        yield "node_pools", "karpenter-node-pools requires at least one pool", "set node_pools"
    if "external-dns" in names and not kubeflow.dns_zone_ids:
        yield "dns_zone_ids", "external-dns requires the zones that it can write to", "set dns_zone_ids"
    if kubeflow.auth is None and names & {"dex", "oauth2-proxy"}:
        yield (
            "auth",
            "authentication is required, since there is no default user",
            'set auth=Dex(users=("you@example.com",)) or another kind',
        )
    yield from settings_without_a_component(kubeflow, names)


SETTINGS_OF = {
    "dns_zone_ids": ("external-dns",),
    "gpu_time_slices": ("nvidia-device-plugin",),
    "karpenter_node_group": ("karpenter",),
    "knative_domain": ("knative-serving",),
    "notebooks": ("jupyter-web-app", "notebook-controller"),
    "pod_log_retention_days": ("aws-for-fluent-bit",),
}
"""Setting to the components of which one reads it; without it, a value other than the default has no effect."""
OF_NOTEBOOK_CONTROLLER = frozenset({"idle_minutes", "idle_check_minutes"})
"""Fields of `notebooks` that the form of notebooks does not read."""
OF_A_SHARED_CLUSTER = frozenset({"knative_domain"})
"""Settings that decide about certificates and records, too, for a component that a shared cluster has."""


def settings_without_a_component(kubeflow: Kubeflow, names: set[str]) -> Iterator[Problem]:
    """Settings that no installed component reads."""
    for setting, readers in SETTINGS_OF.items():
        default = Kubeflow.model_fields[setting].get_default()
        there = {*names, *kubeflow.preinstalled} if setting in OF_A_SHARED_CLUSTER else names
        if getattr(kubeflow, setting) != default and not there.intersection(readers):
            yield setting, *_not_read(kubeflow, readers)
    form, controller = SETTINGS_OF["notebooks"]
    if controller in names and form not in names:
        for field, known in Notebooks.model_fields.items():
            if field not in OF_NOTEBOOK_CONTROLLER and getattr(kubeflow.notebooks, field) != known.get_default():
                yield f"notebooks.{field}", *_not_read(kubeflow, (form,))


def _not_read(kubeflow: Kubeflow, readers: tuple[str, ...]) -> tuple[str, str]:
    add = " or ".join(
        f"remove {name} from disable" if name in kubeflow.disable else f'add enable=("{name}",)' for name in readers
    )
    return f"only {' or '.join(readers)} reads it, and it is not installed", f"{add}, or remove it"


@rule(Kubeflow)
def values_are_used(kubeflow: Kubeflow) -> Iterator[Problem]:
    """Values are for charts that are installed."""
    if any(missing_dependencies(kubeflow)):
        return
    names = {component.name for component in selected_components(kubeflow)}
    known = known_components(kubeflow)
    for name in sorted(kubeflow.values):
        if name in known and isinstance(known[name].source, HelmChart) and name not in names:
            yield (
                f"values[{name}]",
                f"{name} is not installed, so that nothing reads the values",
                f'add enable=("{name}",)',
            )


@rule(Platform)
def node_group_of_karpenter(platform: Platform) -> Iterator[Problem]:
    """Karpenter's own pods run on a node group that exists."""
    kubeflow, cluster = platform.kubeflow, platform.cluster
    if kubeflow is None or kubeflow.karpenter_node_group is None or not isinstance(cluster, Cluster):
        return
    names = [group.name for group in cluster.node_groups]
    if kubeflow.karpenter_node_group not in names:
        yield (
            "kubeflow.karpenter_node_group",
            f"the cluster has no node group {kubeflow.karpenter_node_group}, and Karpenter's pods would stay pending",
            f"use {' or '.join(names)}" if names else "add a node group",
        )
