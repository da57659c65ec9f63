"""The inventory of a version: what it records of objects, and its file."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from modules.kubeflow.manifest import load
from modules.upgrade.inventory import record
from modules.upgrade.records import ComponentRecord, Inventory, Record, SecretRecord, read
from modules.upgrade.shapes import add_shape, newly_required, removed_fields
from tests.modules.upgrade.example_objects import CRD, DEPLOYMENT, ROLE, STATEFUL_SET


def recorded(text: str) -> Record:
    (item,) = load(text)
    return record("shop", item, {})


def test_a_workload_is_recorded_by_identity_selector_images_and_hashes() -> None:
    found = recorded(DEPLOYMENT)
    assert (found.key, found.version) == ("Deployment.apps a/shop", "v1")
    assert found.fixed == {"spec.selector": {"matchLabels": {"app": "shop"}}}
    assert found.images == ("ghcr.io/shop/main:v1",)
    assert {"spec.template.spec.containers[main].image", "spec.template.spec.containers[main].env[A]"} <= {
        *found.fields
    }
    assert not found.stateful


def test_a_changed_field_changes_its_hash_alone() -> None:
    before, after = recorded(DEPLOYMENT).fields, recorded(DEPLOYMENT.replace('value: "1"', 'value: "2"')).fields
    assert [path for path in before if before[path] != after[path]] == ["spec.template.spec.containers[main].env[A]"]


def test_no_text_of_an_object_is_in_its_record() -> None:
    assert "the text of a script" not in str(recorded(DEPLOYMENT))
    assert "a text of upstream" not in str(recorded(CRD))
    job = DEPLOYMENT.replace("apps/v1", "batch/v1").replace("kind: Deployment", "kind: Job")
    assert "the text of a script" not in str(recorded(job))


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        (STATEFUL_SET, "spec.podManagementPolicy", "OrderedReady"),
        (
            STATEFUL_SET,
            "spec.volumeClaimTemplates",
            [{"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}}],
        ),
        ("{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {clusterIP: None}}", "spec.clusterIP", "None"),
        (
            "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: p}, "
            "spec: {resources: {requests: {storage: 2Gi}}}}",
            "spec.resources.requests.storage",
            "2Gi",
        ),
        (
            "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b}, roleRef: {name: r}}",
            "roleRef",
            {"name": "r"},
        ),
        (CRD, "spec.scope", "Namespaced"),
    ],
)
def test_what_cannot_change_in_place_is_recorded_with_its_value(text: str, path: str, value: Any) -> None:
    assert recorded(text).fixed[path] == value


def test_a_hook_can_change_and_belongs_to_no_release() -> None:
    job = DEPLOYMENT.replace("apps/v1", "batch/v1").replace("kind: Deployment", "kind: Job")
    hook = job.replace("labels: {app: shop}", "annotations: {helm.sh/hook: post-install}")
    assert (recorded(job).hook, recorded(hook).hook) == (False, True)
    assert "spec.template" in recorded(job).fixed
    assert recorded(hook).fixed == {}


def test_content_is_fixed_only_once_an_object_says_so() -> None:
    text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: b}%s}"
    assert "data" not in recorded(text % "").fixed
    assert "data" in recorded(text % ", immutable: true").fixed


def test_rights_and_object_types_are_recorded_as_data() -> None:
    role, crd = recorded(ROLE), recorded(CRD)
    assert role.rules == ({"apiGroups": ("",), "resources": ("secrets",), "verbs": ("get", "list")},)
    assert "metadata.labels.aggregate-to-edit" in role.fields
    assert crd.object_type is not None
    assert (crd.object_type.stored, crd.keep, crd.stateful) == (("v1",), True, True)


def test_a_statefulset_with_a_claim_holds_data_and_one_without_does_not() -> None:
    assert recorded(STATEFUL_SET).stateful
    assert not recorded(STATEFUL_SET.partition("  volumeClaimTemplates")[0]).stateful


def test_the_file_gives_back_what_was_written(tmp_path: Path) -> None:
    shapes: dict[str, str] = {}
    records = tuple(
        replace(record("shop", item, shapes), variants=("big",))
        for text in (DEPLOYMENT, STATEFUL_SET, CRD, ROLE)
        for item in load(text)
    )
    component = ComponentRecord(
        "kubeflow", "a", True, "kustomization", "1", ("big", "small"), records, (SecretRecord("a/login", ("user",)),)
    )
    made = Inventory("1", {"a/b": "c0ffee"}, {"shop": component}, shapes)
    (tmp_path / "one.json").write_text(made.text())
    assert read(tmp_path / "one.json") == made
    assert read(tmp_path / "one.json").text() == made.text()
    assert [*component.of_variant("small")] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "is not an inventory"), ("{}", "is not an inventory"), ('{"format": 0}', "has format 0, not 1")],
)
def test_another_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "one.json").write_text(text)
    with pytest.raises(ValueError, match=said):
        read(tmp_path / "one.json")


def shape(schema: dict[str, Any], table: dict[str, str]) -> str:
    return add_shape(schema, table)


def of(**properties: Any) -> dict[str, Any]:
    return {"properties": properties}


PODS = of(image={}, args={"type": "array", "items": {"type": "string"}})


@pytest.mark.parametrize(
    ("before", "after", "gone"),
    [
        (of(a={}, b={}), of(a={}), ["b"]),
        (of(spec=of(a={}, b={})), of(spec=of(a={})), ["spec.b"]),
        (of(pods={"items": PODS}), of(pods={"items": of(image={})}), ["pods[].args[]"]),
        (of(env={"additionalProperties": of(x={})}), of(env={"additionalProperties": of()}), ["env{}.x"]),
        (of(spec=of(a=of(b={}))), of(), ["spec"]),
        (of(a={}), {"x-kubernetes-preserve-unknown-fields": True}, []),
        (of(a={}), of(a={}, b={}), []),
        (of(a={"type": "array", "items": {}}), of(a={}), ["a[]"]),
    ],
)
def test_removed_fields_of_an_object_type_are_found(
    before: dict[str, Any], after: dict[str, Any], gone: list[str]
) -> None:
    old: dict[str, str] = {}
    new: dict[str, str] = {}
    assert [*removed_fields(shape(before, old), old, shape(after, new), new)] == gone


def test_fields_that_must_be_given_now_are_found() -> None:
    old: dict[str, str] = {}
    new: dict[str, str] = {}
    before = shape(of(spec=of(a={}, b={})), old)
    after = shape(of(spec={**of(a={}, b={}, c={}), "required": ["b", "c"]}), new)
    assert [*newly_required(before, old, after, new)] == ["spec.b", "spec.c"]
    assert [*removed_fields(before, old, after, new)] == []


def test_equal_parts_of_schemas_are_kept_once() -> None:
    table: dict[str, str] = {}
    shape(of(a={"items": PODS}, b={"items": PODS}), table)
    assert len(table) == 2
