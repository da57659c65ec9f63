import pytest

from modules.kubeflow.manifest import load
from modules.kubeflow.pod_requests import quantity
from modules.vendoring.inspection import capacity, facts, webhook_ports
from tests.modules.kubeflow.objects_as_text import deployment, object_


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500m", "0.5"),
        ("2", "2"),
        (0.1, "0.1"),
        ("64Mi", str(64 * 2**20)),
        ("1e3", "1000"),
        ("1G", "1000000000"),
    ],
)
def test_quantities_are_read(text: str | float, value: str) -> None:
    assert str(quantity(text).normalize().__format__("f")) == value


def test_capacity_counts_replicas_init_containers_limits_and_autoscalers() -> None:
    pod = (
        "{containers: [{name: a, resources: {requests: {cpu: 100m}, limits: {cpu: 1, memory: 1Gi}}}, {name: b, resources: "
        "{limits: {memory: 1Gi}}}], initContainers: [{name: i, resources: {requests: {cpu: 300m}}}]}"
    )
    scaler = object_(
        "HorizontalPodAutoscaler",
        api="autoscaling/v2",
        spec="{minReplicas: 3, scaleTargetRef: {kind: Deployment, name: d}}",
    )
    daemon = object_("DaemonSet", api="apps/v1", spec="{template: {spec: {containers: [{name: a}]}}}")
    assert capacity(load(deployment(pod) + scaler + daemon)) == {
        "pods": 3,
        "daemonset_pods": 1,
        "cpu_millicores": 900,
        "memory_mib": 6 * 1024,
    }


def test_webhook_ports_are_those_of_pods() -> None:
    hook = object_(
        "MutatingWebhookConfiguration",
        api="admissionregistration.k8s.io/v1",
        webhooks="[{clientConfig: {service: {namespace: n, name: s}}}, {clientConfig: {service: {namespace: n, name: s, port: 8}}}]",
    )
    service = object_(
        "Service", "s, namespace: n", spec="{selector: {app: a}, ports: [{port: 443, targetPort: h}, {port: 8}]}"
    )
    pods = object_(
        "Deployment",
        "d, namespace: n",
        "apps/v1",
        spec="{template: {metadata: {labels: {app: a, x: y}}, spec: {containers: [{ports: [{name: h, containerPort: 15017}]}]}}}",
    )
    assert webhook_ports(load(hook + service + pods)) == [8, 15017]


def test_facts_of_the_default_set() -> None:
    """Measured apart from this code: 54 pods and one per node, 3.65 CPU, 56 images in pods, kubectl of the Jobs that wait among them."""
    from modules.kubeflow.catalogue import CATALOGUE
    from modules.kubeflow.lock import read_lock

    locked = read_lock().components
    chosen = [locked[one.name] for one in CATALOGUE if one.default and one.name in locked]
    entries = [variants[max(variants)] for variants in chosen if "rds" not in variants]
    entries += [variants["in-cluster"] for variants in chosen if "rds" in variants]
    assert sum(entry.pods for entry in entries) == 54
    assert sum(entry.daemonset_pods for entry in entries) == 1
    assert sum(entry.cpu_millicores for entry in entries) == 3654
    assert len({image for entry in entries for image in entry.images}) == 56
    assert {port for entry in entries for port in entry.webhook_ports} == {4443, 8443, 9443, 10250, 15017}
    assert [volume.size for entry in entries for volume in entry.volumes] == ["20Gi", "20Gi", "10Gi", "10Gi"]
    assert set(facts([])) <= set(vars(entries[0]))
