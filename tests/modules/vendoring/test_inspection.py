import pytest

from modules.kubeflow.manifest import load
from modules.kubeflow.pod_requests import quantity
from modules.vendoring.inspection import facts, webhook_ports
from tests.modules.kubeflow.objects_as_text import object_


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
    """Measured apart from this code: 56 images in pods, kubectl of the Jobs that wait among them."""
    from modules.kubeflow.catalogue import CATALOGUE
    from modules.kubeflow.lock import read_lock

    locked = read_lock().components
    chosen = [locked[one.name] for one in CATALOGUE if one.default and one.name in locked]
    entries = [variants[max(variants)] for variants in chosen if "rds" not in variants]
    entries += [variants["in-cluster"] for variants in chosen if "rds" in variants]
    assert len({image for entry in entries for image in entry.images}) == 56
    assert {port for entry in entries for port in entry.webhook_ports} == {4443, 8443, 9443, 10250, 15017}
    assert [volume.size for entry in entries for volume in entry.volumes] == ["20Gi", "20Gi", "10Gi", "10Gi"]
    assert set(facts([])) <= set(vars(entries[0]))
