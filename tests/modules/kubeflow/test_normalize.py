from typing import Any

import pytest

from modules.kubeflow.manifest import identity, load
from modules.kubeflow.normalize import annotations_token
from modules.kubeflow.scopes import in_namespace, scopes
from tests.modules.kubeflow.objects_as_text import applied, crd, deployment, object_, one


def test_descriptions_go_but_properties_and_values_of_that_name_stay() -> None:
    schema = (
        "{type: object, description: x, properties: {description: {type: string, description: y}, z: {default: {description: v}, "
        "anyOf: [{description: w, type: string}]}}}"
    )
    version = one(applied(crd(schema)), "crds")["spec"]["versions"][0]
    assert version["schema"]["openAPIV3Schema"] == {
        "type": "object",
        "properties": {
            "description": {"type": "string"},
            "z": {"default": {"description": "v"}, "anyOf": [{"type": "string"}]},
        },
    }


def test_status_and_timestamps_go() -> None:
    result = applied(crd(more="status: {conditions: []}\n") + object_("ConfigMap", data="{creationTimestamp: kept}"))
    assert "status" not in one(result, "crds")
    assert [str(item) for item in result.without_status] == [
        "CustomResourceDefinition.apiextensions.k8s.io widgets.example.org"
    ]
    assert one(result)["data"] == {"creationTimestamp": "kept"}
    pod = applied(
        object_("Deployment", api="apps/v1", spec="{template: {metadata: {creationTimestamp: null}, spec: {}}}")
    )
    assert one(pod)["spec"]["template"]["metadata"] == {}


@pytest.mark.parametrize(
    ("kind", "api", "namespace"),
    [
        ("ConfigMap", "v1", "shop"),
        ("ClusterRole", "rbac.authorization.k8s.io/v1", None),
        ("PriorityClass", "scheduling.k8s.io/v1", None),
        ("Widget", "example.org/v1", "shop"),
        ("Brand", "example.org/v1", None),
    ],
)
def test_namespaces_are_given_or_taken(kind: str, api: str, namespace: str | None) -> None:
    known = {("example.org", "Widget"): True, ("example.org", "Brand"): False}
    for before in ("", "elsewhere"):
        text = object_(kind, f"a, namespace: {before}" if before else "a", api)
        item = one(applied(text, foreign_scopes=known))
        assert item["metadata"].get("namespace") == (before or namespace if namespace else None)


def test_an_unknown_type_must_say_its_namespace() -> None:
    assert one(applied(object_("Gadget", "a, namespace: b", "other.org/v1")))["metadata"]["namespace"] == "b"
    with pytest.raises(ValueError, match=r"Gadget.other.org a: has no namespace, and no CRD defines the scope"):
        applied(object_("Gadget", api="other.org/v1"))


def test_phases_follow_the_groups_of_the_component_s_own_crds() -> None:
    text = crd() + object_("Widget", api="example.org/v1") + object_("ConfigMap") + object_("Namespace")
    result = applied(text)
    assert {phase: [item["kind"] for item in items] for phase, items in result.phases.items()} == {
        "crds": ["CustomResourceDefinition"],
        "main": ["ConfigMap"],
        "crs": ["Widget"],
    }
    assert [item["kind"] for item in result.namespaces] == ["Namespace"]
    foreign = {("example.org", "Widget"): True}
    alone = object_("Widget", api="example.org/v1")
    assert list(applied(alone, foreign_scopes=foreign).phases) == ["main"]
    assert list(applied(alone, foreign_scopes=foreign, own_groups=("example.org",)).phases) == ["crs"]


def test_crds_and_volumes_are_kept_and_upstream_s_own_wish_is_not() -> None:
    keep = {"helm.sh/resource-policy": "keep"}
    claim = object_("PersistentVolumeClaim", spec="{}")
    other = object_("ConfigMap", 'a, annotations: {helm.sh/resource-policy: keep, b: "1"}')
    assert one(applied(crd()), "crds")["metadata"]["annotations"] == keep
    assert one(applied(claim))["metadata"]["annotations"] == keep
    assert one(applied(other))["metadata"]["annotations"] == {"b": "1"}


def test_an_object_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="ConfigMap shop/a: is defined twice"):
        applied(object_("ConfigMap") + object_("ConfigMap"))


def test_pods_that_read_a_changed_config_map_get_its_checksum() -> None:
    before = load(object_("ConfigMap", "c", data="{a: '1'}") + deployment("{volumes: [{configMap: {name: c}}]}"))

    def mark(value: str) -> Any:
        text = object_("ConfigMap", "c", data=f"{{a: '{value}'}}") + deployment("{volumes: [{configMap: {name: c}}]}")
        pods = applied(text, upstream=before).phases["main"][1]["spec"]["template"]
        return (pods["metadata"].get("annotations") or {}).get("checksum/config")

    assert mark("1") is None
    assert mark("2") != mark("3")
    assert mark("@@host@@").endswith("-@@values_checksum@@")


@pytest.mark.parametrize(
    "read", ["{volumes: [{configMap: {name: c}}]}", "{containers: [{envFrom: [{configMapRef: {name: c}}]}]}"]
)
def test_pods_that_read_an_image_from_a_config_map_restart_when_a_release_replaces_it(read: str) -> None:
    text = object_("ConfigMap", "c", data="{SERVER_IMAGE: 'quay.io/shop/server:1'}") + deployment(read)
    pods = applied(text, upstream=load(text)).phases["main"][1]["spec"]["template"]
    assert pods["metadata"]["annotations"]["checksum/config"].endswith("-@@values_checksum@@")


def test_service_accounts_that_call_aws_get_their_annotations_from_the_release() -> None:
    result = applied(object_("ServiceAccount", "a-b"), service_accounts=["a-b"])
    assert one(result)["metadata"]["annotations"] == "@@json:annotations_a_b@@"
    assert annotations_token("a-b") == "annotations_a_b"
    with pytest.raises(ValueError, match="ServiceAccount c: expected exactly one"):
        applied(object_("ServiceAccount", "a-b"), service_accounts=["c"])


def test_scopes_are_those_of_the_crds() -> None:
    assert scopes(load(crd(scope="Cluster"))) == {("example.org", "Widget"): False}
    assert in_namespace(identity(load(object_("Role", api="rbac.authorization.k8s.io/v1"))[0]), {})
