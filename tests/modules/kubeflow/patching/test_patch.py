from typing import Any

import pytest

from modules.kubeflow.manifest import load
from modules.kubeflow.patching.patch import Objects, keep_selector, replace_argument, replace_text, set_env
from tests.modules.kubeflow.objects_as_text import deployment, object_


@pytest.fixture
def objects() -> Objects:
    pod = "{containers: [{name: x, args: [--a, --b], env: [{name: A, value: '1'}, {name: B, value: '2'}]}], initContainers: [{name: y}]}"
    return Objects(load(object_("ConfigMap", "c-mh67kcfm9f", data="{a: '1'}") + deployment(pod)))


def test_an_object_is_found_by_its_name_without_hash(objects: Objects) -> None:
    assert objects.one("ConfigMap", "c") is objects.items[0]
    assert objects.one("Deployment.apps", "d") is objects.items[1]


def test_a_patch_changes_a_copy() -> None:
    items = load(object_("ConfigMap", data="{a: '1'}"))
    Objects(items).merge("ConfigMap", "a", {"data": {"a": "2"}})
    assert items[0]["data"] == {"a": "1"}


def test_merging_goes_deep_and_none_takes_out(objects: Objects) -> None:
    objects.merge("ConfigMap", "c", {"data": {"a": None, "b": "2"}, "metadata": {"labels": {"x": "y"}}})
    assert objects.items[0]["data"] == {"b": "2"}
    assert objects.items[0]["metadata"] == {"name": "c-mh67kcfm9f", "labels": {"x": "y"}}


def test_environment_arguments_and_text(objects: Objects) -> None:
    container = objects.container("Deployment", "d")
    assert container is objects.container("Deployment", "d", "x")
    assert objects.container("Deployment", "d", "y") == {"name": "y"}
    set_env(container, A=None, B="3", C={"fieldRef": {"fieldPath": "metadata.name"}})
    assert container["env"] == [
        {"name": "B", "value": "3"},
        {"name": "C", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
    ]
    replace_argument(container, "--a", "--c", "--d")
    replace_argument(container, "--b")
    assert container["args"] == ["--c", "--d"]
    data = objects.one("ConfigMap", "c")["data"]
    replace_text(data, "a", ("1", "2"))
    assert data == {"a": "2"}
    objects.remove("Deployment", "d")
    assert [str(item) for item in objects.removed] == ["Deployment.apps d"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda o: o.one("ConfigMap", "gone"), "patch: ConfigMap gone: nothing matches"),
        (lambda o: o.remove("Service", "d"), "nothing matches"),
        (lambda o: o.merge("ConfigMap", "c", {"data": {"a": "1"}}), "already has"),
        (lambda o: o.merge("ConfigMap", "c", {"data": {"gone": None}}), "already has"),
        (lambda o: o.add(o.items[0]), "already exists"),
        (lambda o: o.container("Deployment", "d", "z"), "expected exactly one container z"),
        (lambda o: set_env(o.container("Deployment", "d"), A="1"), "A already has"),
        (lambda o: set_env(o.container("Deployment", "d"), Z=None), "Z already has"),
        (lambda o: replace_argument(o.container("Deployment", "d"), "--z", "--y"), "has no argument '--z'"),
        (lambda o: replace_text(o.items[0]["data"], "a", ("9", "8")), "a: does not contain '9'"),
    ],
)
def test_a_patch_that_matches_nothing_is_an_error(objects: Objects, change: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        change(objects)


def test_services_follow_a_selector_that_is_kept() -> None:
    """They lead to the pods of both versions; those of other pods stay."""
    labels = "{app: d, part: new}"
    template = f"{{selector: {{matchLabels: {labels}}}, template: {{metadata: {{labels: {labels}}}, spec: {{}}}}}}"
    pods = object_("Deployment", "d", "apps/v1", spec=template)
    services = "".join(
        object_("Service", name, spec=f"{{selector: {{{wanted}}}}}")
        for name, wanted in (("a", "part: new"), ("b", "app: e"))
    )
    objects = Objects(load(pods + services))
    keep_selector(objects, "Deployment", "d", {"part": "old"})
    assert objects.one("Deployment", "d")["spec"]["selector"] == {"matchLabels": {"part": "old"}}
    assert objects.one("Deployment", "d")["spec"]["template"]["metadata"]["labels"] == {"app": "d", "part": "old"}
    assert [objects.one("Service", name)["spec"]["selector"] for name in "ab"] == [{"part": "old"}, {"app": "e"}]
