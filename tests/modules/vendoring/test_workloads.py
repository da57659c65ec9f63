import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modules.kubeflow.cache import Cache
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.lock import Entry, read_lock
from modules.kubeflow.manifest import Object, load
from modules.kubeflow.selection import OBJECTS
from modules.kubeflow.workloads_lock import (
    WORKLOADS,
    WORKLOADS_FILE,
    ComponentWorkloads,
    as_text,
    known,
    read,
    workloads_lock,
)
from modules.settings.component import Component, HelmChart, Vendored
from modules.vendoring.chart_workloads import chart_folder, chart_workloads
from modules.vendoring.workload_objects import by_variant, reduced
from modules.vendoring.workloads import check_workloads, workloads_of, write_workloads
from tests.modules.kubeflow.lock_entries import entry, lock
from tests.platform_objects import needs_cache
from tests.upstream_folders import UPSTREAM_FOLDERS, needs_charts

CHARTS = [one for one in CATALOGUE if isinstance(one.source, HelmChart)]


def test_every_component_of_the_catalogue_is_known_in_its_version() -> None:
    assert [one.name for one in CATALOGUE if not known(one)] == []
    assert workloads_lock().keys() <= {one.name for one in CATALOGUE}
    versions = {name: next(iter(found.values())).app_version for name, found in read_lock().components.items()}
    versions |= {one.name: one.source.version for one in CHARTS if isinstance(one.source, HelmChart)}
    assert {name: one.version for name, one in workloads_lock().items()} == versions


def test_the_committed_data_are_as_they_were_written() -> None:
    assert as_text(workloads_lock()).encode() == WORKLOADS_FILE.read_bytes()


def _cached(found: Entry, cache: Cache) -> Iterator[Object]:
    for phase in found.phases.values():
        yield from load(cache.get(phase.sha256) or b"")


@pytest.mark.upstream
@needs_cache
def test_the_data_are_those_of_the_rendered_objects() -> None:
    cache, namespaces = Cache(), {one.name: one.namespace for one in CATALOGUE}
    for name, variants in read_lock().components.items():
        objects = {key: reduced(_cached(one, cache), namespaces[name]) for key, one in variants.items()}
        assert tuple(by_variant(objects)) == workloads_lock()[name].objects, name


@pytest.mark.upstream
@needs_charts
def test_the_data_are_those_of_the_official_charts() -> None:
    for one in CHARTS:
        assert isinstance(one.source, HelmChart)
        folder = chart_folder(one.source, UPSTREAM_FOLDERS)
        assert folder is not None, one.name
        assert chart_workloads(one, folder) == workloads_lock()[one.name], one.name


def test_templates_of_our_own_have_no_pods_that_run_all_the_time() -> None:
    """`known` says so of them without reading them."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in OBJECTS.glob("*.j2")}
    assert {name for name, text in texts.items() for kind in WORKLOADS if f"kind: {kind}" in text} == set()


DEPLOYMENT: Object = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "a", "namespace": "n", "labels": {"x": "y"}},
    "spec": {
        "replicas": 2,
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": {"app": "a"}},
        "template": {
            "metadata": {
                "labels": {"app": "a", "helm.sh/chart": "a-1.0.0"},
                "annotations": {"sidecar.istio.io/proxyCPU": "1m", "checksum": "1"},
            },
            "spec": {
                "serviceAccountName": "a",
                "nodeSelector": {"disk": "ssd"},
                "tolerations": [],
                "initContainers": [{"name": "first", "restartPolicy": "Always", "image": "i"}],
                "containers": [
                    {
                        "name": "main",
                        "image": "i",
                        "ports": [{"containerPort": 1}, {"containerPort": 2, "hostPort": 2}],
                        "resources": {"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "1"}},
                    }
                ],
                "volumes": [
                    {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
                    {"name": "c", "configMap": {"name": "c"}},
                ],
            },
        },
    },
}


def test_an_object_keeps_what_placing_its_pods_needs() -> None:
    (found,) = reduced([DEPLOYMENT, {"kind": "Service", "metadata": {"name": "a"}}], "release")
    assert found == {
        "kind": "Deployment",
        "metadata": {"name": "a", "namespace": "n"},
        "spec": {
            "replicas": 2,
            "strategy": {"type": "Recreate"},
            "template": {
                "metadata": {"labels": {"app": "a"}, "annotations": {"sidecar.istio.io/proxyCPU": "1m"}},
                "spec": {
                    "nodeSelector": {"disk": "ssd"},
                    "initContainers": [{"name": "first", "restartPolicy": "Always"}],
                    "containers": [
                        {
                            "name": "main",
                            "ports": [{"hostPort": 2}],
                            "resources": {"requests": {"cpu": "1", "memory": "1Gi"}},
                        }
                    ],
                    "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}],
                },
            },
        },
    }


CLAIM: dict[str, Any] = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


@pytest.mark.parametrize(
    ("one", "spec"),
    [
        ({"kind": "PersistentVolumeClaim", "spec": {**CLAIM, "storageClassName": "gp3", "volumeName": "v"}},
         {**CLAIM, "storageClassName": "gp3"}),
        ({"kind": "HorizontalPodAutoscaler",
          "spec": {"minReplicas": 2, "maxReplicas": 4, "metrics": [{}],
                   "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}}},
         {"minReplicas": 2, "maxReplicas": 4, "scaleTargetRef": {"kind": "Deployment", "name": "a"}}),
        ({"kind": "PodDisruptionBudget", "spec": {"minAvailable": 0, "selector": {"matchLabels": {"app": "a"}}}},
         {"minAvailable": 0, "selector": {"matchLabels": {"app": "a"}}}),
        ({"kind": "StatefulSet",
          "spec": {"template": {"spec": {"containers": []}}, "volumeClaimTemplates": [{"metadata": {"name": "v"}, "spec": CLAIM}]}},
         {"template": {"spec": {}}, "volumeClaimTemplates": [{"metadata": {"name": "v"}, "spec": CLAIM}]}),
    ],
)  # fmt: skip
def test_other_objects_keep_what_placing_pods_needs(one: Object, spec: dict[str, Any]) -> None:
    (found,) = reduced([{**one, "metadata": {"name": "a"}}], "release")
    assert found == {"kind": one["kind"], "metadata": {"name": "a", "namespace": "release"}, "spec": spec}


def test_an_object_of_some_variants_names_them() -> None:
    here, there = ({"kind": "Deployment", "metadata": {"name": name}} for name in ("here", "there"))
    found = ComponentWorkloads("1", tuple(by_variant({"a": [here, there], "b": [there]})))
    assert [one.get("variants") for one in found.objects] == [["a"], None]
    names = {variant: [one["metadata"]["name"] for one in found.of_variant(variant)] for variant in ("a", "b")}
    assert names == {"a": ["here", "there"], "b": ["there"]}


def _chart(tmp_path: Path, version: str = "1.0.0") -> Component:
    folder = tmp_path / "charts" / "shop"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: shop\nversion: {version}\n")
    (folder / "templates" / "all.yaml").write_text(json.dumps(DEPLOYMENT))
    return Component("shop", "shops", HelmChart("https://charts.example.org", "shop", "v1.0.0"))


def test_charts_are_read_from_a_folder_and_kept_without_it(tmp_path: Path) -> None:
    component, file, said = _chart(tmp_path), tmp_path / "workloads.json", list[str]()
    found = workloads_of([component], {}, lock(), [tmp_path], file, said.append)
    assert [one["metadata"]["name"] for one in found["shop"].objects] == ["a"]
    write_workloads(found, file)
    assert read(file) == found
    assert workloads_of([component], {}, lock(), [], file, said.append) == found
    assert said == []


def test_a_chart_in_another_version_is_not_read(tmp_path: Path) -> None:
    said: list[str] = []
    assert workloads_of([_chart(tmp_path, "2.0.0")], {}, lock(), [tmp_path], tmp_path / "none.json", said.append) == {}
    assert said == ["shop: chart shop v1.0.0 is not in KUBEFLOW_UPSTREAM, so its pods do not count in `check`"]


def test_a_difference_is_named(tmp_path: Path) -> None:
    component = next(one for one in CATALOGUE if isinstance(one.source, Vendored))
    file = tmp_path / "workloads.json"
    found = workloads_of(
        [component],
        {component.name: {"default": {"main": [DEPLOYMENT]}}},
        lock(**{component.name: entry()}),
        [],
        file,
        print,
    )
    write_workloads(found, file)
    check_workloads(found, file)
    check_workloads({**found, "shop": ComponentWorkloads("1.0.0", ())}, file)  # an extra component
    for other in ({}, {component.name: ComponentWorkloads("2", found[component.name].objects)}):
        with pytest.raises(ValueError, match=f"what runs in {component.name} does not match"):
            check_workloads(other, file)


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "is not valid JSON"), ('{"format": 0}', "unsupported format"), ('{"format": 1}', "do not edit")],
)
def test_edited_data_are_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "workloads.json").write_text(content)
    with pytest.raises(ValueError, match=message):
        read(tmp_path / "workloads.json")
