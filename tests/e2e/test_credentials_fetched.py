"""Credentials that pods fetch themselves, by a role for each reader: what the secrets store driver would do is done here.

Terraform, the AWS provider and the charts are real; AWS is moto, and the cluster is the stand-in of tests/stand_ins/providers.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from modules.iam.policy_engine import Request, is_allowed
from modules.kubeflow.secrets.csi import DRIVER
from modules.kubeflow.secrets.pod_references import pod_specs, secrets_read
from modules.kubeflow.values import ROLE_ANNOTATION
from modules.settings import Statement
from tests.e2e.credentials_run import (
    Run,
    check_that_sensitive_attributes_are_null,
    document_secrets,
    is_secret,
    settings,
)
from tests.e2e.kubeflow_stage import LAYERS, staged
from tests.stand_ins.moto_extension import Server

pytestmark = pytest.mark.terraform


@pytest.fixture(scope="module")
def fetched(moto: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with staged(tmp_path_factory.mktemp("fetched"), moto, settings(delivery="csi")) as stage:
        run = Run(stage)
        run.apply()
        yield run


@dataclass(frozen=True)
class Reader:
    """A workload whose pods fetch a Secret: what the driver would make of it, and with which rights."""

    workload: str
    secret: str
    data: Mapping[str, str]
    arn: str
    statements: tuple[Statement, ...]


def fetch(run: Run) -> list[Reader]:
    """What the driver does for each mounted volume: look up the class, take the account's role, ask Secrets Manager."""
    cluster, aws = run.stage.cluster, run.stage.aws
    found = []
    for one in (*cluster.of_kind("Deployment"), *cluster.of_kind("StatefulSet")):
        namespace = one["metadata"]["namespace"]
        for _, spec in pod_specs(one):
            for volume in spec.get("volumes") or ():
                if (volume.get("csi") or {}).get("driver") != DRIVER:
                    continue
                provider = cluster.get(
                    "SecretProviderClass",
                    volume["csi"]["volumeAttributes"]["secretProviderClass"],
                    namespace,
                    "secrets-store.csi.x-k8s.io",
                )
                assert provider is not None
                mounted = [mount["name"] for container in spec["containers"] for mount in container["volumeMounts"]]
                assert volume["name"] in mounted
                account = cluster.get("ServiceAccount", spec["serviceAccountName"], namespace)
                assert account is not None
                role = account["metadata"]["annotations"][ROLE_ANNOTATION].rpartition("/")[2]
                (asked,) = json.loads(provider["spec"]["parameters"]["objects"])
                value = aws.client("secretsmanager").get_secret_value(
                    SecretId=asked["objectName"], VersionId=asked["objectVersion"]
                )
                document = json.loads(value["SecretString"])
                files = {path["objectAlias"]: document[path["path"].strip('"')] for path in asked["jmesPath"]}
                for made in provider["spec"].get("secretObjects") or ():
                    data = {pair["key"]: files[pair["objectName"]] for pair in made["data"]}
                    found.append(
                        Reader(
                            one["metadata"]["name"], made["secretName"], data, asked["objectName"], rights(aws, role)
                        )
                    )
    return found


def rights(aws: Server, role: str) -> tuple[Statement, ...]:
    policy = aws.client("iam").get_role_policy(RoleName=role, PolicyName="rights")["PolicyDocument"]
    return tuple(
        Statement(
            actions=tuple(listed(one["Action"])),
            resources=tuple(listed(one["Resource"])),
            conditions={
                test: {key: tuple(listed(value)) for key, value in keys.items()}
                for test, keys in one.get("Condition", {}).items()
            },
        )
        for one in policy["Statement"]
    )


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def test_every_reader_fetches_what_it_reads_by_its_own_role(fetched: Run) -> None:
    readers = fetch(fetched)
    stored = {name: values[-1] for name, values in fetched.values.items()}
    held = {(one.workload, one.secret.partition("-v1-")[0]): one.data for one in readers}
    assert held["oauth2-proxy", "oauth2-proxy"]["client-secret"] == stored["oauth2-client"]
    assert held["oauth2-proxy", "oauth2-proxy"]["cookie-secret"] == stored["oauth2-cookie"]
    assert held["dex", "dex-oidc-client"]["OIDC_CLIENT_SECRET"] == stored["oauth2-client"]
    assert held["kube-prometheus-stack-grafana", "grafana-admin"] == {
        "admin-user": "admin",
        "admin-password": stored["grafana-admin"],
    }
    assert all(value.startswith("$2a$") for value in held["dex", "dex-passwords"].values())
    cluster = fetched.stage.cluster
    made = {one.secret for one in readers}
    for kind in ("Deployment", "StatefulSet"):
        for one in cluster.of_kind(kind):
            for _, spec in pod_specs(one):
                if one["metadata"]["name"] in {reader.workload for reader in readers}:
                    assert {name for name in secrets_read(spec) if "-v1-" in name} & made
    assert not any(document_secrets(document) for document in fetched.stage.documents.values())


def test_a_role_opens_its_own_secrets_alone(fetched: Run) -> None:
    readers = fetch(fetched)
    key = fetched.stage.stacks["services"].output()["credentials_key_arn"]
    arns = {one.arn for one in readers}
    for one in readers:
        own = {other.arn for other in readers if other.workload == one.workload}
        for arn in arns:
            context = {"kms:EncryptionContext:SecretARN": (arn,)}
            for request in (Request("secretsmanager:GetSecretValue", arn), Request("kms:Decrypt", key, context)):
                assert is_allowed(one.statements, request) == (arn in own), f"{one.workload} {request}"
        assert not is_allowed(one.statements, Request("secretsmanager:GetSecretValue", f"{next(iter(arns))}x"))


def test_no_secret_is_kept_where_pods_fetch(fetched: Run) -> None:
    fetched.check_that_no_secret_is_kept()
    assert check_that_sensitive_attributes_are_null(fetched) > 10
    for layer in LAYERS:
        plan = fetched.stage.stacks[layer].plan()
        assert plan.is_empty, plan.explain()


def test_a_rotation_gives_new_pods_new_names_so_that_old_ones_keep_their_secrets(fetched: Run) -> None:
    before = {(one.workload, one.secret): one.data for one in fetch(fetched)}
    fetched.stage.synth(settings(version=2, delivery="csi"))
    fetched.apply()
    after = {(one.workload, one.secret): one.data for one in fetch(fetched)}
    assert not set(before) & set(after)
    assert {(workload, secret.partition("-v")[0]) for workload, secret in before} == {
        (workload, secret.partition("-v")[0]) for workload, secret in after
    }
    old = {value for data in before.values() for value in data.values() if is_secret(value)}
    assert old
    assert not old & {value for data in after.values() for value in data.values()}
    fetched.check_that_no_secret_is_kept()
