"""What users made is deleted before its controllers: kinds, their order, rights, and the time it may take."""

from typing import Any

import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.drain import CHARTS_KINDS, MINUTES, USERS_KINDS, drain_chart, kinds_of
from modules.kubeflow.manifest import load
from modules.kubeflow.variants import entries
from tests.modules.kubeflow.lock_entries import entry
from tests.official_charts import everything
from tests.upstream_folders import needs_charts


@pytest.fixture
def objects() -> dict[str, dict[str, Any]]:
    kinds = ("tfjobs.kubeflow.org", "rayclusters.ray.io", "profiles.kubeflow.org")
    chart = drain_chart("kubeflow-drain", "kube-system", kinds, "26.03")
    return {one["kind"]: one for one in load(chart.content or b"")}


def test_kinds_are_those_that_are_installed_in_the_order_they_go() -> None:
    chosen = [entry(crds={"profiles.kubeflow.org": ("v1",), "others.example.org": ("v1",)})]
    chosen.append(entry(crds={"tfjobs.kubeflow.org": ("v1",)}))
    assert kinds_of(chosen) == ["tfjobs.kubeflow.org", "profiles.kubeflow.org"]
    assert kinds_of([]) == []


def test_profiles_go_last_since_their_namespaces_hold_the_rest() -> None:
    assert USERS_KINDS[-1] == "profiles.kubeflow.org"
    assert len(set(USERS_KINDS)) == len(USERS_KINDS)


def test_every_kind_is_one_that_the_catalogue_can_install() -> None:
    installed = {crd for one in entries(CATALOGUE).values() for crd in one.crds}
    assert set(USERS_KINDS) - installed == set()


@needs_charts
@pytest.mark.parametrize("name", CHARTS_KINDS)
def test_kinds_of_official_charts_are_those_that_the_charts_bring(name: str) -> None:
    brought = {one["metadata"]["name"] for one in everything(name) if one["kind"] == "CustomResourceDefinition"}
    assert set(CHARTS_KINDS[name]) <= brought
    assert kinds_of([], [name]) == list(CHARTS_KINDS[name])


def test_the_job_is_a_hook_before_the_end_and_gives_up(objects: dict[str, dict[str, Any]]) -> None:
    job = objects["Job"]
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-delete"
    assert job["spec"]["activeDeadlineSeconds"] == MINUTES * 60
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["args"] == [
        "delete",
        "tfjobs.kubeflow.org,rayclusters.ray.io,profiles.kubeflow.org",
        "--all",
        "--all-namespaces",
        "--ignore-not-found",
        "--timeout=14m",
    ]


def test_it_may_delete_these_kinds_and_do_nothing_else(objects: dict[str, dict[str, Any]]) -> None:
    assert objects["ClusterRole"]["rules"] == [
        {"apiGroups": [group], "resources": resources, "verbs": ["delete", "get", "list", "watch"]}
        for group, resources in (("kubeflow.org", ["tfjobs", "profiles"]), ("ray.io", ["rayclusters"]))
    ]
    (subject,) = objects["ClusterRoleBinding"]["subjects"]
    assert (subject["name"], subject["namespace"]) == ("kubeflow-drain", "kube-system")
    assert objects["Job"]["spec"]["template"]["spec"]["serviceAccountName"] == "kubeflow-drain"
