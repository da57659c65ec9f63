"""How commands sign in to a cluster, and what they say when they cannot."""

import base64
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3  # type: ignore[import-untyped]
import pytest

from modules.live import api as live
from modules.live.api import Api, MissingClusterError, MissingObjectError, UnreachableError, of_context, of_eks, token
from modules.live.target import Target
from tests.stand_ins.moto_extension import CREDENTIALS, Server
from tests.stand_ins.providers import Cluster
from tests.stand_ins.providers.api_server import serving

ROOT = Path(__file__).parents[3]
TARGET = Target("p", "p", "us-west-2", None, ())


def test_the_token_is_a_signed_request_that_names_the_cluster() -> None:
    session = boto3.Session(aws_access_key_id="AKIA", aws_secret_access_key="secret", region_name="eu-central-1")
    prefix, _, packed = token(session, "the-cluster").partition(".")
    url = urlsplit(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode())
    query = {key: value[0] for key, value in parse_qs(url.query).items()}
    assert (prefix, url.scheme, url.hostname) == ("k8s-aws-v1", "https", "sts.eu-central-1.amazonaws.com")
    assert (query["Action"], query["X-Amz-Expires"], query["X-Amz-SignedHeaders"]) == (
        "GetCallerIdentity",
        "60",
        "host;x-k8s-aws-id",
    )


def test_a_cluster_that_is_not_there(aws: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": aws.endpoint}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(MissingClusterError, match="p: cluster not found in us-west-2"):
        of_eks(TARGET)


def test_a_context_that_is_not_there(tmp_path: Path) -> None:
    with serving(Cluster("https://trial.example")) as server:
        file = server.kubeconfig(tmp_path / "kubeconfig")
    with pytest.raises(ValueError, match="kubeconfig, context other"):
        of_context("other", file)
    with pytest.raises(UnreachableError, match=r"unreachable .* check the network"):
        of_context("stand-in", file).get("/api/v1/secrets")


@pytest.mark.parametrize("context", ["stand-in", None])
def test_a_connection_is_renewed_before_its_token_ends(context: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "of_context", lambda name: (name, object()))
    monkeypatch.setattr(live, "of_eks", lambda target: (target, object()))
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr("modules.live.api.time", SimpleNamespace(monotonic=lambda: clock.now))
    connect = live.renewed(TARGET, context)
    made: list[Any] = []
    for clock.now in (0.0, 600.0, 601.0, 1201.0, 1202.0):
        made.append(connect())
    first, renewed, third = made[0], made[2], made[4]
    assert made == [first, first, renewed, renewed, third]
    assert len({id(one) for one in made}) == 3
    assert {one[0] for one in made} == {context or TARGET}


def test_an_object_that_has_changed_since_is_not_deleted(tmp_path: Path) -> None:
    cluster = Cluster("https://trial.example")
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "default"}}
    stored = cluster.put(secret)["metadata"]
    with serving(cluster) as server:
        api = of_context("stand-in", server.kubeconfig(tmp_path / "kubeconfig"))
        with pytest.raises(ValueError, match="returned 409 Precondition failed"):
            api.delete("/api/v1/namespaces/default/secrets/a", stored["uid"], "another")
        assert api.get("/api/v1/namespaces/default/secrets/b") is None


def test_an_object_is_deleted_whatever_changed_if_no_version_is_given_and_only_the_one_that_was_read(
    tmp_path: Path,
) -> None:
    cluster = Cluster("https://trial.example")
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a", "namespace": "default"}, "spec": {}}
    uid = cluster.put(service)["metadata"]["uid"]
    with serving(cluster) as server:
        api = of_context("stand-in", server.kubeconfig(tmp_path / "kubeconfig"))
        path = "/api/v1/namespaces/default/services/a"
        api.patch(path, {"spec": {"type": "LoadBalancer"}})
        assert api.get(path)["spec"] == {"type": "LoadBalancer"}
        with pytest.raises(ValueError, match="returned 409"):
            api.delete(path, "another")
        api.delete(path, uid)
        assert api.get(path) is None
        with pytest.raises(MissingObjectError, match=r"DELETE .*: there is no such object"):
            api.delete(path, uid)
        with pytest.raises(MissingObjectError, match=r"PATCH .*: there is no such object"):
            api.patch(path, {})


def test_the_permissions_of_the_caller_are_read_by_a_review(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str, object]] = []
    api = Api(None)

    def answer(method: str, path: str, query: object, headers: object, body: object) -> dict[str, object]:
        asked.append((method, path, body))
        return {"status": {"allowed": False}}

    monkeypatch.setattr(api, "_call", answer)
    assert not api.allows("create", "apps", "deployments")
    ((method, path, body),) = asked
    assert (method, path) == ("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
    assert body == {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {"verb": "create", "group": "apps", "resource": "deployments"}},
    }


@pytest.mark.slow
def test_commands_that_rarely_need_a_cluster_start_without_its_client() -> None:
    program = "import sys; from cli import deploy, destroy, diff; print('kubernetes' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
