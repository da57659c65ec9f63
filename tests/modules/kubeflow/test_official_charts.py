"""Every official chart of the catalogue, rendered with our values by the real Helm engine."""

import base64
import copy
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from modules.aws_data.kubernetes_versions import KUBERNETES_VERSIONS
from modules.cluster.security_groups import RULES
from modules.kubeflow.secrets.pod_references import pod_specs
from modules.kubeflow.values import ROLE_ANNOTATION, chart_values, merged
from modules.vendoring.chart_keys import COMMENTED_OUT
from tests.object_schemas import CrdSchemas, Object, problems, schemas_of
from tests.official_charts import (
    ENTRIES,
    IRSA,
    ROLES,
    arguments,
    containers,
    defaults,
    everything,
    folder_of,
    for_kubernetes,
    packaged,
    rendered,
    runs_on,
    unknown,
)
from tests.stand_ins.providers.charts import render, secret_size
from tests.upstream_folders import chart, needs_charts

pytestmark = [needs_charts, pytest.mark.upstream]

FREE_FORM = {
    "aws-for-fluent-bit": {"affinity", "serviceAccount.annotations"},
    "aws-load-balancer-controller": {"podDisruptionBudget", "serviceAccount.annotations"},
    "cluster-autoscaler": {"extraArgs", "rbac.serviceAccount.annotations"},
    "external-dns": {"extraArgs", "serviceAccount.annotations"},
    "gpu-operator": {"node-feature-discovery.worker.affinity"},
    "jupyterhub": {"hub.db.pvc.annotations"},
    "karpenter": {"controller.resources", "nodeSelector", "serviceAccount.annotations"},
    "kube-prometheus-stack": {"extraManifests", "grafana.podAnnotations", "prometheus.prometheusSpec.storageSpec"},
    "nvidia-device-plugin": {"config.map", "nfd.worker.affinity"},
}
"""Values below which a chart takes anything: objects of Kubernetes, command line flags."""


def takes(name: str) -> dict[str, Any]:
    """All values that a chart knows."""
    return merged(defaults(folder_of(ENTRIES[name])), COMMENTED_OUT.get(name, {}))


ARRIVES = {
    "aws-efa-k8s-device-plugin": {
        "602401143452.dkr.ecr.eu-central-1.amazonaws.com/eks/aws-efa-k8s-device-plugin:v0.5.20"
    },
    "aws-for-fluent-bit": {
        "region eu-central-1",
        "log_group_name /aws/eks/the-cluster/pods",
    },
    "aws-load-balancer-controller": {
        "--cluster-name=the-cluster",
        "--aws-region=eu-central-1",
        "--aws-vpc-id=vpc-0123456789abcdef0",
        "--enable-shield=false",
        "--enable-waf=false",
        "--default-target-type=ip",
    },
    "cluster-autoscaler": {
        "--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/the-cluster",
        "AWS_REGION=eu-central-1",
        "--expander=least-waste",
        "registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.2",
    },
    "external-dns": {
        "--txt-owner-id=the-cluster",
        "--zone-id-filter=Z0123456789ABCDEFGHIJ",
        "--zone-id-filter=Z9876543210ABCDEFGHIJ",
        "--policy=sync",
        "--provider=aws",
        "AWS_DEFAULT_REGION=eu-central-1",
    },
    "karpenter": {
        "CLUSTER_NAME=the-cluster",
        "INTERRUPTION_QUEUE=the-queue",
        "EKS_CONTROL_PLANE=true",
        "eks.amazonaws.com/nodegroup=the-group",
    },
    "secrets-store-csi-driver-provider-aws": {"AWS_REGION=eu-central-1"},
}
"""What a container, a node selector or a ConfigMap's line must say word by word."""

FARGATE_LABELS = {"eks.amazonaws.com/compute-type": "fargate", "kubernetes.io/os": "linux"}
FARGATE_TAINT = {"key": "eks.amazonaws.com/compute-type", "value": "fargate", "effect": "NoSchedule"}
GPU_LABELS = {
    "nvidia.com/gpu.present": "true",
    "node.kubernetes.io/instance-type": "p5.48xlarge",
    "kubernetes.io/os": "linux",
}
GPU_TAINT = {"key": "nvidia.com/gpu", "value": "here", "effect": "NoExecute"}

CONFIGURATION = {("kube-prometheus-stack", "alertmanager.yaml"), ("jupyterhub", "values.yaml")}
"""Keys of Secrets that are the same in every release, and hold no credential."""


@cache
def crds() -> CrdSchemas:
    cert_manager = render(chart("cert-manager"), {"crds": {"enabled": True}}, "c", "c", 1)
    return schemas_of([*cert_manager.objects, *(one for name in ENTRIES for one in everything(name))])


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
def test_objects_are_valid_on_every_kubernetes_that_we_support(version: str, tmp_path: Path) -> None:
    found = []
    for name, entry in ENTRIES.items():
        folder = for_kubernetes(folder_of(entry), version, tmp_path)
        asked = folder != folder_of(entry)
        result = render(folder, chart_values(entry, IRSA), name, entry.namespace, 1) if asked else rendered(name)
        objects = [one for one in (*result.objects, *result.hooks) if one["kind"] != "CustomResourceDefinition"]
        found += [f"{name}: {text}" for text in problems(objects, version, crds())]
    assert found == []


@pytest.mark.parametrize("name", ENTRIES)
def test_objects_are_valid_with_as_little_said_as_can_be(name: str) -> None:
    assert problems(everything(name, "pod_identity"), "1.35", crds()) == []


@pytest.mark.parametrize("name", ENTRIES)
def test_the_chart_knows_every_value(name: str) -> None:
    known, free_form = takes(name), frozenset(FREE_FORM.get(name, ()))
    ours = chart_values(ENTRIES[name], IRSA)
    assert list(unknown(ours, known, free_form)) == []
    for wrong in misspelt(ours, free_form):
        assert list(unknown(wrong, known, free_form)) != []


def misspelt(values: dict[str, Any], free_form: frozenset[str], path: str = "") -> Iterator[dict[str, Any]]:
    """The values with one letter more in one key, for each key that the chart must know."""
    for key, value in values.items():
        here = f"{path}.{key}".lstrip(".")
        yield {**{other: copy.deepcopy(values[other]) for other in values if other != key}, f"{key}x": value}
        if isinstance(value, dict) and here not in free_form:
            yield from ({**values, key: wrong} for wrong in misspelt(value, free_form, here))


@pytest.mark.parametrize("name", FREE_FORM)
def test_what_may_be_anything_is_needed_in_the_table(name: str) -> None:
    known, ours = takes(name), chart_values(ENTRIES[name], IRSA)
    for path in FREE_FORM[name]:
        assert list(unknown(ours, known, frozenset(FREE_FORM[name] - {path}))) != [], path


@pytest.mark.parametrize("name", ARRIVES)
def test_facts_of_the_platform_arrive(name: str) -> None:
    assert ARRIVES[name] - arguments(everything(name)) == set()


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if entry.aws])
def test_the_role_is_of_the_service_account_that_the_pods_use(name: str) -> None:
    (access,) = ENTRIES[name].aws
    for context_name, role in (("irsa", ROLES[access.service_account]), ("pod_identity", None)):
        objects = rendered(name, context_name).objects
        used = {spec["serviceAccountName"] for one in objects for _, spec in pod_specs(one)}
        assert used == {access.service_account}
        (account,) = (one for one in objects if one["kind"] == "ServiceAccount")
        assert account["metadata"]["name"] == access.service_account
        assert account["metadata"].get("namespace") in (None, ENTRIES[name].namespace), "the role trusts that namespace"
        assert (account["metadata"].get("annotations") or {}).get(ROLE_ANNOTATION) == role


@pytest.mark.parametrize("name", ENTRIES)
def test_everything_is_in_the_entrys_namespace(name: str) -> None:
    elsewhere = {"kube-prometheus-stack": {"kube-system"}}  # Services at CoreDNS and kubelets
    namespaces = {one["metadata"].get("namespace") for one in everything(name)}
    assert namespaces - {None, ENTRIES[name].namespace} == elsewhere.get(name, set())


@pytest.mark.parametrize("context_name", ["irsa", "pod_identity"])
@pytest.mark.parametrize("name", ENTRIES)
def test_nothing_opens_a_door_to_the_outside(name: str, context_name: str) -> None:
    for one in everything(name, context_name):
        assert one["kind"] not in ("Ingress", "HTTPRoute", "Gateway", "VirtualService"), one["metadata"]["name"]
        if one["kind"] == "Service":
            assert one["spec"].get("type", "ClusterIP") == "ClusterIP", one["metadata"]["name"]


@pytest.mark.parametrize("name", ENTRIES)
def test_no_credential_is_a_published_default(name: str) -> None:
    first = dict(contents(rendered(name).objects))
    again = (
        render(folder_of(ENTRIES[name]), chart_values(ENTRIES[name], IRSA), name, ENTRIES[name].namespace, 1)
        if first
        else rendered(name)
    )
    second = dict(contents(again.objects))
    known = {(name, key) for (secret, key), value in first.items() if value and second[secret, key] == value}
    assert known <= CONFIGURATION
    for one in everything(name):
        for _, spec in pod_specs(one):
            for variable in (entry for container in containers(spec) for entry in container.get("env") or ()):
                assert not (re.search("PASSWORD|SECRET|TOKEN$", variable["name"]) and variable.get("value")), variable


def contents(objects: list[Object]) -> Iterator[tuple[tuple[str, str], Any]]:
    """Name of a Secret and key, and what is there."""
    for one in objects:
        for field in ("data", "stringData"):
            if one["kind"] == "Secret":
                yield from (((one["metadata"]["name"], key), value) for key, value in (one.get(field) or {}).items())


@pytest.mark.parametrize("name", ENTRIES)
def test_no_certificate_ends_while_the_release_exists(name: str) -> None:
    """What a chart makes when it is installed is renewed only by an upgrade."""
    bundles = [hook["clientConfig"].get("caBundle") for one in everything(name) for hook in one.get("webhooks", ())]
    texts = [*bundles, *(value for (_, key), value in contents(everything(name)) if key.endswith(".crt"))]
    for text in filter(None, texts):
        certificate = x509.load_pem_x509_certificate(base64.b64decode(text))
        assert certificate.not_valid_after_utc - datetime.now(UTC) > timedelta(days=5 * 365)


@pytest.mark.parametrize("name", ENTRIES)
def test_the_release_fits_into_its_secret(name: str, tmp_path: Path) -> None:
    folder = packaged(folder_of(ENTRIES[name]), tmp_path)
    size = secret_size(folder, rendered(name), chart_values(ENTRIES[name], IRSA))
    assert size < 900 * 1024


@pytest.mark.parametrize("name", ENTRIES)
def test_the_control_plane_reaches_every_webhook(name: str) -> None:
    open_ports = {rule.port for rule in RULES if (rule.source, rule.target) == ("control_plane", "nodes")}
    objects = everything(name)
    services = {one["metadata"]["name"]: one["spec"] for one in objects if one["kind"] == "Service"}
    ports = {
        port["name"]: port["containerPort"]
        for one in objects
        for _, spec in pod_specs(one)
        for c in containers(spec)
        for port in c.get("ports", ())
        if "name" in port
    }
    for one in objects:
        for webhook in one.get("webhooks", ()):
            service = webhook["clientConfig"]["service"]
            (target,) = (
                port["targetPort"]
                for port in services[service["name"]]["ports"]
                if port["port"] == service.get("port", 443)
            )
            assert ports.get(target, target) in open_ports, webhook["name"]


@pytest.mark.parametrize("name", ENTRIES)
def test_daemon_sets_are_on_gpu_nodes_and_never_on_fargate(name: str) -> None:
    for one in rendered(name).objects:
        if one["kind"] == "DaemonSet":
            spec = one["spec"]["template"]["spec"]
            assert not runs_on(spec, FARGATE_LABELS, FARGATE_TAINT), (
                f"{one['metadata']['name']} would pend there for ever"
            )
            if name in (
                "aws-for-fluent-bit",
                "nvidia-device-plugin",
                "secrets-store-csi-driver",
                "secrets-store-csi-driver-provider-aws",
            ):
                assert runs_on(spec, GPU_LABELS, GPU_TAINT) or "mps" in one["metadata"]["name"], one["metadata"]["name"]
