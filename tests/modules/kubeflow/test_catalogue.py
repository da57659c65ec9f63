"""The page of everything that can be installed: whole, consistent, and each default what upstream installs."""

import re

import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.install_order import install_order
from modules.kubeflow.lock import Entry, conflicts, read_lock
from modules.kubeflow.retired import RETIRED
from modules.kubeflow.selection import OBJECTS
from modules.kubeflow.upstream import REPOSITORIES
from modules.kubeflow.variants import entries, variant
from modules.settings.component import Builtin, Component, HelmChart, Kustomization, Vendored, VendoredCharts

BY_NAME = {component.name: component for component in CATALOGUE}
EVERY = [pytest.param(component, id=component.name) for component in CATALOGUE]
WALK_THROUGH = {
    *("argo", "chainer", "chainer-operator", "fairing", "jupyter", "kfserving", "metadata", "mxnet", "mxnet-operator"),
    *(
        "pytorch-operator",
        "seldon",
        "spartakus",
        "tf-batch-predict",
        "tf-batch-prediction",
        "tf-job-operator",
        "tf-serving",
    ),
}
"""Components that walk-throughs of 2018 to 2020 install by these names."""


def test_names_are_unique_and_every_need_is_there() -> None:
    assert len(BY_NAME) == len(CATALOGUE)
    assert len(install_order(CATALOGUE)) == len(CATALOGUE)


@pytest.mark.parametrize("component", EVERY)
def test_an_entry_is_complete(component: Component) -> None:
    assert re.fullmatch(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", component.name)
    assert component.about.endswith(".")
    assert component.namespace
    assert 0 < component.minutes * 60 <= component.timeout_seconds
    assert set(component.alternative_to) <= set(BY_NAME)
    match component.source:
        case HelmChart(repository=repository, version=version):
            assert repository.startswith(("https://", "oci://"))
            assert re.fullmatch(r"v?\d+\.\d+\.\d+", version)
        case Kustomization(repository=repository) | VendoredCharts(repository):
            assert re.fullmatch(r"[0-9a-f]{40}", REPOSITORIES[repository].commit)
        case Builtin():
            assert (OBJECTS / f"{component.source.template or component.name}.yaml.j2").is_file()


@pytest.mark.parametrize("component", EVERY)
def test_defaults_need_defaults_and_add_ons_need_add_ons(component: Component) -> None:
    for need in component.needs:
        assert BY_NAME[need].default or not component.default, need
        assert BY_NAME[need].layer == "addons" or component.layer == "kubeflow", need
    for other in component.after:
        assert BY_NAME[other].layer == "addons" or component.layer == "kubeflow", other


@pytest.mark.parametrize("component", [one for one in EVERY if isinstance(one.values[0].source, Vendored)])  # type: ignore[union-attr]
def test_the_lock_has_every_kustomization_with_data_where_it_says_so(component: Component) -> None:
    entry = entries([component])[component.name]
    assert sum(entry.kinds.values()) > 0
    if entry.volumes:
        assert component.stateful, entry.volumes


def test_alternatives_are_so_both_ways() -> None:
    for component in CATALOGUE:
        for other in component.alternative_to:
            assert component.name in BY_NAME[other].alternative_to


def test_retired_names_lead_to_entries_and_are_none() -> None:
    assert set(RETIRED) >= WALK_THROUGH
    for name, retired in RETIRED.items():
        assert name not in BY_NAME
        assert retired.entry in {*BY_NAME, ""}, name
        assert retired.ended
        assert retired.successor


def test_entries_that_can_be_installed_together_own_different_objects() -> None:
    chosen = entries(CATALOGUE)
    assert list(conflicts(chosen)) == []
    owned = {component.name: component.owns for component in CATALOGUE if component.owns}
    assert {(one, two) for _, one, two in conflicts(chosen, owned)} == {("pipelines", "argo-workflows")}


def test_two_mpi_operators_would_own_one_type_but_for_the_variant() -> None:
    training, mpi = BY_NAME["training-operator"], BY_NAME["mpi-operator"]
    assert variant(training, frozenset({"training-operator"})) == "default"
    assert variant(training, frozenset({"training-operator", "mpi-operator"})) == "without-mpijob"
    lock = read_lock()
    both: dict[str, Entry] = {one.name: lock.entry(one.name, "default") for one in (training, mpi)}
    found = {item for item, _, _ in conflicts(both)}
    assert "CustomResourceDefinition.apiextensions.k8s.io mpijobs.kubeflow.org" in found
    assert list(conflicts(entries([training, mpi]))) == []


def test_what_holds_data_in_the_cluster_is_in_volumes_that_a_class_makes() -> None:
    for component in CATALOGUE:
        if component.stateful:
            assert "default-storage-class" in component.needs, component.name
