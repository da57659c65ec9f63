from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.checks.fit.pools import Pool, PoolType
from modules.checks.fit.provisioning import Provisioned, limited, provision
from modules.checks.fit.scheduling import Taint
from modules.checks.fit.workloads import Workload
from tests.modules.checks.fit.cases import (
    GPU,
    HOST,
    ZONE,
    apart,
    broken,
    constrained,
    kind,
    near,
    spread,
    term,
    workload,
)


def pool(name: str, *, vcpus: tuple[int, ...] = (2, 4, 8), taints: tuple[Taint, ...] = (), **more: Any) -> Pool:
    """Types with 1 CPU less than they have for pods, and 2 GiB for each."""
    types = tuple(
        PoolType(
            kind(name, cpu=(count - 1) * 1000, memory=count * 2048, taints=taints, labels={"cpus": str(count)}),
            count,
            count * 4096,
        )
        for count in vcpus
    )
    return Pool(name, types, **more)


def added(found: Provisioned) -> list[tuple[str, int]]:
    return [(one.pool.name, one.type.vcpus) for one in found.added]


@pytest.mark.parametrize(
    ("pods", "nodes"),
    [
        ([(1, 500)], [2]),  # the smallest that holds it
        ([(1, 1000), (1, 1000)], [4]),  # one node for both
        ([(1, 3500)], [8]),
        ([(10, 1000)], [8, 4]),  # the largest, and the smallest for the rest
        ([(0, 1000)], []),
    ],
)
def test_the_smallest_type_for_all_pending_pods(pods: list[tuple[int, int]], nodes: list[int]) -> None:
    running = [workload(f"n/D/{number}", count, cpu=cpu) for number, (count, cpu) in enumerate(pods)]
    found = provision(running, [], [pool("a")])
    assert [count for _, count in added(found)] == nodes
    assert not found.placement.waiting


def test_daemonsets_take_room_on_each_node() -> None:
    running = [workload("n/D/a", 1, cpu=1000), workload("n/DaemonSet/d", None, cpu=100)]
    assert added(provision(running, [], [pool("a")])) == [("a", 4)]


def test_nodes_that_are_there_are_filled_first() -> None:
    assert added(provision([workload("n/D/a", 3, cpu=1000)], [kind()], [pool("a")])) == [("a", 2)]


@pytest.mark.parametrize(
    ("limits", "nodes", "waiting"),
    [
        ({"cpu_limit": 12}, [8, 4], 0),
        ({"cpu_limit": 8}, [8], 3),
        ({"cpu_limit": 11}, [8, 2], 2),  # what is left of the limit
        ({"memory_limit_mib": 8 * 4096}, [8], 3),
        ({"cpu_limit": 1}, [], 10),
    ],
)
def test_limits_of_a_pool(limits: dict[str, Any], nodes: list[int], waiting: int) -> None:
    found = provision([workload("n/D/a", 10, cpu=1000)], [], [pool("a", **limits)])
    assert ([count for _, count in added(found)], found.placement.waiting) == (nodes, waiting)
    pending = limited(found)
    assert all(("limits of pool a", 0) in one.obstacles for one in pending)
    assert bool(pending) == bool(waiting)


def test_a_pod_larger_than_each_type_is_not_because_of_limits() -> None:
    found = provision([workload("n/D/a", 1, cpu=9000)], [], [pool("a", cpu_limit=100)])
    assert [str(one) for one in limited(found)] == ["n/D/a (1): no node"]


def test_the_pool_is_one_that_admits_the_pod() -> None:
    pools = [pool("gpu", taints=(GPU,)), pool("plain")]
    assert added(provision([workload("n/D/a", 1)], [], pools)) == [("plain", 2)]
    assert added(provision([workload("n/D/a", 1)], [], pools[:1])) == []
    tolerant = workload("n/D/a", 1, tolerations=[{"key": "gpu", "operator": "Exists"}])
    assert added(provision([tolerant], [], pools)) == [("gpu", 2)]
    assert added(provision([workload("n/D/a", 1, nodeSelector={"cpus": "8"})], [], pools)) == [("plain", 8)]


@pytest.mark.parametrize(
    ("constraint", "zones"),
    [
        (apart(term("a", HOST)), ["a", "b", "c"]),
        (apart(term("a", ZONE)), ["a", "b", "c"]),
        (near(term("a", ZONE)), ["a"]),
        (spread("a", ZONE, minDomains=3), ["a", "b", "c"]),
        (spread("a", ZONE), ["a"]),  # the zone of the only node is the only domain
    ],
)
def test_constraints_get_nodes_in_the_zones_that_they_need(constraint: dict[str, Any], zones: list[str]) -> None:
    found = provision([workload("n/D/a", 3, **constraint)], [], [pool("a", zones=("a", "b", "c"))])
    assert not found.placement.waiting
    assert [one.kind.zone for one in found.added] == zones


@settings(max_examples=60, deadline=None)
@given(constrained, st.sampled_from((None, 8, 20)))
def test_provisioned_nodes_break_neither_constraints_nor_limits(running: list[Workload], limit: int | None) -> None:
    pools = [pool("a", zones=("a", "b"), cpu_limit=limit), pool("gpu", taints=(GPU,), zones=("a",))]
    found = provision(running, [kind(labels={ZONE: "a"})], pools)
    assert list(broken(found.placement)) == []
    used = sum(one.type.vcpus for one in found.added if one.pool.name == "a")
    assert limit is None or used <= limit
