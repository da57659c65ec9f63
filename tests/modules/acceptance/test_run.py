"""The Job in a cluster that starts it, what the command reads before, and the reports."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
import yaml
from typer.testing import CliRunner

from cli import accept
from cli.app import app
from docs.shipped_main import PROD
from modules.acceptance.junit import junit
from modules.acceptance.program.__main__ import CHECKS
from modules.acceptance.program.outcome import Outcome
from modules.acceptance.reading import FOREIGN_IMAGE, read_platform
from modules.acceptance.run import in_cluster, in_this_process
from modules.live import api as live
from modules.live.api import MissingObjectError
from modules.live.target import Target
from modules.settings import Cognito, InClusterDatabase, InClusterStore, Network, NoAuth, Platform, Services, Team
from tests.modules.acceptance.played import ACCOUNT_TOKEN, EMAIL, PASSWORD, PROGRAM_TOKEN, TEAM, Played, playing
from tests.modules.acceptance.team_s3 import Bucket
from tests.modules.acceptance.test_program import world

ROOT = Path(__file__).parents[3]
JOBS, MAPS = f"/apis/batch/v1/namespaces/{TEAM}/jobs", f"/api/v1/namespaces/{TEAM}/configmaps"
TOKENS = f"/api/v1/namespaces/{TEAM}/serviceaccounts/default-editor/token"
RUNTIME = {"spec": {"containers": [{"image": "mirror.example/kserve/sklearnserver:v0.18.1"}]}}
SPAWNER = {"spawnerFormDefaults": {"image": {"value": "mirror.example/jupyter-scipy:v1.11.0"}}}
ACTIVATOR = {"networking.internal.knative.dev/serviceType": "Public"}
SERVICES = [
    {"metadata": {"name": "serverless", "labels": ACTIVATOR}, "spec": {"type": "ClusterIP", "ports": [{"port": 80}]}},
    {
        "metadata": {"name": "model"},
        "spec": {"type": "ClusterIP", "ports": [{"port": 80}, {"port": 53, "protocol": "UDP"}]},
    },
    {"metadata": {"name": "elsewhere"}, "spec": {"type": "ExternalName", "ports": [{"port": 80}]}},
]
READ: Mapping[str, Any] = {
    "/apis/serving.kserve.io/v1alpha1/clusterservingruntimes/kserve-sklearnserver": RUNTIME,
    "/api/v1/namespaces/kubeflow/configmaps": {
        "items": [
            {"metadata": {"name": "other"}, "data": {}},
            {
                "metadata": {"name": "jupyter-web-app-config-x"},
                "data": {"spawner_ui_config.yaml": yaml.safe_dump(SPAWNER)},
            },
        ]
    },
    "/api/v1/namespaces/finance/services": {"items": SERVICES},
}


class Api:
    """An API server whose Job controller runs the program of the ConfigMap as a process."""

    address, ca_file = "", None

    def __init__(self, objects: Mapping[str, Any] = READ, program: str = "modules.acceptance.program") -> None:
        self.objects, self.program = dict(objects), program
        self.log: str | None = None
        self.exit = -1
        self.deleted: list[str] = []

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        if path.endswith("/pods"):
            (selector,) = (query or {}).values()
            assert selector.startswith("batch.kubernetes.io/job-name=accept-")
            state = {"terminated": {"reason": "Error", "message": f"exit code {self.exit}"}}
            status = {"containerStatuses": [{"name": "accept", "state": state}]}
            return {"items": [{"metadata": {"name": "pod"}, "status": status}] if self.log is not None else []}
        return self.objects.get(path)

    def text(self, path: str, query: Mapping[str, str] | None = None) -> str:
        if self.log is None:
            raise MissingObjectError(path)
        return self.log

    def create(self, path: str, body: Mapping[str, Any]) -> Any:
        if path == TOKENS:
            return {"status": {"token": PROGRAM_TOKEN if body["spec"].get("audiences") else ACCOUNT_TOKEN}}
        made = {**body, "metadata": {**body["metadata"], "uid": path}}
        named = f"{path}/{body['metadata']['name']}"
        assert named not in self.objects
        self.objects[named] = made
        if path == JOBS:
            content = self.objects[f"{MAPS}/{body['metadata']['name']}"]["data"]["world.json"]
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            environment.pop("ARTIFACT_BUCKET", None)
            command = [sys.executable, "-m", self.program, "/dev/stdin"]
            done = subprocess.run(command, env=environment, input=content, capture_output=True, text=True, check=False)
            self.log, self.exit = f"a warning of a library\n{done.stdout}", done.returncode
            made["status"] = {"failed": 1} if done.returncode else {"succeeded": 1}
        return made

    def delete(self, path: str, uid: str, *, dependents: bool) -> None:
        assert self.objects.pop(path)["metadata"]["uid"] == uid
        assert dependents
        self.deleted.append(path)


def test_outcomes_of_the_job_and_nothing_is_left(tmp_path: Path) -> None:
    api = Api()
    with playing(Played(Bucket(), frozenset({"trainjobs fail"}))) as address:
        found = {one.id: one for one in in_cluster(world(address, tmp_path), lambda: api, 0.01)}  # type: ignore[arg-type, return-value]
    assert list(found) == list(CHECKS)
    of_the_bucket = {"pipeline", "model", "other-team-artifacts"}  # the stand-in applies no PodDefault
    assert {one.id for one in found.values() if one.status == "failed"} == {"train-job", *of_the_bucket}
    assert "PodDefault artifact-store was not applied" in found["pipeline"].text
    assert api.deleted == [f"{JOBS}/accept-0a1b2c", f"{MAPS}/accept-0a1b2c"]


def test_a_job_that_ends_early_is_a_failed_row_with_the_reason(tmp_path: Path) -> None:
    api = Api(program="no_such_module")
    found = list(in_cluster(world("http://127.0.0.1:1", tmp_path), lambda: api, 0.01))  # type: ignore[arg-type, return-value]
    assert [(one.id, one.status) for one in found] == [("job", "failed")]
    assert found[0].text == "the pod ended before its first check; accept: Error exit code 1"
    assert len(api.deleted) == 2


def test_a_pod_without_a_node_is_a_failed_row_and_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modules.acceptance.run.QUIET_MINUTES", 0.0)
    message = "0/3 nodes are available: 3 Insufficient cpu."
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}

    class Pending(Api):
        def create(self, path: str, body: Mapping[str, Any]) -> Any:
            made = {**body, "metadata": {**body["metadata"], "uid": path}}
            self.objects[f"{path}/{body['metadata']['name']}"] = made
            return made

        def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
            waiting = {"metadata": {"name": "pod"}, "status": {"conditions": [condition]}}
            return {"items": [waiting]} if path.endswith("/pods") else self.objects.get(path)

    api = Pending()
    (found,) = in_cluster(world("http://127.0.0.1:1", tmp_path), lambda: api, 0.01)  # type: ignore[arg-type, return-value]
    assert found.text == f"the pod said nothing for 0 minutes before its first check; Unschedulable: {message}"
    assert len(api.deleted) == 2


def test_a_run_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    api = Api()
    with playing(Played(Bucket())) as address:
        running = in_cluster(world(address, tmp_path), lambda: api, 0.01)  # type: ignore[arg-type, return-value]
        next(running)
        running.close()  # type: ignore[attr-defined]
    assert len(api.deleted) == 2


def test_in_this_process_with_tokens_of_the_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "an administrator's")
    api = Api()
    with playing(Played(Bucket())) as address:
        api.address = f"{address}/kubernetes"
        found = {one.id: one for one in in_this_process(world(address, tmp_path), api)}  # type: ignore[arg-type]
    assert {one.id for one in found.values() if one.status == "failed"} == set()
    skipped = {one.id for one in found.values() if one.status == "skipped"}
    assert skipped == {
        "pipeline",
        "model",
        "other-team-artifacts",
    }  # no role, so not with the administrator's credentials
    assert os.environ["AWS_ACCESS_KEY_ID"] == "an administrator's"


def two_teams(**changes: Any) -> Platform:
    assert PROD.kubeflow is not None
    teams = (*PROD.kubeflow.teams, Team(name="finance", owner="you@example.com"))
    return PROD.with_changes(kubeflow=PROD.kubeflow.with_changes(teams=teams, **changes))


def read(platform: Platform, team: str = "research", objects: Mapping[str, Any] = READ) -> Any:
    return read_platform(platform, team, "accept-0a1b2c", Api(objects), 20.0)  # type: ignore[arg-type]


def test_images_and_services_are_those_of_the_cluster() -> None:
    found = read(two_teams())
    assert found.image == "mirror.example/kserve/sklearnserver:v0.18.1"
    assert found.notebook_image == "mirror.example/jupyter-scipy:v1.11.0"
    assert (found.other_team, found.other_services) == ("finance", ("model.finance.svc:80",))
    assert found.foreign_image is None
    assert found.skip == {}


def test_a_check_without_its_component_has_the_reason() -> None:
    services = Services(artifacts=InClusterStore(), database=InClusterDatabase())
    found = read(two_teams(disable=("katib",), services=services))
    assert found.skip["tuning"] == "katib is not installed"
    assert found.skip["model"] == "artifacts are in the cluster (InClusterStore), not in S3"


def test_a_fully_private_network_pulls_nothing_from_elsewhere() -> None:
    found = read(two_teams().with_changes(network=Network(zones=2, nat="none", fully_private=True)))
    assert found.foreign_image == FOREIGN_IMAGE


@pytest.mark.parametrize(
    ("team", "path", "text"),
    [
        ("nobody", "", "no team nobody; choose from research, finance"),
        ("research", "clusterservingruntimes", "has no ClusterServingRuntime kserve-sklearnserver"),
        ("research", "kubeflow/configmaps", "has no ConfigMap jupyter-web-app-config"),
    ],
)
def test_what_is_missing_is_named(team: str, path: str, text: str) -> None:
    objects = {name: one for name, one in READ.items() if not path or path not in name}
    with pytest.raises(ValueError, match=text):
        read(two_teams(), team, objects)


def test_without_kserve_there_is_no_image() -> None:
    with pytest.raises(ValueError, match="add kserve"):
        read(two_teams(disable=("kserve", "kserve-models-web-app")))


def test_junit() -> None:
    outcomes = [
        Outcome("a", "A works", "passed", 1.25, "seen"),
        Outcome("b", "B works", "failed", 2.0, 'said <"no">'),
        Outcome("c", "C works", "skipped", 0.0, "off"),
    ]
    suite = Xml.fromstring(junit("prod", outcomes))
    assert suite.attrib == {
        **{"name": "accept prod", "tests": "3", "failures": "1", "skipped": "1", "time": "3.2"},
    }
    assert [(one.get("name"), *(child.tag for child in one)) for one in suite] == [
        ("a", "system-out"),
        ("b", "failure"),
        ("c", "skipped"),
    ]
    assert suite[1][0].get("message") == 'B works: said <"no">'


def test_control_characters_of_an_answer_reach_neither_the_terminal_nor_xml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Outcome("model", "A model answers", "failed", 1.0, "said \x1b[31m\x00")
    monkeypatch.setattr(accept, "valid_platforms", lambda *_, **__: [PROD])
    monkeypatch.setattr(accept, "chosen", lambda _: [Target("prod", "prod", "us-west-2", None, ())])
    monkeypatch.setattr(live, "of_context", lambda _: Api())
    monkeypatch.setattr(accept, "read_platform", lambda *_: world("http://127.0.0.1:1", tmp_path))
    monkeypatch.setattr(accept, "in_cluster", lambda *_: iter([answer]))
    file = tmp_path / "accept.xml"
    ended = CliRunner().invoke(app, ["accept", "prod", "--team", TEAM, "--context", "c", "--junit", str(file)])
    assert (ended.exit_code, "\x1b" in ended.stdout) == (1, False)
    assert "said \\x1b[31m\\x00" in ended.stdout
    assert "said \\x1b[31m\\x00" in file.read_text(encoding="utf-8")
    Xml.parse(file)


@pytest.mark.parametrize("fault", ["", "password refused"])
def test_the_command(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api()
    monkeypatch.setenv("KUBEFLOW_PASSWORD", PASSWORD)
    monkeypatch.setattr(accept, "valid_platforms", lambda *_, **__: [PROD])
    monkeypatch.setattr(accept, "chosen", lambda _: [Target("prod", "prod", "us-west-2", None, ())])
    monkeypatch.setattr(live, "of_context", lambda _: api)
    with playing(Played(Bucket(), frozenset({fault}))) as address:
        no_bucket = dict.fromkeys(("pipeline", "model", "other-team-artifacts"), "no bucket")
        here = replace(world(address, tmp_path), skip=no_bucket)
        monkeypatch.setattr(accept, "read_platform", lambda *_: here)
        options = ["--team", TEAM, "--user", EMAIL, "--address", f"{address}/", "--context", "c"]
        command = ["accept", "prod", *options, "--junit", str(tmp_path / "out" / "accept.xml"), "--json"]
        ended = CliRunner().invoke(app, command)
    found = {one["id"]: one["status"] for one in json.loads(ended.stdout)["prod"]}
    assert list(found) == ["user-sign-in", "no-session", "forged-user", "program-from-outside", *CHECKS]
    assert {name for name, status in found.items() if status == "failed"} == ({"user-sign-in"} if fault else set())
    assert ended.exit_code == (1 if fault else 0)
    assert PASSWORD not in ended.stdout + ended.stderr + json.dumps(asdict(here))
    assert Xml.parse(tmp_path / "out" / "accept.xml").getroot().get("tests") == str(len(found))


@pytest.mark.parametrize(
    ("auth", "address", "options", "reasons"),
    [
        (None, "", {}, {"port-forward the gateway": 4}),
        (None, "http://127.0.0.1:1", {}, {"a password is required": 1}),
        (None, "http://127.0.0.1:1", {"program-sign-in": "pipelines is off"}, {"a password": 1, "pipelines is off": 1}),
        (NoAuth(user="all@example.com"), "http://127.0.0.1:1", {}, {"one of all@example.com": 4}),
        (Cognito(users=("ada@example.com",)), "http://127.0.0.1:1", {}, {"issuer is not Dex": 1}),
    ],
)
def test_what_cannot_be_tried_from_outside_has_a_reason(
    auth: Any, address: str, options: dict[str, str], reasons: dict[str, int], tmp_path: Path
) -> None:
    assert PROD.kubeflow is not None
    platform = PROD if auth is None else SimpleNamespace(kubeflow=SimpleNamespace(auth=auth, machine_tokens=False))
    target = Target("prod", "prod", "us-west-2", None, ())
    here = replace(world("http://127.0.0.1:1", tmp_path), skip=options)
    found = list(accept._from_outside(platform, target, here, Api(), None, address))  # type: ignore[arg-type]
    skipped = [one.text for one in found if one.status == "skipped"]
    assert {text: sum(text in one for one in skipped) for text in reasons} == reasons
    assert len(skipped) == sum(reasons.values())
    assert {one.status for one in found} <= {"skipped", "failed"}, "nothing listens there"
