from typing import Any

import pytest

from modules.checks.fit.supply import Supply
from modules.checks.fit.teams import at_quota, teams, unlimited_teams
from modules.settings import Cluster, Dex, Kubeflow, Network, NodeGroup, Notebooks, Platform, Quota, Team
from tests.modules.checks.fit.cases import group, kind, workload
from tests.modules.checks.fit.test_provisioning import pool

OWNER = "you@example.com"


def team(name: str = "a", **quota: int) -> Team:
    return Team(name=name, owner=OWNER, quota=Quota(**quota) if quota else None)


def platform(*found: Team, **kubeflow: Any) -> Platform:
    return Platform(
        name="any",
        region="us-west-2",
        network=Network(),
        cluster=Cluster(node_groups=(NodeGroup(name="a"),)),
        kubeflow=Kubeflow(auth=Dex(users=(OWNER,)), teams=found, **kubeflow),
    )


def found(one: Platform, cpu: int = 4000, most: int = 2, **supply: Any) -> dict[str, str]:
    """Findings for a platform of one pod with 1 CPU, on a node with some CPU."""
    there = Supply((group(kind(cpu=cpu, memory=16384), 1, most),), **supply)
    return {one.id: one.text for one in teams(one, [workload("n/D/a", 1, cpu=1000)], there)}


@pytest.mark.parametrize(
    ("quota", "pods"),
    [
        ({}, []),
        ({"cpu": 3, "memory_gib": 6}, [(3, 1000, 2048, {})]),
        ({"memory_gib": 10}, [(3, 0, 3413, {})]),
        ({"cpu": 8, "pods": 2}, [(2, 4000, 0, {})]),
        ({"cpu": 4, "gpus": 1}, [(1, 1000, 0, {"nvidia.com/gpu": 1}), (3, 1000, 0, {})]),
        ({"gpus": 2}, [(2, 0, 0, {"nvidia.com/gpu": 1})]),
        ({"neuron_devices": 1}, [(1, 0, 0, {"aws.amazon.com/neuron": 1})]),
        ({"gpus": 0, "storage_gib": 10}, []),
    ],
)
def test_pods_of_a_quota(quota: dict[str, Any], pods: list[tuple[int, int, int, dict[str, int]]]) -> None:
    made = [(one.replicas, one.cpu_millicores, one.memory_mib, one.devices) for one in at_quota(team(**quota))]
    assert made == pods


@pytest.mark.parametrize(
    ("quotas", "supply", "lacking"),
    [
        ([{"cpu": 3}], {}, None),
        ([{"cpu": 4}], {}, "CPU"),
        ([{"cpu": 2}, {"cpu": 2}], {}, "CPU"),  # together
        ([{"cpu": 4}], {"autoscaler": True}, None),  # two nodes
        ([{"cpu": 8}], {"autoscaler": True}, "CPU"),
        ([{"memory_gib": 20}], {}, "memory"),
        ([{"gpus": 1}], {}, "nvidia.com/gpu"),
        ([{"cpu": 9}], {"pools": (pool("p", cpu_limit=6),)}, None),
        ([{"cpu": 10}], {"pools": (pool("p", cpu_limit=6),)}, "CPU"),
        ([{"cpu": 9000}], {"pools": (pool("p"),)}, None),  # without a limit
        ([{"memory_gib": 20}], {"pools": (pool("p", memory_limit_mib=4096),)}, None),
        ([{"memory_gib": 21}], {"pools": (pool("p", memory_limit_mib=4096),)}, "memory"),
    ],
)
def test_quotas_that_exceed_all_nodes(
    quotas: list[dict[str, int]], supply: dict[str, Any], lacking: str | None
) -> None:
    made = found(platform(*(team(f"t{number}", **quota) for number, quota in enumerate(quotas))), **supply)
    text = made.get("FIT010", "")
    assert text.endswith(f": not enough {lacking} with the platform") if lacking else not text


def test_sums_that_suffice_do_not_mean_that_the_pods_fit() -> None:
    """Two nodes with 1.5 CPU each have 3 CPU in sum, of which the platform's pod takes 1; two pods with 1 CPU need two more."""
    there = Supply((group(kind(cpu=1500), 2, 2),))
    made = list(teams(platform(team(cpu=2)), [workload("n/D/a", 1, cpu=1000)], there))
    assert [one.id for one in made] == ["FIT010"]


def test_the_text_names_teams_and_requests() -> None:
    assert found(platform(team("b", cpu=40), team("a", memory_gib=8)))["FIT010"] == (
        "a, b at their quotas request 40 CPU and 8 GiB: not enough CPU with the platform"
    )


@pytest.mark.parametrize(("cpu", "kubeflow", "ids"), [(1500, {}, set()), (1400, {}, {"FIT009"})])
def test_one_notebook_with_the_defaults_of_the_spawner(cpu: int, kubeflow: dict[str, Any], ids: set[str]) -> None:
    assert found(platform(**kubeflow), cpu=cpu).keys() == ids


def test_a_notebook_needs_room_only_where_there_are_notebooks() -> None:
    large = Notebooks(cpu=90, memory_gib=1)
    assert found(platform(notebooks=large))["FIT009"] == "a notebook with 90 CPU and 1 GiB stays pending"
    assert found(platform(notebooks=large, disable=("jupyter-web-app",))) == {}
    small = Notebooks(cpu=0.4)
    assert found(platform(notebooks=small), cpu=1400) == {}


def test_the_autoscaler_gives_a_notebook_room() -> None:
    assert found(platform(), cpu=1400, autoscaler=True) == {}


def test_teams_without_limits_are_named() -> None:
    some = platform(team("a"), team("b", cpu=1), team("c", memory_gib=1), team("d", cpu=1, memory_gib=1))
    assert unlimited_teams(some) == ["a", "b", "c"]
