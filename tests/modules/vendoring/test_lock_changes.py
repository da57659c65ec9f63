from pathlib import Path

import pytest

from modules.kubeflow.cache import Cache
from modules.kubeflow.lock import (
    Entry,
    Secret,
    Volume,
)
from modules.kubeflow.manifest import dump, load
from modules.vendoring.lock_changes import differences, upgrade_notes
from tests.modules.kubeflow.lock_entries import DIGESTS, entry, lock, phase


def test_differing_fields_are_told_with_values_but_not_all_of_many(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop, namespace: a}\nspec: "
    before, after = (
        entry(phases={"main": phase({"Deployment.apps": {"a/shop": f"spec={n}"}}, sha256=cache.put(dump(load(spec))))})
        for n, spec in enumerate((text + '{a: 1, l: [x], b: "1"}', text + "{" + ": 2, ".join("abcdefghi") + ": 2}"))
    )
    lines = list(differences("shop", before, after, cache))
    assert "shop: Deployment.apps a/shop: spec.a: 1 -> 2" in lines
    assert lines[-1].endswith("fields more")
    assert len(lines) == 7


def test_other_facts_are_compared(tmp_path: Path) -> None:
    after = entry(secrets=(Secret("a", "login", ("password",), {}, "Opaque"),))
    assert any("shop: secrets: () -> (Secret" in line for line in differences("shop", entry(), after, Cache(tmp_path)))


def advised(before: Entry, after: Entry) -> list[str]:
    return upgrade_notes(lock(shop=before), lock(shop=after))


def test_no_change_needs_no_advice() -> None:
    assert advised(entry(), entry()) == []


@pytest.mark.parametrize(
    ("item", "what"),
    [
        ("Deployment.apps a/shop", "kubectl delete Deployment.apps -n a shop; the upgrade makes it anew"),
        ("StatefulSet.apps a/shop", "kubectl delete StatefulSet.apps -n a shop --cascade=orphan"),
        ("ClusterRoleBinding.rbac.authorization.k8s.io shop", "kubectl delete ClusterRoleBinding.rbac.authorization.k8s.io shop;"),
        ("PersistentVolumeClaim a/shop", "keep the old one with a patch, or move the data to a new volume"),
    ],
)  # fmt: skip
def test_what_cannot_change_in_place_is_told_with_what_to_do(item: str, what: str) -> None:
    (line,) = advised(entry(immutable={item: "app=a"}), entry(immutable={item: "app=b"}))
    assert f"{item}: cannot change in place from (app=a) to (app=b)" in line
    assert what in line


def test_a_removed_version_and_a_removed_crd_are_told() -> None:
    before = entry(crds={"a.example.org": ("v1", "v1beta1"), "b.example.org": ("v1",)})
    lines = advised(before, entry(crds={"a.example.org": ("v1",)}))
    assert ["has no version v1beta1 any more" in lines[0], "CRD b.example.org: is gone" in lines[1]] == [True, True]


def test_a_renamed_component_is_told_with_its_objects() -> None:
    lines = upgrade_notes(lock(shop=entry()), lock(store=entry()))
    assert "shop (default): is gone or renamed" in lines[0]
    assert "Deployment.apps a/shop: moves from release shop to store" in lines[1]
    assert "kubectl annotate Deployment.apps -n a shop --overwrite meta.helm.sh/release-name=store" in lines[1]


def test_an_object_in_another_phase_is_told() -> None:
    after = entry(phases={"crs": phase({"Deployment.apps": {"a/shop": DIGESTS}})})
    assert "moves from release shop to shop-crs, which is installed after it" in advised(entry(), after)[0]
    assert "kubectl annotate" in advised(after, entry())[0], (
        "the earlier release would be refused while the later one owns it"
    )


def test_volumes_secrets_and_values_are_told() -> None:
    before = entry(volumes=(Volume("a/x", "1Gi", ""), Volume("a/y", "1Gi", "")))
    after = entry(
        volumes=(Volume("a/x", "2Gi", ""),),
        secrets=(Secret("a", "login", ("password", "user"), {}, "Opaque"),),
        phases={"main": phase({"Deployment.apps": {"a/shop": DIGESTS}}, tokens=("host",))},
    )
    lines = advised(before, after)
    assert "volume a/x: 1Gi -> 2Gi" in lines[0]
    assert "volume a/y: is not used any more" in lines[1]
    assert "Secret a/login: must now be supplied with password, user" in lines[2]
    assert "asks for a value of @@host@@ now" in lines[3]
