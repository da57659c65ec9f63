"""The tutorial's client calls a model from outside, through a real Envoy with the platform's policies."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.stage import Backend, Gateway, gateway
from tests.gateway.test_attacks import CLUSTER, DEX, PROGRAMS, route
from tests.gateway.tokens import Key, key
from tests.gateway.translation import BACKEND
from tests.platform_objects import needs_everything, objects_of

pytestmark = [needs_everything, pytest.mark.upstream]

REPOSITORY = Path(__file__).parents[2]
HOST = "digits-predictor-research.models.team.example.net"
"""As Knative makes it with the domain of the platform `full`."""
SERVICE = "digits-predictor.research.svc.cluster.local"
ACCOUNT = "system:serviceaccount:research:default-editor"
API_SERVER = "https://kubernetes.default.svc"


class Model(Backend):
    """A model named `digits` with the V2 protocol: the digit of an image is its place among those that are sent."""

    seen: list[Mapping[str, str]] = []  # noqa: RUF012  one server, one list

    def do_POST(self) -> None:  # noqa: N802
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        found = (self.headers[BACKEND], self.path) == (SERVICE, "/v2/models/digits/infer")  # others are the dashboard's
        if found:
            self.seen.append({name.lower(): value for name, value in self.headers.items()})
        (tensor,) = body["inputs"]
        number, width = tensor["shape"]
        assert len(tensor["data"]) == number * width
        text = json.dumps({"outputs": [{"name": "digits", "data": list(range(number))}]} if found else {}).encode()
        self.send_response(200 if found else 404)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    objects = [*objects_of("full"), route("digits", "/", SERVICE, [HOST])]
    keys = {DEX: key("dex").key_set, CLUSTER: key("cluster").key_set}
    with gateway(objects, tmp_path_factory.mktemp("gateway"), keys, {}, Model) as running:
        yield running


def call(models: Gateway, token: str | None, host: str = HOST) -> tuple[int, str]:
    """Exit code and output of `call.py`, in whose DNS the load balancer of the models is the gateway."""
    given = () if token is None else ("--token-file", "-")
    ended = subprocess.run(
        [sys.executable, str(REPOSITORY / "docs/tutorial/call.py"), f"http://{host}", *given],
        input=token or "",
        capture_output=True,
        text=True,
        timeout=60,
        env={
            **os.environ,
            "NO_PROXY": "*",
            "PYTHONPATH": str(REPOSITORY / "tests/tutorial/pod"),
            "POD_HOSTS": json.dumps(dict.fromkeys((HOST, f"other.{HOST}"), models.port)),
            "POD_FILES": "",
        },
    )
    return ended.returncode, ended.stdout + ended.stderr


def token(audience: str = PROGRAMS, by: Key | None = None, **claims: Any) -> str:
    return (by or key("cluster")).token(CLUSTER, audience, **{"sub": ACCOUNT, **claims})


def test_a_service_account_of_the_team_gets_an_answer(models: Gateway) -> None:
    Model.seen.clear()
    assert call(models, token()) == (0, f"{list(range(10))}\n")
    (headers,) = Model.seen
    assert headers["kubeflow-userid"] == ACCOUNT
    assert "authorization" not in headers


REFUSED = {
    "no_token": (None, HOST, "302 a token is required"),
    "for_the_api_server": (token(API_SERVER), HOST, "403 the token is for another audience"),
    "ended": (token(exp=1), HOST, "401 the token has expired"),
    "another_key": (token(by=Key("cluster", key("mallory").private)), HOST, "401 the token"),
    "another_host": (token(), f"other.{HOST}", "404 there is no such model"),
    "unknown_host": (token(), "models.example.org", "is not a name of the cluster"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_another_request_is_refused_in_words(models: Gateway, kind: str) -> None:
    given, host, words = REFUSED[kind]
    Model.seen.clear()
    code, output = call(models, given, host)
    assert (code, Model.seen) == (1, [])
    assert output.startswith(f"http://{host}/v2/models/digits/infer: ")
    assert words in output
