"""What differs between two inventories: each kind of difference, from objects as they are rendered."""

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from modules.kubeflow.manifest import load
from modules.upgrade.changes import Comparison, FieldChange, SecretChange, VersionChange
from modules.upgrade.comparison import compare
from modules.upgrade.inventory import record
from modules.upgrade.records import ComponentRecord, Inventory, SecretRecord
from modules.upgrade.report import report
from tests.modules.upgrade.example_objects import BINDING, CLAIM, CRD, DEPLOYMENT, ROLE, STATEFUL_SET


def version(
    *texts: str, release: str = "shop", secrets: tuple[SecretRecord, ...] = (), number: str = "1", **variants: str
) -> Inventory:
    """A version with one component; keyword arguments are objects of one variant each."""
    shapes: dict[str, str] = {}
    records = [record(release, item, shapes) for text in texts for item in load(text)]
    records += [
        replace(record(release, item, shapes), variants=(name,))
        for name, text in variants.items()
        for item in load(text)
    ]
    names = tuple(variants) or ("default",)
    component = ComponentRecord("kubeflow", "a", True, "kustomization", number, names, tuple(records), secrets)
    return Inventory(number, {"kubeflow/manifests": f"commit {number}"}, {"shop": component}, shapes)


def test_equal_versions_differ_in_nothing() -> None:
    every = version(DEPLOYMENT, STATEFUL_SET, CRD, ROLE, BINDING, CLAIM)
    found = compare(every, every)
    assert found.is_empty
    assert "rendered objects are identical" in text(found)


def text(found: Comparison) -> str:
    written = io.StringIO()
    Console(width=400, file=written).print(report(found))
    return written.getvalue()


def test_components_images_and_fields_that_change_are_named() -> None:
    after = DEPLOYMENT.replace("ghcr.io/shop/main:v1", "docker.io/shop/main:v2").replace("replicas: 2", "replicas: 3")
    found = compare(version(DEPLOYMENT, STATEFUL_SET), version(after, ROLE, number="2"))
    (component,) = found.components
    assert (component.before, component.after, component.what) == ("v1", "v2", "changed")
    assert found.upstream == {"kubeflow/manifests": ("commit 1", "commit 2")}
    (image,) = found.images
    assert (image.before, image.after) == (("ghcr.io/shop/main:v1",), ("docker.io/shop/main:v2",))
    assert {one.object: (one.what, one.fields) for one in found.objects} == {
        "Deployment.apps a/shop": ("changed", ("spec.replicas", "spec.template.spec.containers[main].image")),
        "StatefulSet.apps a/index": ("removed", ()),
        "ClusterRole.rbac.authorization.k8s.io shop": ("added", ()),
    }
    assert "ghcr.io/shop/main:v1" in text(found)


def test_a_component_has_the_version_of_most_of_its_images() -> None:
    other = DEPLOYMENT.replace("name: shop,", "name: other,").replace("main:v1", "side:v3@sha256:0")
    (new,) = compare(
        replace(version(), components={}), version(DEPLOYMENT, other, other.replace("other", "x"))
    ).components
    assert (new.before, new.after, new.what) == ("", "v3", "added")
    assert compare(version(ROLE), version(ROLE, number="2")).components == (), "the title says the version of Kubeflow"


def test_rights_are_compared_resource_by_resource_however_rules_are_cut() -> None:
    cut = ROLE.replace("verbs: [list, get]}", 'verbs: [get]}, {apiGroups: [""], resources: [secrets], verbs: [list]}')
    assert compare(version(ROLE), version(cut)).rights == ()
    wider = ROLE.replace("[list, get]", "[get, delete]").replace("[secrets]", "[secrets, pods/exec]")
    (change,) = compare(version(ROLE), version(wider)).rights
    assert change.gained == ("delete, get pods/exec", "delete secrets")
    assert change.lost == ("list secrets",)
    (bound,) = compare(version(BINDING), version(BINDING.replace("name: shop}]", "name: other}]"))).rights
    assert bound.gained == ("ServiceAccount a/other gets ClusterRole shop",)


def test_an_object_of_another_release_is_a_move_and_no_other_change() -> None:
    found = compare(version(DEPLOYMENT), version(DEPLOYMENT, release="store"))
    (move,) = found.moves
    assert (move.object, move.before, move.after) == ("Deployment.apps a/shop", "shop", "store")
    assert found.objects == ()
    assert "kubectl annotate Deployment.apps -n a shop --overwrite meta.helm.sh/release-name=store" in found.steps[0]
    assert "helm.sh/resource-policy=keep" in found.steps[0]


@pytest.mark.parametrize(("text_", "handed_over"), [(ROLE, True), (CLAIM, False)])
def test_a_later_release_of_the_component_takes_over_what_holds_no_data(text_: str, handed_over: bool) -> None:
    found = compare(version(text_), version(text_, release="shop-crs"))
    assert [one.handed_over for one in found.moves] == [handed_over]
    assert bool(found.steps) is not handed_over
    (back,) = compare(version(text_, release="shop-crs"), version(text_)).moves
    assert not back.handed_over, "an earlier release would find it there, and be refused"


@pytest.mark.parametrize(
    ("before", "change", "path", "step"),
    [
        (DEPLOYMENT, ("{app: shop}}\n  template", "{app: x}}\n  template"), "spec.selector", "kubectl delete Deployment.apps -n a shop; the"),
        (STATEFUL_SET, ("serviceName: index", "serviceName: x"), "spec.serviceName", "--cascade=orphan; its pods and volumes are kept"),
        (STATEFUL_SET, ("storage: 1Gi", "storage: 2Gi"), "spec.volumeClaimTemplates", "--cascade=orphan"),
        (BINDING, ("ClusterRole, name: shop", "ClusterRole, name: x"), "roleRef", "kubectl delete ClusterRoleBinding"),
        (CLAIM, ("ReadWriteOnce", "ReadWriteMany"), "spec.accessModes", "keep the old value with a patch, or move the data"),
        (CLAIM, ("storage: 2Gi", "storage: 1Gi"), "spec.resources.requests.storage", "keep the old value"),
        (CRD, ("scope: Namespaced", "scope: Cluster"), "spec.scope", "deleting a CRD deletes all its objects"),
    ],
)  # fmt: skip
def test_what_cannot_change_in_place_is_named_with_what_to_do(
    before: str, change: tuple[str, str], path: str, step: str
) -> None:
    after = before.replace(*change)
    assert after != before
    found = compare(version(before), version(after))
    (fixed,) = found.fixed
    assert fixed.path == path
    assert step in fixed.step
    assert path in found.steps[0]


def test_a_claim_may_grow() -> None:
    found = compare(version(CLAIM), version(CLAIM.replace("2Gi", "20Gi")))
    assert (found.fixed, [one.fields for one in found.objects]) == ((), [("spec.resources.requests",)])


VERSIONS = "  versions:\n  - name: v1\n"
TWO = "  versions:\n  - {name: v2, served: true, storage: true}\n  - name: v1\n"


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (CRD, CRD.replace("name: v1", "name: v2"), {("v1", "removed", True), ("v2", "stored", False)}),
        (CRD, CRD.replace("served: true", "served: false"), {("v1", "not served", False)}),
        (
            CRD,
            CRD.replace("storage: true", "storage: false").replace(VERSIONS, TWO),
            {("v2", "stored", False)},
        ),
        ("", CRD, {("v1", "type added", False)}),
        (CRD, "", {("v1", "type removed", False)}),
    ],
)
def test_versions_of_object_types_are_compared(before: str, after: str, found: set[tuple[str, str, bool]]) -> None:
    changes = compare(version(before), version(after)).versions
    assert {(one.version, one.what, one.was_stored) for one in changes} == found
    assert all(isinstance(one, VersionChange) for one in changes)


def test_a_stored_version_that_is_removed_requires_a_migration() -> None:
    (step, *_) = compare(version(CRD), version(CRD.replace("name: v1", "name: v2"))).steps
    assert "version v1 of jobs.example.org is removed, and objects may be stored in it" in step
    assert "storedVersions" in step


def test_fields_that_users_manifests_lose_are_named() -> None:
    after = CRD.replace("image: {type: string}", "name: {type: string}")
    found = compare(version(CRD), version(after))
    assert found.fields == (FieldChange("shop", "jobs.example.org", "Job", "v1", "spec.pods[].image", "removed"),)
    assert "manifests of Job (jobs.example.org, v1) must change: spec.pods[].image (removed)" in found.steps[0]


def test_a_difference_of_some_variants_says_which() -> None:
    texts: Mapping[str, Any] = {"big": STATEFUL_SET, "small": ""}
    found = compare(
        version(DEPLOYMENT, **texts), version(DEPLOYMENT.replace("replicas: 2", "replicas: 3"), big="", small="")
    )
    assert {one.object: one.variants for one in found.objects} == {
        "Deployment.apps a/shop": (),
        "StatefulSet.apps a/index": ("big",),
    }


def test_a_new_variant_and_secrets_are_named() -> None:
    login = SecretRecord("a/login", ("password", "user"))
    found = compare(
        version(DEPLOYMENT, secrets=(SecretRecord("a/old", ("key",)), SecretRecord("a/login", ("password",)))),
        version(secrets=(login, SecretRecord("a/new", ("key",))), default=DEPLOYMENT, more=DEPLOYMENT),
    )
    assert found.components[0].note == "variant more is new"
    assert set(found.secrets) == {
        SecretChange("shop", "a/old", "removed", ("key",)),
        SecretChange("shop", "a/login", "keys", ("user",)),
        SecretChange("shop", "a/new", "added", ("key",)),
    }
    assert found.steps == (), "Terraform makes and replaces Secrets"


def test_the_report_has_every_difference_and_counts_those_of_labels_alone() -> None:
    labels = STATEFUL_SET.replace("namespace: a}", "namespace: a, labels: {version: v2}}")
    found = compare(
        version(DEPLOYMENT, ROLE, CRD, STATEFUL_SET),
        version(
            DEPLOYMENT.replace("v1", "v2", 1).replace("matchLabels: {app: shop}", "matchLabels: {app: x}"),
            ROLE.replace("[list, get]", "[get]"),
            CRD.replace("image: {type: string}", "name: {type: string}"),
            labels,
            number="2",
        ),
    )
    said = text(found)
    for words in (
        "1 -> 2",
        "1 objects",
        "labels alone",
        "Fields that cannot change in place",
        "list secrets",
        "Manual steps",
    ):
        assert words in said
    assert "spec.pods[].image" in said, "square brackets are no markup"
