"""What was deleted or changed by hand is found, and nothing else; over HTTP, with the client that the command uses."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import drift
from cli.app import app
from modules.kubeflow.manifest import load
from modules.live.api import Api, of_context
from modules.live.target import Target, Wanted
from tests.stand_ins.providers import Cluster
from tests.stand_ins.providers.api_server import ApiServer, serving
from tests.stand_ins.providers.helm_client import HelmClient, Options
from tests.stand_ins.providers.kinds import Object
from tests.stand_ins.providers.trial import write_chart

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {}}
    spec:
      containers:
        - {name: web, image: "web:1", env: [{name: EMPTY, value: ""}], resources: {requests: {cpu: 1000m, memory: 1Gi}}}
"""
OTHERS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {key: value}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: formats}
spec:
  selector: {matchLabels: {app: formats}}
  formats: [{name: sklearn, version: "0"}, {name: sklearn, version: "1"}]
  template:
    metadata: {labels: {app: formats}}
    spec: {containers: [{name: one, image: one}]}
---
apiVersion: v1
kind: Secret
metadata: {name: login}
data: {password: c2VjcmV0}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: web}
webhooks: [{name: web.example.org, clientConfig: {caBundle: Cg==, url: "https://web"}, rules: []}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: all}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to-all: "true"}}]}
rules: []
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 5}
"""
TARGET = Target("p", "p", "us-west-2", None, (Wanted("p-kubeflow", "helm_release.web", "default", "web", False),))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ApiServer]:
    cluster = Cluster("https://trial.example")
    HelmClient(cluster).install(write_chart(tmp_path, "web", DEPLOYMENT, OTHERS), {}, ("default", "web"), Options())
    with serving(cluster) as found:
        yield found


@pytest.fixture
def api(server: ApiServer, tmp_path: Path) -> Api:
    return of_context("stand-in", server.kubeconfig(tmp_path / "kubeconfig"))


def live(server: ApiServer, kind: str, name: str) -> Object:
    (found,) = (one for one in server.cluster.of_kind(kind) if one["metadata"]["name"] == name)
    return found


def found(api: Api) -> list[str]:
    differing, said = drift.differences(api, TARGET)
    return [*said, *map(str, differing)]


def test_what_a_cluster_adds_by_itself_is_not_a_difference(server: ApiServer, api: Api) -> None:
    web: Any = live(server, "Deployment", "web")
    web["status"] = {"readyReplicas": 5}
    web["spec"] |= {"replicas": 5, "progressDeadlineSeconds": 600}
    pod = web["spec"]["template"]["spec"]
    pod["containers"].insert(0, {"name": "istio-proxy", "image": "proxy:1"})
    pod["containers"][1]["resources"]["requests"]["cpu"] = "1"
    pod["containers"][1]["env"] = [{"name": "EMPTY"}]
    del web["spec"]["template"]["metadata"]["annotations"]
    live(server, "ValidatingWebhookConfiguration", "web")["webhooks"][0]["clientConfig"]["caBundle"] = "Zm9v"
    live(server, "ClusterRole", "all")["rules"] = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    assert found(api) == []


def test_what_was_deleted_or_changed_is_found(server: ApiServer, api: Api) -> None:
    live(server, "Deployment", "web")["spec"]["template"]["spec"]["containers"][0]["image"] = "web:2"
    live(server, "DaemonSet", "formats")["spec"]["formats"][1]["version"] = "2"
    live(server, "Secret", "login")["data"]["password"] = "b3RoZXI="
    del server.cluster.objects["", "ConfigMap", "default", "settings"]
    assert sorted(found(api)) == [
        "ConfigMap settings: missing",
        "DaemonSet.apps formats: spec.formats[1].version: 1 -> 2",
        "Deployment.apps web: spec.template.spec.containers[web].image: web:1 -> web:2",
        "Secret login: data.password",
    ]
    assert {method for method, _ in server.requests} == {"GET"}


def test_a_removed_type_takes_its_objects_along(server: ApiServer, api: Api) -> None:
    release = server.cluster.release("web")
    release.objects.append({"apiVersion": "example.org/v1", "kind": "Thing", "metadata": {"name": "one"}})
    assert found(api) == ["Thing.example.org one: missing"]


def test_a_release_that_is_not_deployed_is_left_to_the_plan(server: ApiServer, api: Api) -> None:
    server.cluster.release("web").status = "pending-install"
    assert found(api) == ["default/web: has no deployed revision; run a plan of p-kubeflow"]


def run(monkeypatch: pytest.MonkeyPatch, api: Api, *arguments: str) -> Result:
    monkeypatch.setattr(drift, "chosen", lambda _: [TARGET])
    monkeypatch.setattr(drift, "of_context", lambda _: api)
    return CliRunner().invoke(app, ["drift", "--context", "stand-in", *arguments])


def test_the_command_says_what_differs_and_how_to_restore_it(
    server: ApiServer, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    matching = run(monkeypatch, api, "--exit-code")
    assert (matching.exit_code, matching.output) == (0, "p: all objects of 1 releases match their manifests\n")
    del server.cluster.objects["", "ConfigMap", "default", "settings"]
    differing = run(monkeypatch, api)
    assert "p: default/web (p-kubeflow, helm_release.web):\n  ConfigMap settings: missing" in differing.output
    assert "kubeflow-aws drift --restore <namespace>/<release> | kubectl apply" in differing.output
    assert (differing.exit_code, run(monkeypatch, api, "--exit-code").exit_code) == (0, 3)
    (platform,) = json.loads(run(monkeypatch, api, "--json").stdout)["platforms"]
    release = {"release": "default/web", "stack": "p-kubeflow", "address": "helm_release.web"}
    assert platform["differences"] == [{**release, "object": "ConfigMap settings", "fields": []}]


def test_what_restores_an_object_has_the_marks_of_helm(
    server: ApiServer, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = server.cluster.objects.pop(("", "ConfigMap", "default", "settings"))
    (item,) = load(run(monkeypatch, api, "--restore", "default/web").stdout)
    assert item["data"] == before["data"]
    for key in ("labels", "annotations"):
        assert item["metadata"][key] == before["metadata"][key]
