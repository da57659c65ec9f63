"""The profile controller's program: what it answers, and that it runs where only Python is."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from modules.aws_data.kubernetes_versions import KUBERNETES_VERSIONS
from modules.iam.artifact_prefixes import key_format, pipeline_root
from modules.kubeflow.components.pipelines.patches import PROFILE_CONTROLLER
from modules.kubeflow.components.pipelines.profile_controller import (
    LARGEST_REQUEST,
    PROXY,
    Settings,
    customize,
    sync,
)
from tests.documents import exactly
from tests.object_schemas import problems

ENVIRONMENT = {
    "AWS_REGION": "eu-west-1",
    "S3_ENDPOINT": "s3.eu-west-1.amazonaws.com",
    "S3_BUCKET": "artifacts",
    "PIPELINE_ROOT": pipeline_root("artifacts", "{namespace}"),
    "KEY_FORMAT": key_format("{namespace}"),
    "PROXY_IMAGE": "ghcr.io/kubeflow/kfp-frontend:2.17.0",
}
SETTINGS = Settings.of(ENVIRONMENT)
ENABLED = {"pipelines.kubeflow.org/enabled": "true"}
KINDS = ("ConfigMap.v1", "Deployment.apps/v1", "Service.v1")
ROLE = "arn:aws:iam::111122223333:role/prod-team-team"
Mapping = dict[str, Any]


def namespace(name: str = "team", labels: dict[str, str] | None = ENABLED) -> Mapping:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def request(one: Mapping, attachments: Mapping | None = None, role: str | None = ROLE) -> Mapping:
    """What metacontroller posts: with the team's service account, unless `role` is None."""
    name = one["metadata"]["name"]
    account = {"metadata": {"name": "default-editor", "annotations": {"eks.amazonaws.com/role-arn": role}}}
    related = {"ServiceAccount.v1": {} if role is None else {f"{name}/default-editor": account}}
    return {"controller": {}, "object": one, "attachments": attachments or {}, "related": related, "finalizing": False}


def attached(answer: Mapping, *, available: int = 1) -> dict[str, Mapping]:
    """What metacontroller posts after it created all that it was given: by `<namespace>/<name>`, with a status."""
    found: dict[str, Mapping] = {kind: {} for kind in KINDS}
    for one in answer["attachments"]:
        metadata = one["metadata"]
        status = {"status": {"availableReplicas": available}} if one["kind"] == "Deployment" else {}
        found[f"{one['kind']}.{one['apiVersion']}"][f"{metadata['namespace']}/{metadata['name']}"] = {**one, **status}
    return found


def objects(name: str = "team") -> dict[tuple[str, str], Mapping]:
    return {
        (one["kind"], one["metadata"]["name"]): one for one in sync(request(namespace(name)), SETTINGS)["attachments"]
    }


def test_a_new_namespace_gets_all_of_it_and_is_not_ready() -> None:
    answer = sync(request(namespace(), {kind: {} for kind in KINDS}), SETTINGS)
    assert answer["status"] == {"kubeflow-pipelines-ready": "False"}
    assert [(one["kind"], one["metadata"]["name"]) for one in answer["attachments"]] == [
        ("ConfigMap", "kfp-launcher"),
        ("ConfigMap", "metadata-grpc-configmap"),
        ("ConfigMap", "artifact-repositories"),
        ("Service", PROXY),
        ("Deployment", PROXY),
    ]
    assert {one["metadata"]["namespace"] for one in answer["attachments"]} == {"team"}


def test_it_is_ready_once_all_is_there_without_any_secret() -> None:
    answer = sync(request(namespace()), SETTINGS)
    there = attached(answer)
    assert sync(request(namespace(), there), SETTINGS) == {**answer, "status": {"kubeflow-pipelines-ready": "True"}}
    for kind in KINDS:
        for name in there[kind]:
            fewer = {**there, kind: {other: one for other, one in there[kind].items() if other != name}}
            assert sync(request(namespace(), fewer), SETTINGS)["status"] == {"kubeflow-pipelines-ready": "False"}, name
    waiting = attached(answer, available=0)
    assert sync(request(namespace(), waiting), SETTINGS)["status"] == {"kubeflow-pipelines-ready": "False"}


def test_the_proxy_waits_for_the_team_s_account_and_follows_its_role() -> None:
    """The profile controller makes the account after the namespace, and annotates it after that."""
    early = sync(request(namespace(), role=None), SETTINGS)
    assert "Deployment" not in {one["kind"] for one in early["attachments"]}
    complete = attached(sync(request(namespace()), SETTINGS))
    assert sync(request(namespace(), complete, role=None), SETTINGS)["status"] == {"kubeflow-pipelines-ready": "False"}
    templates = [
        one["spec"]["template"]["metadata"]["annotations"]
        for role in ("", ROLE)
        for one in sync(request(namespace(), role=role), SETTINGS)["attachments"]
        if one["kind"] == "Deployment"
    ]
    assert templates == [{"kubeflow-platform/role": ""}, {"kubeflow-platform/role": ROLE}]


@pytest.mark.parametrize("labels", [ENABLED, None])
def test_the_account_is_read_in_every_namespace(labels: dict[str, str] | None) -> None:
    assert customize({"controller": {}, "parent": namespace(labels=labels)}) == {
        "relatedResources": [
            {"apiVersion": "v1", "resource": "serviceaccounts", "namespace": "team", "names": ["default-editor"]}
        ]
    }


@pytest.mark.parametrize("labels", [None, {}, {"pipelines.kubeflow.org/enabled": "false"}])
def test_a_namespace_without_its_label_gets_nothing(labels: dict[str, str] | None) -> None:
    there = attached(sync(request(namespace()), SETTINGS))
    assert sync(request(namespace(labels=labels), there), SETTINGS) == {"status": {}, "attachments": []}


def test_a_team_s_artifacts_and_logs_are_below_its_own_prefix() -> None:
    found = objects()
    launcher = found["ConfigMap", "kfp-launcher"]["data"]
    assert launcher["defaultPipelineRoot"] == "s3://artifacts/private-artifacts/team/v2/artifacts"
    assert json.loads(launcher["providers"]) == {"s3": {"default": {"credentials": {"fromEnv": True}}}}
    repositories = found["ConfigMap", "artifact-repositories"]
    named = repositories["metadata"]["annotations"]["workflows.argoproj.io/default-artifact-repository"]
    repository = json.loads(repositories["data"][named])
    assert repository == {
        "archiveLogs": True,
        "s3": {
            "bucket": "artifacts",
            "endpoint": "s3.eu-west-1.amazonaws.com",
            "keyFormat": "private-artifacts/team/{{workflow.name}}/{{workflow.creationTimestamp.Y}}/"
            "{{workflow.creationTimestamp.m}}/{{workflow.creationTimestamp.d}}/{{pod.name}}",
            "region": "eu-west-1",
            "useSDKCreds": True,
        },
    }
    assert "Secret" not in json.dumps(list(found.values()))


def test_the_proxy_runs_as_the_team_and_in_the_mesh() -> None:
    proxy = objects()["Deployment", PROXY]["spec"]
    pod = proxy["template"]["spec"]
    assert (pod["serviceAccountName"], pod["automountServiceAccountToken"]) == ("default-editor", False)
    # Istio authenticates the user; without its sidecar every caller could read the team's artifacts
    assert proxy["template"]["metadata"]["labels"] == {"app": PROXY, "sidecar.istio.io/inject": "true"}
    (container,) = pod["containers"]
    assert container["image"] == "ghcr.io/kubeflow/kfp-frontend:2.17.0"
    assert {one["name"]: one.get("value", one.get("valueFrom")) for one in container["env"]} == {
        "AWS_REGION": "eu-west-1",
        "AWS_S3_ENDPOINT": "s3.eu-west-1.amazonaws.com",
        "FRONTEND_SERVER_NAMESPACE": "team",
        "TENSORBOARD_PROXY_SIGNING_SECRET": {"fieldRef": {"fieldPath": "metadata.uid"}},
    }


def test_the_proxy_may_run_where_pods_are_restricted_and_counted() -> None:
    """Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted."""
    (container,) = objects()["Deployment", PROXY]["spec"]["template"]["spec"]["containers"]
    security = container["securityContext"]
    assert security["allowPrivilegeEscalation"] is False
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] > 0
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert set(container["resources"]["requests"]) == set(container["resources"]["limits"]) == {"cpu", "memory"}


def test_the_service_leads_to_the_proxy_of_its_own_namespace() -> None:
    for name in ("team-a", "team-b"):
        found = objects(name)
        service, proxy = found["Service", PROXY], found["Deployment", PROXY]
        assert service["metadata"]["namespace"] == proxy["metadata"]["namespace"] == name
        assert service["spec"]["selector"].items() <= proxy["spec"]["template"]["metadata"]["labels"].items()
        (container,) = proxy["spec"]["template"]["spec"]["containers"]
        (port,) = service["spec"]["ports"]
        assert (port["port"], port["targetPort"]) == (80, container["ports"][0]["name"])


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
def test_what_it_wants_is_valid(version: str) -> None:
    wanted = sync(request(namespace()), SETTINGS)["attachments"]
    assert problems(wanted, version, {}) == []


def test_a_missing_variable_is_reported_at_the_start() -> None:
    less = {name: value for name, value in ENVIRONMENT.items() if name != "S3_BUCKET"}
    with pytest.raises(ValueError, match=exactly("environment: S3_BUCKET missing; set it in the Deployment")):
        Settings.of(less)


@contextmanager
def running(environment: dict[str, str]) -> Iterator[int]:
    """The program as its image runs it: a file, and Python without any package."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, "-I", "-S", str(PROFILE_CONTROLLER)]
    process = subprocess.Popen(command, env={**environment, "CONTROLLER_PORT": str(port)}, stderr=subprocess.PIPE)
    try:
        for _ in range(200):
            if process.poll() is not None or answers(port):
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=10)
    assert process.returncode == 0


def answers(port: int) -> bool:
    try:
        return ask(port, "GET", "/healthz")[0] == 200
    except ConnectionError:
        return False


def ask(port: int, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    found = response.status, json.loads(response.read())
    connection.close()
    return found


BAD = [
    (b"", "JSONDecodeError: Expecting value"),
    (b"{", "JSONDecodeError"),
    (b"\xff\xfe\xfd", "Unicode|JSON"),
    (b"[" * 100_000, "RecursionError"),
    (b"[]", "ValueError: body: is no object"),
    (b"{}", "ValueError: object: has no name"),
    (b'{"object": []}', "ValueError: object: has no name"),
    (b'{"object": {}}', "ValueError: object: has no name of a namespace"),
    (b'{"object": {"metadata": {"name": "../team"}}}', "ValueError: object: has no name of a namespace"),
    (b'{"object": {"metadata": {"name": "team", "labels": "x"}}}', "AttributeError"),
    (json.dumps(request(namespace(), {"ConfigMap.v1": "x"})).encode(), "AttributeError"),
    (json.dumps({"object": namespace(), "related": {"ServiceAccount.v1": {"a": {}}}}).encode(), "KeyError"),
]


def test_it_answers_over_http_and_outlives_what_it_does_not_understand() -> None:
    with running(ENVIRONMENT) as port:
        new = json.dumps(request(namespace(), {kind: {} for kind in KINDS})).encode()
        status, answer = ask(port, "POST", "/sync", new)
        assert (status, answer) == (200, sync(request(namespace()), SETTINGS))
        for body, said in BAD:
            status, answer = ask(port, "POST", "/sync", body)
            assert status == 400, body[:40]
            assert re.match(said, answer["error"]), answer
        assert ask(port, "POST", "/sync", b"", **{"Content-Length": str(LARGEST_REQUEST + 1)})[0] == 400
        assert ask(port, "POST", "/sync", b"", **{"Content-Length": "-1"})[0] == 400
        assert ask(port, "POST", "/other", new)[0] == 404
        assert ask(port, "GET", "/other")[0] == 404
        asked = json.dumps({"controller": {}, "parent": namespace()}).encode()
        assert ask(port, "POST", "/customize", asked) == (200, customize({"parent": namespace()}))
        assert ask(port, "POST", "/customize", b"{}")[0] == 400
        there = json.dumps(request(namespace(), attached(sync(request(namespace()), SETTINGS)))).encode()
        assert ask(port, "POST", "/sync", there)[1]["status"] == {"kubeflow-pipelines-ready": "True"}
        gone = json.dumps({"object": namespace(labels={}), "attachments": json.loads(there)["attachments"]}).encode()
        assert ask(port, "POST", "/sync", gone) == (200, {"status": {}, "attachments": []})


def test_a_slow_request_holds_up_no_other() -> None:
    with running(ENVIRONMENT) as port, socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(b"POST /sync HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
        assert ask(port, "GET", "/healthz")[0] == 200


def test_it_does_not_start_without_its_settings() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(PROFILE_CONTROLLER)],
        env={name: value for name, value in os.environ.items() if name == "PATH"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert "AWS_REGION, S3_ENDPOINT, S3_BUCKET, PIPELINE_ROOT, KEY_FORMAT, PROXY_IMAGE missing" in done.stderr
