import json
from typing import Any

import pytest

from modules.aws_data.eks_addon_pods import ADDON_PODS
from modules.checks.fit.workloads import Workload, of_objects, workloads
from modules.kubeflow.manifest import Object
from modules.settings import AutoMode, Cluster, Network, NodeGroup, Platform
from modules.vendoring.workload_objects import POD_FIELDS
from tests.platform_objects import needs_everything, objects_of
from tests.platforms import NAMES, PLATFORMS

SMALL = {"requests": {"cpu": "100m", "memory": "100Mi"}}
HOOK: Object = {
    "kind": "MutatingWebhookConfiguration",
    "apiVersion": "admissionregistration.k8s.io/v1",
    "metadata": {"name": "injector"},
    "webhooks": [
        {
            "namespaceSelector": {"matchLabels": {"istio-injection": "enabled"}},
            "clientConfig": {"service": {"path": "/inject"}},
            "rules": [{"resources": ["pods"]}],
        }
    ],
}
VALUES = {"global": {"proxy": {"resources": {"requests": {"cpu": "10m", "memory": "40Mi"}}}}}
INJECTOR: Object = {
    "kind": "ConfigMap",
    "apiVersion": "v1",
    "metadata": {"name": "istio-sidecar-injector", "namespace": "istio-system"},
    "data": {"values": json.dumps(VALUES)},
}
INJECTED = {"n": {"istio-injection": "enabled"}}


def deployment(kind: str = "Deployment", annotations: dict[str, str] | None = None, **spec: Any) -> Object:
    pod = {"containers": [{"name": "main", "resources": SMALL}], **spec.pop("pod", {})}
    template = {"metadata": {"annotations": annotations or {}}, "spec": pod}
    return {
        "kind": kind,
        "apiVersion": "apps/v1",
        "metadata": {"name": "a", "namespace": "n"},
        "spec": {"template": template, **spec},
    }


def only(*objects: Object, labels: dict[str, dict[str, str]] | None = None) -> Workload:
    (found,) = of_objects([HOOK, INJECTOR, *objects], labels or {})
    return found


def test_replicas_requests_and_name() -> None:
    found = only(deployment(replicas=3))
    assert (found.name, found.replicas) == ("n/Deployment/a", 3)
    assert (found.cpu_millicores, found.memory_mib) == (100, 100)
    assert only(deployment()).replicas == 1
    assert only(deployment(replicas=0)).replicas == 0
    assert only(deployment("DaemonSet")).replicas is None


def test_a_sidecar_is_added_where_the_namespace_has_injection() -> None:
    found = only(deployment(), labels=INJECTED)
    assert (found.cpu_millicores, found.memory_mib) == (110, 140)
    off = deployment()
    off["spec"]["template"]["metadata"]["labels"] = {"sidecar.istio.io/inject": "false"}
    assert only(off, labels=INJECTED).cpu_millicores == 100


def test_a_sidecar_runs_at_the_same_time_as_init_containers() -> None:
    init = {"initContainers": [{"name": "i", "resources": {"requests": {"cpu": "1"}}}]}
    assert only(deployment(pod=init), labels=INJECTED).cpu_millicores == 1010


def test_an_annotation_sets_the_sidecars_requests() -> None:
    found = only(deployment(annotations={"sidecar.istio.io/proxyCPU": "500m"}), labels=INJECTED)
    assert (found.cpu_millicores, found.memory_mib) == (600, 140)


def test_a_gateway_gets_no_second_proxy() -> None:
    pod = {"containers": [{"name": "istio-proxy", "resources": SMALL}]}
    assert only(deployment(pod=pod), labels=INJECTED).cpu_millicores == 100


def test_an_autoscaler_keeps_its_minimum() -> None:
    scaler: Object = {
        "kind": "HorizontalPodAutoscaler",
        "apiVersion": "autoscaling/v2",
        "metadata": {"name": "a", "namespace": "n"},
        "spec": {"minReplicas": 2, "scaleTargetRef": {"kind": "Deployment", "name": "a"}},
    }
    assert only(deployment(), scaler).replicas == 2
    assert only(deployment(replicas=4), scaler).replicas == 4


def addons_of(**cluster: Any) -> set[str]:
    platform = Platform(name="any", region="us-west-2", network=Network(), cluster=Cluster(**cluster))
    return {one.name.rpartition("/")[2] for one in workloads(platform)}


def test_addons_run_unless_auto_mode_has_them_built_in() -> None:
    group = NodeGroup(name="nodes")
    assert {"aws-node", "kube-proxy", "coredns", "ebs-csi-node", "metrics-server"} <= addons_of(node_groups=(group,))
    assert addons_of(auto_mode=AutoMode()) == {"metrics-server"}
    assert addons_of(auto_mode=AutoMode(), node_groups=(group,)) == addons_of(node_groups=(group,))


@pytest.mark.upstream
@needs_everything
def test_workloads_are_those_of_the_releases_of_each_platform() -> None:
    """As the Helm engine renders charts and values in the generated JSON, with each platform's own settings."""
    for name in NAMES:
        objects = objects_of(name)
        labels = {
            one["metadata"]["name"]: one["metadata"].get("labels") or {}
            for one in objects
            if one["kind"] == "Namespace"
        }
        rendered = sorted(of_objects(objects, labels), key=lambda one: one.name)
        known = [one for one in workloads(PLATFORMS[name]) if one.name.rpartition("/")[2] not in ADDONS]
        assert known == rendered, name
        for one, other in zip(known, rendered, strict=True):
            for field in POD_FIELDS:
                assert (one.spec.get(field) or None) == (other.spec.get(field) or None), (name, one.name, field)
            assert all(other.labels.get(key) == value for key, value in one.labels.items()), (name, one.name)


ADDONS = {one.name for found in ADDON_PODS.values() for one in found}
