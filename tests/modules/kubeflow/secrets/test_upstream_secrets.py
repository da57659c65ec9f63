from collections.abc import Mapping
from typing import Any

import pytest

from modules.kubeflow.secrets.upstream_secrets import without_hash
from tests.modules.kubeflow.objects_as_text import applied, deployment, object_, one

READER = deployment("{volumes: [{configMap: {name: c}}], containers: [{name: x, envFrom: [{secretRef: {name: s-mh67kcfm9f}}]}]}")  # fmt: skip
SECRET = object_("Secret", "s-mh67kcfm9f", stringData="{user: root, password: test}")


def test_a_secret_that_all_know_is_taken_out_and_its_readers_follow() -> None:
    result = applied(SECRET + READER, secrets={"s": {"user": "root"}})
    (secret,) = result.secrets
    assert (secret.namespace, secret.name, secret.keys, secret.known) == ("shop", "s", ("password", "user"), {"user": "root"})  # fmt: skip
    container = one(result)["spec"]["template"]["spec"]["containers"][0]
    assert container["envFrom"] == [{"secretRef": {"name": "s"}}]


def test_keys_are_those_that_are_read() -> None:
    reader = deployment("{containers: [{env: [{valueFrom: {secretKeyRef: {name: s-mh67kcfm9f, key: other}}}]}]}")
    assert applied(SECRET + reader, secrets={"s": {}}).secrets[0].keys == ("other",)


@pytest.mark.parametrize(
    ("text", "secrets", "message"),
    [
        (SECRET + READER, {}, r"Secret s-mh67kcfm9f: a Secret with public content \(password, user\)"),
        (READER, {"s": {}}, "patch: Secret s: no match"),
        (SECRET, {"s": {}}, "Secret s: no reference to it"),
    ],
)
def test_a_secret_that_does_not_fit_is_refused(text: str, secrets: Mapping[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        applied(text, secrets=secrets)


def test_an_empty_secret_stays_for_the_controller_that_fills_it() -> None:
    assert one(applied(object_("Secret", data="{}")))["kind"] == "Secret"


@pytest.mark.parametrize(
    ("name", "stable"), [("a-mh67kcfm9f", "a"), ("a-controller1", "a-controller1"), ("abc", "abc")]
)
def test_only_kustomize_s_hash_is_taken_off(name: str, stable: str) -> None:
    assert without_hash(name) == stable
