"""Pods that fetch their Secrets themselves."""

import json
from dataclasses import replace
from typing import Any

import pytest

from modules.iam.policy_engine import Request, allows, is_allowed
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import Object
from modules.kubeflow.normalize import Result
from modules.kubeflow.patching.patch import variants
from modules.kubeflow.secrets.credentials import NeededSecret
from modules.kubeflow.secrets.csi import (
    DRIVER,
    SecretProviderClassSpec,
    accounts_of,
    credential_name,
    document_of,
    spec_token,
    synced_name,
)
from modules.kubeflow.secrets.secrets_manager import via_csi
from modules.kubeflow.variants import VIA_CSI
from tests.documents import exactly
from tests.modules.kubeflow.objects_as_text import applied, deployment, object_
from tests.modules.kubeflow.secrets.test_pod_references import READS

SECRET = object_("Secret", "login", stringData="{a: b}")
STORE = "arn:aws:secretsmanager:us-west-2:111122223333:secret:prod"
OURS = (f"{STORE}/in-shop-login-AbCdEf", f"{STORE}/in-shop-keys-AbCdEf")
THEIRS = f"{STORE}/in-shop-other-AbCdEf"
KEY = "arn:aws:kms:us-west-2:111122223333:key/1"
LOGIN = NeededSecret("shop", "shop", "login", "Opaque", {"user": '"ada"', "pass-word": "{shop}"}, ("till", "web"), True)
KEYS = NeededSecret("shop", "shop", "keys", "Opaque", {"key": "{shop}"}, ("web",), True)
DELIVERY = SecretProviderClassSpec(region="us-west-2", pod_identity=True, stamp="2-abc")


def fetched(text: str, **secrets: Any) -> Result:
    return applied(text + SECRET, csi=True, secrets={"login": {}, **secrets})


def of_kind(result: Result, kind: str) -> list[Object]:
    return [one for one in result.phases["main"] if one["kind"] == kind]


@pytest.mark.parametrize("pod", READS.values(), ids=READS)
def test_every_reader_mounts_what_it_reads(pod: str) -> None:
    result = fetched(deployment(pod))
    (item,) = of_kind(result, "Deployment")
    spec = item["spec"]["template"]["spec"]
    name = "login-v@@credentials_version@@"
    (volume,) = (one for one in spec["volumes"] if "csi" in one)
    assert volume["csi"] == {
        "driver": DRIVER,
        "readOnly": True,
        "volumeAttributes": {"secretProviderClass": name},
    }
    mounts = [
        mount for one in (*spec.get("initContainers", ()), *spec["containers"]) for mount in one.get("volumeMounts", ())
    ]
    assert mounts == [{"name": volume["name"], "mountPath": "/mnt/credentials/login", "readOnly": True}]
    (provider,) = of_kind(result, "SecretProviderClass")
    assert provider["metadata"] == {"name": name, "namespace": "shop"}
    assert provider["spec"] == f"@@json:{spec_token('login')}@@"
    others = {**volume, "csi": {}}
    assert '"login"' not in json.dumps(
        {**spec, "volumes": [one if one is not volume else others for one in spec["volumes"]]}
    )


def test_the_container_that_reads_mounts_so_that_the_kubelet_waits_for_it() -> None:
    result = fetched(deployment(READS["before the start"]))
    spec = of_kind(result, "Deployment")[0]["spec"]["template"]["spec"]
    assert "volumeMounts" in spec["initContainers"][0]
    assert "volumeMounts" not in spec["containers"][0]


def test_a_reader_without_account_gets_one_of_its_own() -> None:
    for account in ("", "serviceAccountName: default, ", "serviceAccount: default, "):
        result = fetched(deployment(READS["volume"].replace("{containers", f"{{{account}containers")))
        assert of_kind(result, "Deployment")[0]["spec"]["template"]["spec"]["serviceAccountName"] == "d"
        (made,) = of_kind(result, "ServiceAccount")
        assert made["metadata"] == {"name": "d", "namespace": "shop", "annotations": "@@json:annotations_d@@"}
        (secret,) = result.secrets
        assert (secret.readers, secret.versioned) == (("d",), True)


def test_an_account_that_is_there_is_taken() -> None:
    pod = READS["volume"].replace("{containers", "{serviceAccountName: till, containers")
    result = fetched(deployment(pod) + object_("ServiceAccount", "till"))
    (account,) = of_kind(result, "ServiceAccount")
    assert account["metadata"]["annotations"] == "@@json:annotations_till@@"
    assert result.secrets[0].readers == ("till",)


@pytest.mark.parametrize("text", ["'name: login'", '\'{"name": "login"}\'', "'secretRef: {name: login, key: a}'"])
def test_a_name_that_a_text_hands_on_stays_as_it_is(text: str) -> None:
    result = fetched(deployment(READS["volume"]) + object_("ConfigMap", "c", data=f"{{file: {text}}}"))
    assert of_kind(result, "SecretProviderClass")[0]["metadata"]["name"] == "login"
    assert not result.secrets[0].versioned


def test_a_secret_that_no_pod_reads_is_reported() -> None:
    text = object_("ConfigMap", "c", data="{file: 'see login'}")
    with pytest.raises(
        ValueError, match=exactly("Secret login: no pod reads it, so the secrets store driver would not create it")
    ):
        fetched(text)


def test_every_variant_with_secrets_has_a_second_one() -> None:
    for component, entries in read_lock().components.items():
        shapes = variants(component)
        for name, one in shapes.items():
            assert one.csi == name.endswith(VIA_CSI)
            assert one.csi or (name + VIA_CSI in shapes) == bool(one.secrets)
        for name, entry in entries.items():
            for secret in entry.secrets:
                assert bool(secret.readers) == name.endswith(VIA_CSI), f"{component} {name} {secret.name}"


def test_only_what_the_in_cluster_store_hands_on_keeps_its_name() -> None:
    fixed = {
        secret.name
        for entries in read_lock().components.values()
        for name, entry in entries.items()
        for secret in entry.secrets
        if name.endswith(VIA_CSI) and not secret.versioned
    }
    assert fixed == {"mlpipeline-minio-artifact"}


def test_the_driver_finds_every_key_in_the_document() -> None:
    """As the provider does it: https://github.com/aws/secrets-store-csi-driver-provider-aws/blob/main/provider/secret_value.go."""
    spec = DELIVERY.spec(LOGIN, arn=OURS[0], version_id="v")
    (found,) = json.loads(spec["parameters"]["objects"])
    assert (found["objectName"], found["objectVersion"]) == (OURS[0], "v")
    document = {"user": "ada", "pass-word": "x"}
    # a quoted identifier of JMESPath is a string of JSON: https://jmespath.org/specification.html#identifiers
    files = {one["objectAlias"]: document[json.loads(one["path"])] for one in found["jmesPath"]}
    assert files == document
    assert found["objectAlias"] not in files
    (made,) = spec["secretObjects"]
    assert (made["secretName"], made["type"]) == ("login-v2-abc", "Opaque")
    assert {one["key"]: files[one["objectName"]] for one in made["data"]} == document
    assert spec["parameters"]["usePodIdentity"] == "true"
    assert spec["parameters"]["region"] == "us-west-2"


def test_the_document_holds_every_key_as_text() -> None:
    assert document_of(LOGIN) == 'jsonencode({"pass-word" = tostring({shop}), "user" = tostring("ada")})'


def test_names_say_where_a_secret_belongs() -> None:
    assert credential_name("shop", "login") == "in-shop-login"
    assert synced_name("login", "1") == DELIVERY.name(LOGIN).replace("2-abc", "1")


def test_an_account_reads_its_own_secrets() -> None:
    assert dict(accounts_of([LOGIN, KEYS])) == {"till": [LOGIN], "web": [LOGIN, KEYS]}


NEEDED = [
    *(Request("secretsmanager:GetSecretValue", arn) for arn in OURS),
    *(Request("kms:Decrypt", KEY, {"kms:EncryptionContext:SecretARN": (arn,)}) for arn in OURS),
]
DENIED = [
    Request("secretsmanager:GetSecretValue", THEIRS),
    Request("secretsmanager:GetSecretValue", OURS[0] + "x"),
    Request("secretsmanager:PutSecretValue", OURS[0]),
    Request("secretsmanager:DeleteSecret", OURS[0]),
    Request("kms:Decrypt", KEY, {"kms:EncryptionContext:SecretARN": (THEIRS,)}),
    Request("kms:Decrypt", KEY),
    Request("kms:Decrypt", KEY.replace("key/1", "key/2"), {"kms:EncryptionContext:SecretARN": (OURS[0],)}),
    Request("kms:GenerateDataKey", KEY, {"kms:EncryptionContext:SecretARN": (OURS[0],)}),
    Request("iam:PassRole", "*"),
]


@pytest.mark.parametrize("request_", NEEDED, ids=str)
def test_a_pod_may_fetch_its_own(request_: Request) -> None:
    statements = via_csi(OURS, KEY)
    assert is_allowed(statements, request_)
    (one,) = (statement for statement in statements if allows(statement, request_))
    assert not is_allowed([statement for statement in statements if statement is not one], request_)


@pytest.mark.parametrize("request_", DENIED, ids=str)
def test_a_pod_may_do_nothing_else(request_: Request) -> None:
    assert not is_allowed(via_csi(OURS, KEY), request_)


def test_every_statement_is_needed() -> None:
    for statement in via_csi(OURS, KEY):
        assert any(allows(statement, request) for request in NEEDED)


OPTIONAL = "{containers: [{name: c, envFrom: [{secretRef: {name: login, optional: true}}]}]}"
ONE_KEY = "{name: A, valueFrom: {secretKeyRef: {name: login, key: a, optional: true}}}"
OTHER_KEY = "{name: B, valueFrom: {secretKeyRef: {name: login, key: b}}}"


def test_a_reader_that_does_without_waits_all_the_same_when_there_is_something() -> None:
    """The driver makes the Secret after the mount: an optional one would be looked for too early."""
    spec = of_kind(fetched(deployment(OPTIONAL)), "Deployment")[0]["spec"]["template"]["spec"]
    assert spec["containers"][0]["envFrom"][0]["secretRef"]["optional"] == "@@json:secret_optional_login@@"


def test_an_optional_key_next_to_a_required_one_is_waited_for() -> None:
    fetched(deployment(f"{{containers: [{{name: c, env: [{ONE_KEY}, {OTHER_KEY}]}}]}}"))
    with pytest.raises(
        ValueError,
        match=exactly(
            "Secret login: a container reads only optional keys and would start before the driver creates it"
        ),
    ):
        fetched(deployment(f"{{containers: [{{name: c, env: [{ONE_KEY}]}}]}}"))


def test_of_a_secret_without_keys_the_empty_document_is_fetched() -> None:
    """The driver: `errMissingObjectVersions` for a mount of nothing, in pkg/secrets-store/provider_client.go."""
    empty = replace(LOGIN, keys={})
    spec = DELIVERY.spec(empty, arn=OURS[0], version_id="v")
    assert [one["objectName"] for one in json.loads(spec["parameters"]["objects"])] == [OURS[0]]
    assert spec["secretObjects"] == []
    assert document_of(empty) == "jsonencode({})"
