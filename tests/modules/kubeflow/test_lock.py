import time
from pathlib import Path

import pytest

from modules.kubeflow.lock import (
    LOCK_FILE,
    Lock,
    Namespace,
    Secret,
    Volume,
    conflicts,
    read_lock,
    release_name,
    webhook_ports,
)
from tests.modules.kubeflow.lock_entries import entry, lock, phase


def test_what_is_written_is_read(tmp_path: Path) -> None:
    written = lock(
        shop=entry(
            namespaces=(Namespace("a", {"x": "y"}, {}),),
            secrets=(Secret("a", "login", ("password",), {"user": "root"}, "Opaque"),),
            volumes=(Volume("a/data", "1Gi", ""),),
            removed={"status": ("Widget a/b",)},
            crds={"widgets.example.org": ("v1",)},
            webhook_ports=(9443,),
        )
    )
    (tmp_path / "lock.json").write_bytes(written.text())
    assert read_lock(tmp_path / "lock.json") == written
    assert read_lock(tmp_path / "lock.json").text() == written.text()


def test_the_committed_lock_is_as_it_was_written_and_read_at_once() -> None:
    began = time.perf_counter()
    committed = read_lock()
    assert time.perf_counter() - began < 0.1  # 1 ms on a quiet machine
    assert committed.text() == LOCK_FILE.read_bytes()


def test_no_lock_yet_is_an_empty_one(tmp_path: Path) -> None:
    assert read_lock(tmp_path / "lock.json") == Lock({}, {})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not valid JSON"),
        ('{"format": 0}', "has an unsupported format; run `make vendor UPDATE=1`"),
        ('{"format": 2, "upstream": {}, "components": {"a": {"b": {"phases": {}}}}}', "do not edit"),
    ],
)
def test_a_lock_of_other_hands_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "lock.json").write_text(content)
    with pytest.raises(ValueError, match=message):
        read_lock(tmp_path / "lock.json")


def test_an_entry_that_is_missing_says_what_to_run() -> None:
    with pytest.raises(
        ValueError, match=r"shop \(small\): not found in upstream.lock.json; run `make vendor UPDATE=1`"
    ):
        lock(shop=entry()).entry("shop", "small")


def test_kinds_tokens_and_ports_are_summed_up() -> None:
    one = entry(
        namespaces=(Namespace("a", {}, {}),),
        webhook_ports=(9443,),
        phases={
            "crds": phase({"CustomResourceDefinition.apiextensions.k8s.io": {"a": "", "b": ""}}, tokens=("z", "a")),
            "crs": phase({"Widget.example.org": {"a/w": ""}}, tokens=("a",)),
        },
    )
    assert one.kinds == {
        "CustomResourceDefinition.apiextensions.k8s.io": 2,
        "Namespace": 1,
        "Widget.example.org": 1,
    }
    assert one.tokens == ("a", "z")
    assert webhook_ports([one, entry(webhook_ports=(443, 9443))]) == [443, 9443]
    assert [release_name("shop", name) for name in ("crds", "main", "crs")] == ["shop-crds", "shop", "shop-crs"]


def test_two_owners_of_one_object_are_found() -> None:
    crd = {"CustomResourceDefinition.apiextensions.k8s.io": {"mpijobs.kubeflow.org": ""}}
    one, two = entry(phases={"crds": phase(crd)}), entry(phases={"crds": phase(crd)})
    name = "CustomResourceDefinition.apiextensions.k8s.io mpijobs.kubeflow.org"
    assert list(conflicts({"v1": one, "v2": two})) == [(name, "v1", "v2")]
    owns = {"chart": ["CustomResourceDefinition/mpijobs.kubeflow.org", "CustomResourceDefinition/other"]}
    assert list(conflicts({"v1": one}, owns)) == [(name, "v1", "chart")]
    assert list(conflicts({"v1": one, "shop": entry()})) == []


def test_the_known_conflicts_of_the_catalogue_are_found() -> None:
    locked = read_lock()
    mpi, pipelines = locked.entry("mpi-operator", "default"), locked.entry("pipelines", "in-cluster")
    both = list(conflicts({"mpi-operator": mpi, "training-operator": locked.entry("training-operator", "default")}))
    assert [item for item, _, _ in both] == ["CustomResourceDefinition.apiextensions.k8s.io mpijobs.kubeflow.org"]
    without = locked.entry("training-operator", "without-mpijob")
    assert list(conflicts({"mpi-operator": mpi, "training-operator": without})) == []
    owns = {"argo-workflows": ["CustomResourceDefinition/workflows.argoproj.io"]}
    assert [second for _, _, second in conflicts({"pipelines": pipelines}, owns)] == ["argo-workflows"]


def test_the_default_set_has_one_owner_for_each_object() -> None:
    optional = {"mpi-operator", "training-operator"}
    variants = {name: found for name, found in read_lock().components.items() if name not in optional}
    for pick in (min, max):
        assert list(conflicts({name: found[pick(found)] for name, found in variants.items()})) == []
