"""Credentials of one stack's components, by both ways into the cluster."""

import functools
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.lock import read_lock
from modules.settings import Kubeflow, Services
from modules.settings.artifacts import InClusterStore
from modules.settings.database import InClusterDatabase
from tests.built_once import build
from tests.platforms import FULL_KUBEFLOW, platform
from tests.release_values import release_values

CSI = Services(artifacts=InClusterStore(), database=InClusterDatabase(), credential_delivery="csi")


@functools.cache
def built(auth: str) -> Mapping[str, Mapping[str, Any]]:
    kubeflow = FULL_KUBEFLOW.with_changes(services=CSI, service_account_auth=auth)
    made = build(platform("full", kubeflow=kubeflow, deletion_protection=False))
    return {name.removeprefix("full-"): document for name, document in made.documents.items()}


def documents_in_the_store() -> set[str]:
    secrets = built("irsa")["services"]["resource"]["aws_secretsmanager_secret"]
    return {one["name"].removeprefix("full/") for one in secrets.values() if "/in-" in one["name"]}


def tokens(auth: str, release: str) -> dict[str, Any]:
    found: dict[str, Any] = release_values(built(auth)["kubeflow"], release)["tokens"]
    return found


def statements(auth: str, role: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = built(auth)["kubeflow"]["data"]["aws_iam_policy_document"][f"{role}_rights"][
        "statement"
    ]
    return found


def test_terraform_writes_no_secret_where_pods_fetch_them() -> None:
    for document in built("irsa").values():
        assert "kubernetes_secret_v1" not in document.get("resource", {})
    for layer in ("addons", "kubeflow"):
        assert "aws_secretsmanager_secret_version" not in built("irsa")[layer].get("ephemeral", {})


def test_every_secret_that_pods_read_is_one_document_in_the_store() -> None:
    assert documents_in_the_store() == {
        "in-auth-dex-connectors",
        "in-auth-dex-oidc-client",
        "in-auth-dex-passwords",
        "in-kubeflow-katib-mysql-secrets",
        "in-kubeflow-mlpipeline-minio-artifact",
        "in-kubeflow-model-registry-db-secrets",
        "in-kubeflow-mysql-secret",
        "in-monitoring-grafana-admin",
        "in-oauth2-proxy-oauth2-proxy",
    }
    for version in built("irsa")["services"]["resource"]["aws_secretsmanager_secret_version"].values():
        assert "secret_string" not in version
        assert "ephemeral." in version["secret_string_wo"] or version["secret_string_wo"] == "${jsonencode({})}"


def test_every_reader_has_a_role_for_its_own_documents() -> None:
    roles: dict[str, set[str]] = {}
    for address, document in built("irsa")["kubeflow"]["data"]["aws_iam_policy_document"].items():
        for statement in document["statement"]:
            if statement["actions"] == ["secretsmanager:GetSecretValue"]:
                roles[address.removesuffix("_rights")] = {name_in(arn) for arn in statement["resources"]}
                (key,) = [
                    one for one in document["statement"] if one["actions"] == ["kms:Decrypt"] and "condition" in one
                ]
                assert key["condition"] == [
                    {
                        "test": "StringEquals",
                        "variable": "kms:EncryptionContext:SecretARN",
                        "values": statement["resources"],
                    }
                ]
                assert key["resources"] == ["${data.terraform_remote_state.services.outputs.credentials_key_arn}"]
    assert roles.pop("dex") == {"in-auth-dex-connectors", "in-auth-dex-oidc-client", "in-auth-dex-passwords"}
    assert roles.pop("grafana") == {"in-monitoring-grafana-admin"}
    assert roles.pop("ml_pipeline") == {"in-kubeflow-mlpipeline-minio-artifact", "in-kubeflow-mysql-secret"}
    assert roles.pop("mysql") == {"in-kubeflow-mysql-secret"}
    assert set().union(*roles.values()) | {"in-kubeflow-mysql-secret"} <= documents_in_the_store()
    assert set(roles) == {
        "katib_db_manager",
        "katib_mysql",
        "kubeflow_pipelines_cache",
        "kubeflow_pipelines_profile_controller",
        "metadata_grpc_server",
        "ml_pipeline_ui",
        "model_registry_db",
        "model_registry_server",
        "oauth2_proxy",
        "seaweedfs",
    }


def name_in(reference: str) -> str:
    found = re.fullmatch(
        r"\$\{data\.terraform_remote_state\.services\.outputs\.credentials\.([a-z0-9-]+)\.arn\}", reference
    )
    assert found is not None, reference
    return found[1]


@pytest.mark.parametrize(
    ("auth", "annotations", "pod_identity"),
    [
        ("irsa", {"eks.amazonaws.com/role-arn": "${aws_iam_role.dex.arn}"}, "false"),
        ("pod_identity", {}, "true"),
    ],
)
def test_the_driver_knows_how_accounts_get_their_roles(
    auth: str, annotations: dict[str, str], pod_identity: str
) -> None:
    found = tokens(auth, "dex")
    assert found["annotations_dex"] == annotations
    assert found["secret_provider_dex_passwords"]["parameters"]["usePodIdentity"] == pod_identity
    associated = built(auth)["kubeflow"]["resource"].get("aws_eks_pod_identity_association", {})
    assert ("dex" in associated) == (auth == "pod_identity")


def test_a_secret_that_settings_leave_empty_may_be_missing() -> None:
    found = tokens("irsa", "dex")
    assert (found["secret_optional_dex_passwords"], found["secret_optional_dex_connectors"]) == (False, True)
    assert found["secret_provider_dex_connectors"]["secretObjects"] == []


def test_names_in_the_cluster_change_with_the_document() -> None:
    found = tokens("irsa", "dex")
    (made,) = found["secret_provider_dex_passwords"]["secretObjects"]
    assert made["secretName"] == f"dex-passwords-v{found['credentials_version']}"
    local = built("irsa")["kubeflow"]["locals"]["dex_secrets"]
    assert found["credentials_version"] == "${local.dex_secrets}"
    assert local.startswith("1-")
    for document in ("connectors", "oidc-client", "passwords"):
        assert f"credentials.in-auth-dex-{document}.version_id" in local


def test_what_terraform_writes_is_rewritten_with_its_sources() -> None:
    kubeflow = FULL_KUBEFLOW.with_changes(services=CSI.with_changes(credential_delivery="terraform"))
    made = build(platform("full", kubeflow=kubeflow, deletion_protection=False)).documents["full-kubeflow"]
    secret = made["resource"]["kubernetes_secret_v1"]["oauth2_proxy_oauth2_proxy"]
    for name in ("oauth2-client", "oauth2-cookie"):
        assert f"credentials.{name}.version_id" in secret["data_wo_revision"]
    assert "oauth2-client.version_id" in made["locals"]["oauth2_proxy_secrets"]
    assert "role-arn" not in json.dumps(release_values(made, "oauth2_proxy"))


def test_every_component_with_secrets_is_tried_here() -> None:
    with_secrets = {name for name, entries in read_lock().components.items() for one in entries.values() if one.secrets}
    chosen = {one.name for one in chosen_components(Kubeflow(services=CSI, enable=FULL_KUBEFLOW.enable))}
    assert with_secrets <= chosen
