import json
import threading
import urllib.request
from http.server import ThreadingHTTPServer
from typing import Any

import pytest

from modules.kubeflow.patches.pipelines_profile_controller import Hook, sync

ENV = {"S3_BUCKET": "artifacts", "S3_ENDPOINT": "s3.eu-west-1.amazonaws.com", "AWS_REGION": "eu-west-1"}


def namespace(**labels: str) -> dict[str, Any]:
    return {"metadata": {"name": "team", "labels": labels}}


TEAM = namespace(**{"pipelines.kubeflow.org/enabled": "true"})


def test_a_team_s_artifacts_are_below_its_own_prefix() -> None:
    answer = sync(TEAM, {"ConfigMap.v1": {}}, ENV)
    data = {item["metadata"]["name"]: item["data"] for item in answer["attachments"]}
    assert {item["metadata"]["namespace"] for item in answer["attachments"]} == {"team"}
    assert data["kfp-launcher"]["defaultPipelineRoot"] == "s3://artifacts/private-artifacts/team/v2/artifacts"
    s3 = json.loads(data["artifact-repositories"]["default-namespaced"])["s3"]
    assert s3["keyFormat"].startswith("private-artifacts/team/{{workflow.name}}/")
    assert (s3["useSDKCreds"], s3["region"]) == (True, "eu-west-1")


def test_no_secret_is_made_or_waited_for() -> None:
    there: dict[str, Any] = {"ConfigMap.v1": {name: {} for name in "abc"}, "Secret.v1": {}}
    answer = sync(TEAM, there, ENV)
    assert answer["status"] == {"kubeflow-pipelines-ready": "True"}
    assert {item["kind"] for item in answer["attachments"]} == {"ConfigMap"}
    assert sync(TEAM, {"ConfigMap.v1": {}}, ENV)["status"] == {"kubeflow-pipelines-ready": "False"}


@pytest.mark.parametrize("other", [namespace(), {"metadata": {"name": "kube-system"}}])
def test_other_namespaces_get_nothing(other: dict[str, Any]) -> None:
    assert sync(other, {}, ENV) == {"status": {}, "attachments": []}


def test_it_answers_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Hook, "log_message", lambda *_: None)
    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        body = json.dumps({"object": TEAM, "attachments": {"ConfigMap.v1": {}}}).encode()
        address = f"http://127.0.0.1:{server.server_port}/sync"
        with urllib.request.urlopen(urllib.request.Request(address, body)) as answer:
            assert len(json.load(answer)["attachments"]) == 3
        server.shutdown()
