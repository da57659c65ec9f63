"""Which pods read a Secret."""

import pytest

from modules.kubeflow.manifest import load
from modules.kubeflow.secrets.pod_references import (
    VERSION_ANNOTATION,
    VERSION_TOKEN,
    mark_readers,
    readers,
    secrets_read,
)
from tests.modules.kubeflow.objects_as_text import applied, deployment, object_

READS = {
    "variable": "{containers: [{name: c, env: [{name: A, valueFrom: {secretKeyRef: {name: login, key: a}}}]}]}",
    "all variables": "{containers: [{name: c, envFrom: [{secretRef: {name: login}}]}]}",
    "before the start": "{initContainers: [{name: i, envFrom: [{secretRef: {name: login}}]}], containers: [{name: c}]}",
    "volume": "{containers: [{name: c}], volumes: [{name: v, secret: {secretName: login}}]}",
    "part of a volume": "{containers: [{name: c}], volumes: [{name: v, projected: {sources: [{secret: {name: login}}]}}]}",
}
OTHER = (
    "{serviceAccountName: login, containers: [{name: login, env: [{name: A, value: login}, {name: B, valueFrom: {configMapKeyRef: "
    "{name: login, key: b}}}], envFrom: [{configMapRef: {name: login}}]}], volumes: [{name: login, configMap: {name: login}}, "
    "{name: w, projected: {sources: [{configMap: {name: login}}]}}]}"
)
SECRET = object_("Secret", "login", stringData="{a: b}")


@pytest.mark.parametrize("pod", READS.values(), ids=READS)
def test_every_way_to_read_a_secret_is_seen(pod: str) -> None:
    (item,) = load(deployment(pod))
    assert secrets_read(item["spec"]["template"]["spec"]) == {"login"}
    result = applied(deployment(pod) + SECRET, secrets={"login": {}})
    (made,) = (one for one in result.phases["main"] if one["kind"] == "Deployment")
    assert made["spec"]["template"]["metadata"]["annotations"] == {VERSION_ANNOTATION: f"@@{VERSION_TOKEN}@@"}


def test_what_only_has_the_name_is_not_a_reader() -> None:
    (item,) = load(deployment(OTHER))
    assert secrets_read(item["spec"]["template"]["spec"]) == set()


def test_a_secret_of_another_namespace_or_owner_marks_no_pod() -> None:
    items = load(deployment(READS["volume"]))
    items[0]["metadata"]["namespace"] = "shop"
    for place in (("elsewhere", "login"), ("shop", "other")):
        mark_readers(items, {place})
        assert list(readers(items, {place})) == []
    assert items[0]["spec"]["template"]["metadata"] == {}


def test_annotations_that_are_there_stay() -> None:
    items = load(deployment(READS["volume"]))
    items[0]["metadata"]["namespace"] = "shop"
    items[0]["spec"]["template"]["metadata"] = {"annotations": {"a": "b"}}
    mark_readers(items, {("shop", "login")})
    assert items[0]["spec"]["template"]["metadata"]["annotations"] == {
        "a": "b",
        VERSION_ANNOTATION: f"@@{VERSION_TOKEN}@@",
    }
