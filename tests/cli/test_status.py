"""What runs and what is not ready, read over HTTP from the stand-in API server and from moto."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import status
from cli.app import app
from modules.live.target import Target, Wanted, targets
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.providers import Cluster
from tests.stand_ins.providers.api_server import VERSION, ApiServer, serving
from tests.stand_ins.providers.helm_client import HelmClient, Options
from tests.stand_ins.providers.trial import write_chart

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {key: value}\n"
CERTIFICATES = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "certificates.cert-manager.io"},
    "spec": {
        "group": "cert-manager.io",
        "names": {"kind": "Certificate", "plural": "certificates"},
        "scope": "Namespaced",
        "versions": [{"name": "v1", "served": True, "storage": True}],
    },
}


def target(version: str = "") -> Target:
    wanted = Wanted("p-kubeflow", "helm_release.web", "default", "web", False, version)
    missing = Wanted("p-kubeflow", "helm_release.other", "shop", "other", False)
    return Target("p", "p", "us-west-2", None, (wanted, missing), dashboard_url="https://kubeflow.example.company")


def put(
    server: ApiServer, kind: str, name: str, conditions: dict[str, str], namespace: str = "", **status: Any
) -> None:
    version = "cert-manager.io/v1" if kind == "Certificate" else "v1"
    found = [{"type": key, "status": value, **status.pop(key, {})} for key, value in conditions.items()]
    key = (version.rpartition("/")[0], kind, namespace, name)
    server.cluster.objects[key] = {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": name, **({"namespace": namespace} if namespace else {}), **status.pop("metadata", {})},
        "status": {"conditions": found, **status},
    }


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ApiServer]:
    cluster = Cluster("https://trial.example")
    HelmClient(cluster).install(write_chart(tmp_path, "web", CONFIG_MAP), {}, ("default", "web"), Options())
    with serving(cluster) as found:
        yield found


@pytest.fixture
def run(server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aws: Server) -> Any:
    """The command, with a kubeconfig context and an AWS account."""
    config = server.kubeconfig(tmp_path / "kubeconfig")
    monkeypatch.setenv("KUBECONFIG", str(config))
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(config))

    def command(*options: str, found: Target | None = None) -> tuple[int, str]:
        monkeypatch.setattr(status, "chosen", lambda _: [found or target()])
        ended = CliRunner().invoke(app, ["status", "--context", "stand-in", *options])
        return ended.exit_code, ended.stdout + ended.stderr

    return command


def test_releases_and_their_versions(server: ApiServer, run: Any) -> None:
    code, said = run()
    assert code == 0
    assert said.startswith(
        f"p: https://kubeflow.example.company\n  cluster p, Kubernetes {VERSION}, nodes: 0 of 0 ready\n"
        "  releases: 1 of 2 deployed"
    )
    assert "    shop/other: missing\n" in said
    installed = server.cluster.release("web").chart["version"]
    assert "a plan updates" not in run(found=target(installed))[1]
    assert f"    default/web: a plan updates {installed} to 9.9.9\n" in run(found=target("9.9.9"))[1]
    server.cluster.release("web").status = "pending-upgrade"
    assert "    default/web: pending-upgrade\n" in run()[1]


def test_pods_and_why_they_are_not_ready(server: ApiServer, run: Any) -> None:
    loop = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s\nrestarting"}}
    ready, broken = {"Ready": "True"}, {"Ready": "False"}
    put(server, "Pod", "well", ready, "kubeflow", phase="Running")
    put(
        server,
        "Pod",
        "looping",
        broken,
        "kubeflow",
        phase="Running",
        containerStatuses=[{"name": "main", "state": loop, "restartCount": 7}],
    )
    put(
        server,
        "Pod",
        "full",
        {"Ready": "False", "PodScheduled": "False"},
        "team",
        phase="Pending",
        PodScheduled={"reason": "Unschedulable", "message": "0/3 nodes are available"},
    )
    put(
        server,
        "Pod",
        "slow",
        broken,
        "team",
        phase="Running",
        containerStatuses=[{"name": "app", "ready": False, "state": {"running": {}}}, {"name": "proxy", "ready": True}],
    )
    put(server, "Pod", "done", broken, "team", phase="Succeeded")
    put(server, "Pod", "retried", {}, "team", phase="Failed", metadata={"ownerReferences": [{"kind": "Job"}]})
    put(server, "Pod", "evicted", {}, "team", phase="Failed", reason="Evicted", message="low on memory")
    said = run()[1]
    assert "  pods: 1 of 5 ready\n" in said
    lines = {line.strip() for line in said.splitlines()}
    assert lines >= {
        "kubeflow/looping: main: CrashLoopBackOff: back-off 5m0s restarting (7 restarts)",
        "team/full: Unschedulable: 0/3 nodes are available",
        "team/slow: not ready: app",
        "team/evicted: Evicted: low on memory",
    }


def test_nodes_and_certificates(server: ApiServer, run: Any) -> None:
    assert "  certificates of cert-manager: 0 of 0 ready\n" in run()[1], "without cert-manager"
    server.cluster.put(CERTIFICATES)
    put(server, "Node", "ip-10-0-0-1", {"Ready": "True"})
    put(server, "Node", "ip-10-0-0-2", {"Ready": "Unknown"}, Ready={"reason": "NodeStatusUnknown"})
    put(server, "Certificate", "webhook", {"Ready": "True"}, "kubeflow")
    put(server, "Certificate", "gateway", {"Ready": "False"}, "istio-system", Ready={"reason": "Expired"})
    said = run()[1]
    assert f"  cluster p, Kubernetes {VERSION}, nodes: 1 of 2 ready\n    ip-10-0-0-2: NodeStatusUnknown\n" in said
    assert "  certificates of cert-manager: 1 of 2 ready\n    istio-system/gateway: Expired\n" in said


def load_balancer(aws: Server, certificate: str) -> str:
    """A target group of the platform behind an HTTPS listener, with one target; its ARN."""
    elb, ec2 = aws.client("elbv2"), aws.client("ec2")
    subnets = ec2.describe_subnets()["Subnets"][:2]
    ids = [one["SubnetId"] for one in subnets]
    balancer = elb.create_load_balancer(Name="p-kubeflow", Subnets=ids)["LoadBalancers"][0]["LoadBalancerArn"]
    group = elb.create_target_group(
        Name="kf-1",
        Protocol="HTTP",
        Port=8080,
        VpcId=subnets[0]["VpcId"],
        TargetType="ip",
        Tags=[{"Key": "kubeflow-platform", "Value": "p"}],
    )["TargetGroups"][0]["TargetGroupArn"]
    elb.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "172.31.0.9", "Port": 8080}])
    return str(group)


def test_targets_and_the_certificate_of_the_load_balancer(aws: Server, run: Any) -> None:
    certificate = aws.client("acm").request_certificate(DomainName="kubeflow.example.company")["CertificateArn"]
    group = load_balancer(aws, certificate)
    said = run()[1]
    assert "  targets: 1 of 1 healthy\n" in said
    assert "  certificate of kubeflow.example.company: ISSUED, valid until " in said
    ec2, elb = aws.client("ec2"), aws.client("elbv2")
    image = ec2.register_image(Name="image")["ImageId"]
    stopped = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": stopped, "Port": 8080}])
    ec2.stop_instances(InstanceIds=[stopped])
    said = run("--exit-code")[1]
    assert f"  targets: 1 of 2 healthy\n    {stopped}:8080: unused (" in said
    elb.remove_tags(ResourceArns=[group], TagKeys=["kubeflow-platform"])
    assert "targets" not in run()[1], "those of another platform are not shown"


def test_what_aws_refuses_is_said(aws: Server, run: Any) -> None:
    aws.gate.denied = {("elbv2", "DescribeTargetGroups")}
    assert run()[1].endswith("  not checked: targets: needs elasticloadbalancing:DescribeTargetGroups\n")


def test_a_viewer_without_access_to_secrets_sees_the_rest(server: ApiServer, run: Any) -> None:
    server.denied = {"secrets"}
    put(server, "Pod", "well", {"Ready": "True"}, "kubeflow", phase="Running")
    code, said = run()
    assert code == 0
    assert "  pods: 1 of 1 ready\n" in said
    assert "  releases: " not in said
    assert "  not checked: releases: GET /api/v1/secrets: the API server returned 403 secrets is forbidden\n" in said


def test_json_and_the_exit_code(server: ApiServer, run: Any) -> None:
    code, said = run("--json", "--exit-code")
    (found,) = json.loads(said)["platforms"]
    assert code == 3, "a release is missing"
    assert (found["platform"], found["problems"]) == ("p", 1)
    assert [one["status"] for one in found["releases"]] == ["deployed", "missing"]
    only = Target("p", "p", "us-west-2", None, target().releases[:1])
    assert run("--json", "--exit-code", found=only)[0] == 0
    assert {method for method, _ in server.requests} == {"GET"}


def test_targets_of_the_shipped_platform_have_versions_and_an_address() -> None:
    (found,) = targets(Path(__file__).parents[2] / "generated")
    assert found.dashboard_url is not None
    assert found.dashboard_url.startswith("http")
    assert all(one.version for one in found.releases)
