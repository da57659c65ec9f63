"""What Fargate runs: https://docs.aws.amazon.com/eks/latest/userguide/fargate.html."""

from typing import Any

import pytest

from modules.checks.fit.fargate import split, unsupported
from modules.checks.fit.workloads import Workload
from modules.settings import FargateProfile, FargateSelector
from tests.modules.checks.fit.cases import PORTS, workload


def profile(namespace: str = "jobs", **labels: str) -> FargateProfile:
    return FargateProfile(name="p", selectors=(FargateSelector(namespace=namespace, labels=labels),))


@pytest.mark.parametrize(
    ("profiles", "selected"),
    [
        ([], False),
        ([profile()], True),
        ([profile("other")], False),
        ([profile(app="a")], True),
        ([profile(app="b")], False),
        ([profile(app="a", run="fargate")], False),  # all labels
        ([profile("other"), profile()], True),  # one profile
    ],
)
def test_a_profile_selects_by_namespace_and_all_labels(profiles: list[FargateProfile], selected: bool) -> None:
    one = workload("jobs/Deployment/a", 2, cpu=300, memory=1000)
    found = split([one], profiles)
    assert [on.workload for on in found.on_fargate] == ([one] if selected else [])
    assert found.on_nodes == (() if selected else (one,))


def test_the_size_is_the_next_combination() -> None:
    (found,) = split([workload("jobs/D/a", 1, cpu=300, memory=1000)], [profile()]).on_fargate
    assert (found.size.cpu_millicores, found.size.memory_mib) == (500, 2048)


def test_daemonsets_run_on_nodes() -> None:
    one = workload("jobs/DaemonSet/a", None, **PORTS)
    assert split([one], [profile()]).on_nodes == (one,)


@pytest.mark.parametrize(
    ("more", "reasons"),
    [
        ({}, []),
        ({"hostNetwork": True}, ["host network"]),
        (PORTS, ["host port"]),
        ({"containers": [{"securityContext": {"privileged": True}}]}, ["privileged container"]),
        ({"initContainers": [{"securityContext": {"privileged": True}}]}, ["privileged container"]),
        ({"volumes": 1}, ["EBS volume"]),
        ({"devices": {"nvidia.com/gpu": 1}}, ["nvidia.com/gpu"]),
        ({"cpu": 16001}, ["size"]),
    ],
)
def test_what_fargate_does_not_run(more: dict[str, Any], reasons: list[str]) -> None:
    one = workload("jobs/D/a", 2, **more)
    assert list(unsupported(one)) == reasons
    found = split([one], [profile()])
    assert [str(left) for left in found.refused] == (
        [f"jobs/D/a (2): {', '.join(f'Fargate: {reason}' for reason in reasons)}"] if reasons else []
    )


def test_host_paths() -> None:
    volumes: list[dict[str, Any]] = [{"emptyDir": {}}, {"hostPath": {"path": "/var"}}]
    assert list(unsupported(Workload("n/D/a", 1, 0, 0, spec={"volumes": volumes}))) == ["hostPath volume"]
    assert list(unsupported(Workload("n/D/a", 1, 0, 0, spec={"volumes": volumes[:1]}))) == []


def test_a_workload_without_pods_is_not_refused() -> None:
    assert split([workload("jobs/D/a", 0, **PORTS)], [profile()]).refused == ()
