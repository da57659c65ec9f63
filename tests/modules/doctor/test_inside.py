"""What Kubeflow requires inside an existing cluster, with answers of an API server."""

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from modules.doctor import inside
from modules.live.api import MissingClusterError, UnreachableError
from modules.settings import Dex, ExistingCluster, Kubeflow
from tests.modules.doctor.found import said
from tests.modules.settings.valid import platform

KUBEFLOW = Kubeflow(auth=Dex(users=("ada@example.company",)))
ON_EXISTING = platform(network=None, cluster=ExistingCluster(name="theirs"), kubeflow=KUBEFLOW)
DRIVER = "/apis/storage.k8s.io/v1/csidrivers/ebs.csi.aws.com"
CLASSES = "/apis/storage.k8s.io/v1/storageclasses"
METRICS = "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io"
AGENT = "/apis/apps/v1/namespaces/kube-system/daemonsets/eks-pod-identity-agent"


def node(name: str, cpu: str = "16", memory: str = "64Gi", pods: int = 200, ready: str = "True", **spec: Any) -> Any:
    labels = {
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "node.kubernetes.io/instance-type": "m6i.4xlarge",
        "topology.kubernetes.io/zone": "us-west-2a",
    }
    return {
        "metadata": {"name": name, "labels": labels},
        "spec": spec,
        "status": {
            "allocatable": {"cpu": cpu, "memory": memory, "pods": str(pods)},
            "conditions": [{"type": "Ready", "status": ready}],
        },
    }


def pod(on: str, cpu: str, phase: str = "Running") -> Any:
    return {
        "spec": {"nodeName": on, "containers": [{"resources": {"requests": {"cpu": cpu}}}]},
        "status": {"phase": phase},
    }


READY: dict[str, Any] = {
    DRIVER: {},
    METRICS: {},
    AGENT: {},
    CLASSES: {"items": []},
    "/api/v1/nodes": {"items": [node("a"), node("b"), node("c")]},
    "/api/v1/pods": {"items": []},
}


class Answers:
    """An API server with these objects."""

    def __init__(self, objects: Mapping[str, Any], *, admin: bool = True) -> None:
        self.objects, self.admin = objects, admin

    def get(self, path: str) -> Any:
        return self.objects.get(path)

    def allows(self, verb: str, group: str, resource: str) -> bool:
        assert {verb, group, resource} == {"*"}
        return self.admin


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch, admin: str) -> Any:
    def use(changes: Mapping[str, Any], *, admin: bool = True) -> None:
        objects = {**copy.deepcopy(READY), **changes}
        monkeypatch.setattr(inside, "of_eks", lambda _: Answers(objects, admin=admin))

    return use


def test_a_cluster_with_all_of_it(answer: Any) -> None:
    answer({})
    (finding,) = said("inside the cluster", ON_EXISTING)
    assert finding.startswith("ok: all ")
    assert finding.endswith(" pods of the platform find room on the 3 nodes of the cluster")


def test_each_missing_part_is_one_sentence(answer: Any) -> None:
    answer({DRIVER: None, METRICS: None, AGENT: None}, admin=False)
    settings = ON_EXISTING.with_changes(
        kubeflow=KUBEFLOW.with_changes(preinstalled=("default-storage-class",), service_account_auth="pod_identity")
    )
    *found, _ = said("inside the cluster", settings)
    beginnings = (
        "error: the caller is not an administrator inside the cluster",
        "error: the cluster has no EBS CSI driver",
        "error: the cluster has no default StorageClass",
        "warning: the cluster has no metrics-server",
        "error: the cluster has no EKS Pod Identity agent",
    )
    assert len(found) == len(beginnings)
    for one, beginning in zip(found, beginnings, strict=True):
        assert one.startswith(beginning)
        assert "; " in one, "what to do"


def test_a_second_default_storage_class(answer: Any) -> None:
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    gp2 = {"metadata": {"name": "gp2", "annotations": default}}
    own = {"metadata": {"name": "gp3", "annotations": {**default, inside.RELEASE: "default-storage-class"}}}
    answer({CLASSES: {"items": [gp2, own]}})
    warning, _ = said("inside the cluster", ON_EXISTING)
    assert warning.startswith(
        "warning: the cluster has a default StorageClass already (gp2), and default-storage-class adds"
    )


@pytest.mark.parametrize("annotations", [{}, {inside.RELEASE: "company-kubeflow"}])
def test_another_kubeflow_is_an_error_alone(answer: Any, annotations: dict[str, str]) -> None:
    answer({inside.PROFILES: {"metadata": {"annotations": annotations}}, DRIVER: None})
    (finding,) = said("inside the cluster", ON_EXISTING)
    assert finding.startswith(
        "error: the cluster theirs has another Kubeflow: the CRD profiles.kubeflow.org belongs to"
    )


def test_kubeflow_of_this_platform_is_not_another_one_and_its_pods_are_not_placed_twice(answer: Any) -> None:
    answer({inside.PROFILES: {"metadata": {"annotations": {inside.RELEASE: "profiles-crds"}}}})
    assert said("inside the cluster", ON_EXISTING) == []


def test_free_capacity_counts_what_runs_and_skips_nodes_that_take_no_pods(answer: Any) -> None:
    full = [node("a"), node("b", unschedulable=True), node("c", ready="False")]
    answer(
        {"/api/v1/nodes": {"items": full}, "/api/v1/pods": {"items": [pod("a", "15900m"), pod("a", "9", "Succeeded")]}}
    )
    (finding,) = said("inside the cluster", ON_EXISTING)
    assert finding.startswith("warning: ")
    assert "find no room on the 1 nodes of the cluster: " in finding
    assert "more workloads; add nodes first" in finding


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            UnreachableError("https://theirs: unreachable"),
            ["not checked: requirements inside the cluster theirs: https://theirs: unreachable"],
        ),
        (MissingClusterError("theirs"), []),
    ],
)
def test_a_cluster_without_an_answer(
    error: Exception, expected: list[str], monkeypatch: pytest.MonkeyPatch, admin: str
) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(inside, "of_eks", fail)
    assert said("inside the cluster", ON_EXISTING) == expected
    assert said("inside the cluster", ON_EXISTING.with_changes(kubeflow=None)) == []
