"""This version applied over the recorded ones: nothing is refused, nothing that holds data is deleted or created again."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from modules.kubeflow.manifest import Object, identity
from modules.kubeflow.secrets.pod_references import pod_specs
from modules.upgrade.digests import digest
from modules.upgrade.records import CrdVersion, Inventory, Record, read
from tests.platform_objects import needs_cache
from tests.stand_ins.providers.charts import render
from tests.upgrades.applied import FAMILIES, apply_over, recorded_variants, upgrade

pytestmark = [pytest.mark.upstream, needs_cache]
RECORDED = {path.stem: read(path) for path in sorted(Path(__file__).parent.glob("*.json"))}
BEFORE = "26.03"
FAMILY = "in-cluster, Dex"

GONE: Mapping[str, str] = {}
"""Releases of a recorded version that this version does not have, with the reason; all that they hold is deleted."""
SUPPLIED_NO_MORE: Mapping[str, str] = {}
"""Secrets with credentials that this version does not need, with the reason."""


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("version", RECORDED)
def test_this_version_goes_over_a_recorded_one(version: str, family: str) -> None:
    recorded, new = RECORDED[version], upgrade(family)
    outcome = apply_over(recorded, new)
    assert outcome.refused == {}
    assert outcome.moved == {}, "Helm knows its own by the release: leave an object in the release that has it"
    assert (outcome.lost, outcome.created_again) == ([], [])


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("version", RECORDED)
def test_releases_and_credentials_keep_their_names(version: str, family: str) -> None:
    recorded, new = RECORDED[version], upgrade(family)
    chosen = recorded_variants(recorded, new.chosen)
    assert len(chosen) > 35
    releases = {
        one.release for name, variant in chosen.items() for one in recorded.components[name].of_variant(variant)
    }
    assert releases - new.charts.keys() - GONE.keys() == set(), "a new name for the same objects is refused by Helm"
    secrets = {one.place for name, variant in chosen.items() for one in recorded.components[name].secrets_of(variant)}
    assert secrets - new.secrets - SUPPLIED_NO_MORE.keys() == set(), "another name is another password"


@pytest.mark.parametrize("version", RECORDED)
def test_no_policy_that_lets_callers_in_goes_before_the_pods_that_it_selects(version: str) -> None:
    """The release of namespaces is upgraded first: a policy that it loses closes pods of releases that come minutes later."""
    policies = {
        one.place
        for one in RECORDED[version].components["kubeflow-namespace"].objects
        if one.type.startswith("NetworkPolicy.")
    }
    folder, namespace, values = upgrade(FAMILY).charts["kubeflow-namespace"]
    kept = {
        f"{one['metadata']['namespace']}/{one['metadata']['name']}"
        for one in render(folder, values, "x", namespace, 2).objects
        if one["kind"] == "NetworkPolicy"
    }
    assert len(policies) > 20
    assert policies - kept == set()


@pytest.mark.parametrize("version", RECORDED)
def test_services_and_policies_select_the_pods_of_the_version_before_until_new_ones_are_ready(version: str) -> None:
    """Or a webhook has no endpoint, or is closed, from the upgrade of its Service or policy until its new pod is ready."""
    recorded: dict[tuple[str, str], Record] = {
        (one.type, one.place): one for component in RECORDED[version].components.values() for one in component.objects
    }
    checked, lost = 0, set()
    for workload in upgrade(FAMILY).objects:
        if workload["kind"] != "Deployment" or ("Deployment.apps", place_of(workload)) not in recorded:
            continue
        old = recorded["Deployment.apps", place_of(workload)].fields
        pods = workload["spec"]["template"]["metadata"]["labels"]
        for one in upgrade(FAMILY).objects:
            kind, wanted = selection(one)
            is_there = (kind, place_of(one)) in recorded and place_of(one).partition("/")[0] == place_of(
                workload
            ).partition("/")[0]
            if is_there and wanted and wanted.items() <= pods.items():
                checked += 1
                if any(
                    old.get(f"spec.template.metadata.labels.{key}") != digest(value) for key, value in wanted.items()
                ):
                    lost.add(str(identity(one)))
    assert checked > 20
    assert lost == set()


def place_of(item: Object) -> str:
    return identity(item).place


def selection(item: Object) -> tuple[str, Mapping[str, str]]:
    """Type of a Service or NetworkPolicy, and the labels by which it selects pods; empty for all else."""
    if item["kind"] == "Service":
        return "Service", item["spec"].get("selector") or {}
    if item["kind"] == "NetworkPolicy":
        return identity(item).type, item["spec"]["podSelector"].get("matchLabels") or {}
    return "", {}


def test_a_database_has_time_to_rewrite_its_data_at_the_first_start() -> None:
    servers = [
        (one, container)
        for one in upgrade(FAMILY).objects
        for _, spec in pod_specs(one)
        for container in spec["containers"]
        if "mysql:" in container["image"] and one["kind"] == "Deployment"
    ]
    assert {one["metadata"]["name"] for one, _ in servers} == {"katib-mysql", "model-registry-db", "mysql"}
    for one, container in servers:
        assert one["spec"]["strategy"] == {"type": "Recreate"}, "two servers on one data directory"
        if "livenessProbe" in container:
            startup = container["startupProbe"]
            assert startup["periodSeconds"] * startup["failureThreshold"] >= 300, one["metadata"]["name"]


def planted(component: str, place: str, change: Callable[[Record], Record]) -> Inventory:
    """The recorded version with one object changed."""
    recorded = RECORDED[BEFORE]
    old = recorded.components[component]
    assert any(one.place == place for one in old.objects)
    objects = tuple(change(one) if one.place == place else one for one in old.objects)
    return replace(recorded, components={**recorded.components, component: replace(old, objects=objects)})


def fixed(**values: Any) -> Callable[[Record], Record]:
    return lambda one: replace(one, fixed={**one.fixed, **{f"spec.{path}": value for path, value in values.items()}})


def of_other_version(one: Record) -> Record:
    assert one.object_type is not None
    versions = {"v0alpha1": CrdVersion(True, True, ""), **one.object_type.versions}
    return replace(one, object_type=replace(one.object_type, versions=versions))


def bound_to_another_role(one: Record) -> Record:
    return (
        replace(one, fixed={"roleRef": {"kind": "ClusterRole", "name": "cluster-admin"}})
        if "roleRef" in one.fixed
        else one
    )


@pytest.mark.parametrize(
    ("component", "place", "change", "release", "said"),
    [
        (
            "katib", "kubeflow/katib-ui", lambda one: replace(one, release="pipelines"), "katib",
            'katib-ui" in namespace "kubeflow" exists and cannot be imported into the current release: invalid ownership metadata',
        ),
        (
            "katib", "kubeflow/katib-controller", fixed(selector={"matchLabels": {"app": "older"}}), "katib",
            'Deployment.apps "katib-controller" is invalid: spec.selector: Invalid value',
        ),
        (
            "katib", "kubeflow/katib-mysql", fixed(storageClassName="gp2"), "katib",
            'PersistentVolumeClaim "katib-mysql" is invalid: spec: Forbidden: spec is immutable after creation',
        ),
        (
            "katib", "katib-ui", bound_to_another_role, "katib",
            'ClusterRoleBinding.rbac.authorization.k8s.io "katib-ui" is invalid: roleRef: Invalid value',
        ),
        (
            "pipelines", "kubeflow/metacontroller", fixed(serviceName="older"), "pipelines",
            'StatefulSet.apps "metacontroller" is invalid: spec: Forbidden: updates to statefulset spec',
        ),
        (
            "katib", "experiments.kubeflow.org", of_other_version, "katib-crds",
            "v0alpha1 was previously a storage version, and must remain in spec.versions",
        ),
    ],
)  # fmt: skip
def test_a_planted_fault_is_refused_in_the_words_of_helm_and_the_api_server(
    component: str, place: str, change: Callable[[Record], Record], release: str, said: str
) -> None:
    outcome = apply_over(planted(component, place, change), upgrade(FAMILY))
    assert [*outcome.refused] == [release]
    assert said in outcome.refused[release]


def test_a_volume_that_is_not_kept_and_a_removed_release_are_seen() -> None:
    recorded = planted("katib", "kubeflow/katib-mysql", lambda one: replace(one, place=f"{one.place}-old", keep=False))
    assert [key[3] for key in apply_over(recorded, upgrade(FAMILY)).lost] == ["katib-mysql-old"]


def test_an_object_that_moves_is_seen_also_where_its_old_release_lets_go_of_it_first() -> None:
    recorded = planted("kubeflow-namespace", "kubeflow/poddefaults", lambda one: replace(one, release="katib"))
    other = planted("pipelines", "kubeflow/metacontroller", lambda one: replace(one, release="katib"))
    assert "kubeflow-namespace" in apply_over(recorded, upgrade(FAMILY)).refused
    outcome = apply_over(other, upgrade(FAMILY))
    assert (outcome.refused, outcome.moved["StatefulSet kubeflow/metacontroller"]) == ({}, ("katib", "pipelines"))
