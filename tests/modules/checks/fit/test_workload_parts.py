"""Parts of workloads: each case with the page that states it."""

from typing import Any

import pytest

from modules.checks.fit.workload_parts import block_volumes, devices, evictable, rolling_update
from modules.kubeflow.manifest import Object

DEPLOYMENT = "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment"
BUDGET = "https://kubernetes.io/docs/tasks/run-application/configure-pdb/"


def rolling(**given: Any) -> dict[str, Any]:
    return {"strategy": {"rollingUpdate": given}}


@pytest.mark.parametrize(
    ("kind", "spec", "replicas", "numbers"),
    [
        ("Deployment", {}, 1, (1, 0)),  # 25 % of 1: surge rounded up, missing rounded down
        ("Deployment", {}, 8, (2, 2)),
        ("Deployment", {"strategy": {"type": "Recreate"}}, 2, (0, 2)),
        ("Deployment", rolling(maxSurge=0, maxUnavailable=0), 2, (0, 1)),
        ("Deployment", rolling(maxSurge="100%", maxUnavailable="25%"), 2, (2, 0)),
        ("DaemonSet", {}, 1, (0, 1)),
        ("DaemonSet", {"updateStrategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}}, 1, (1, 0)),
        ("StatefulSet", {}, 3, (0, 1)),
    ],
)
def test_pods_that_an_update_adds_and_takes(
    kind: str, spec: dict[str, Any], replicas: int, numbers: tuple[int, int]
) -> None:
    assert rolling_update({"kind": kind, "spec": spec}, replicas) == numbers, DEPLOYMENT


@pytest.mark.parametrize(
    ("budget", "replicas", "evicted"),
    [
        ({"minAvailable": 1}, 1, 0),
        ({"minAvailable": 1}, 2, 1),
        ({"minAvailable": "50%"}, 7, 3),  # 50 % of 7 is 3.5: 4 must be there
        ({"minAvailable": 3}, 2, 0),
        ({"minAvailable": 0}, 1, 1),
        ({"maxUnavailable": 1}, 1, 1),
        ({"maxUnavailable": "30%"}, 1, 1),  # rounded up
        ({"maxUnavailable": 0}, 4, 0),
        ({}, 2, 1),  # minAvailable is 1
    ],
)
def test_pods_that_a_budget_lets_go(budget: dict[str, Any], replicas: int, evicted: int) -> None:
    one: Object = {"metadata": {"namespace": "n"}, "spec": {"selector": {"matchLabels": {"app": "a"}}, **budget}}
    assert evictable("n", {"app": "a"}, replicas, [one]) == evicted, BUDGET
    assert evictable("n", {"app": "b"}, replicas, [one]) is None
    assert evictable("m", {"app": "a"}, replicas, [one]) is None


def claim(storage_class: str | None = None) -> Object:
    return {"spec": {"storageClassName": storage_class}}


def test_ebs_volumes_of_a_pod() -> None:
    volumes = [
        {"name": "a", "persistentVolumeClaim": {"claimName": "block"}},
        {"name": "b", "persistentVolumeClaim": {"claimName": "shared"}},
        {"name": "c", "persistentVolumeClaim": {"claimName": "of another release"}},
        {"name": "d", "emptyDir": {}},
        {"name": "e", "ephemeral": {"volumeClaimTemplate": claim()}},
    ]
    one: Object = {
        "metadata": {"namespace": "n"},
        "spec": {"template": {"spec": {"volumes": volumes}}, "volumeClaimTemplates": [claim("gp3"), claim("efs")]},
    }
    assert block_volumes(one, {("n", "block"): claim(), ("n", "shared"): claim("efs")}) == 3


def test_devices_are_the_sum_of_containers_or_the_largest_start() -> None:
    def container(**limits: Any) -> dict[str, Any]:
        return {"resources": {"limits": limits}}

    spec = {
        "containers": [container(**{"nvidia.com/gpu": 1, "cpu": 2}), container(**{"nvidia.com/gpu": "1"})],
        "initContainers": [container(**{"vpc.amazonaws.com/efa": 4})],
    }
    assert devices(spec) == {"nvidia.com/gpu": 2, "vpc.amazonaws.com/efa": 4}
