from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.checks.fit.board import Board, refusal
from modules.checks.fit.nodes import NodeKind
from modules.checks.fit.placement import place
from modules.checks.fit.workloads import Workload
from tests.modules.checks.fit.cases import GPU, broken, constrained, kind, kinds, workload, workloads

EXAMPLES = settings(max_examples=150, deadline=None)


@EXAMPLES
@given(st.one_of(workloads, constrained), st.lists(kinds, max_size=5))
def test_a_placement_breaks_no_constraint_and_loses_no_pod(running: list[Workload], nodes: list[NodeKind]) -> None:
    found = place(running, nodes)
    assert [node.kind for node in found.nodes] == nodes
    assert list(broken(found)) == []
    placed = Counter(one.name for node in found.nodes for one in node.pods)
    pending = {left.workload.name: left.pods for left in found.pending}
    for one in running:
        wanted = one.replicas
        if wanted is None:
            wanted = sum(refusal(node, one) is None for node in nodes)
        assert placed[one.name] + pending.get(one.name, 0) == wanted, one.name


@EXAMPLES
@given(st.one_of(workloads, constrained), st.lists(kinds, max_size=5))
def test_a_pending_pod_finds_no_room_and_says_on_how_many_nodes(running: list[Workload], nodes: list[NodeKind]) -> None:
    found = place(running, nodes)
    board = Board(found.nodes)
    for left in found.pending:
        if left.workload.replicas is not None:
            assert not any(board.taking(left.workload)), left
            assert sum(count for _, count in left.obstacles) == len(nodes)


@EXAMPLES
@given(constrained, st.lists(kinds, max_size=4))
def test_the_order_of_workloads_does_not_matter(running: list[Workload], nodes: list[NodeKind]) -> None:
    daemons = [one for one in running if one.replicas is None]
    others = [one for one in running if one.replicas is not None]
    assert place([*daemons, *others], nodes) == place([*reversed(others), *daemons], nodes)


# https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/: a node is feasible if all of its requests fit
@pytest.mark.parametrize(
    ("running", "obstacle"),
    [
        (workload("n/D/a", 1, cpu=2001), "CPU"),
        (workload("n/D/a", 1, memory=4001), "memory"),
        (workload("n/D/a", 4), "pods"),
        (workload("n/D/a", 1, nodeSelector={"disk": "ssd"}), "node selector"),
        (workload("n/D/a", 1, volumes=26), "EBS volumes"),
        (workload("n/D/a", 1, volumes=25), None),
        (workload("n/D/a", 1, devices={"nvidia.com/gpu": 1}), "nvidia.com/gpu"),
        (workload("n/D/a", 1, cpu=2000, memory=4000), None),
        (workload("n/D/a", 3), None),
    ],
)
def test_each_obstacle_is_named(running: Workload, obstacle: str | None) -> None:
    pending = place([running], [kind(pods=3)]).pending
    assert [dict(one.obstacles) for one in pending] == ([{obstacle: 1}] if obstacle else [])


def test_a_tainted_node_takes_only_pods_that_tolerate_it() -> None:
    nodes = [kind(taints=(GPU,))]
    tolerant = workload("n/D/b", 1, tolerations=[{"key": "gpu", "operator": "Exists"}])
    found = place([workload("n/D/a", 1), tolerant], nodes)
    assert [str(one) for one in found.pending] == ["n/D/a (1): taints on 1"]
    assert found.nodes[0].pods == [tolerant]


def test_daemonsets_come_first_and_take_room_on_each_matching_node() -> None:
    """A pod of 2 CPU fits on an empty node, but not next to the DaemonSet."""
    running = [workload("n/D/large", 1, cpu=2000), workload("n/DaemonSet/d", None, cpu=1)]
    assert [str(one) for one in place(running, [kind(), kind()]).pending] == ["n/D/large (1): CPU on 2"]


def test_a_daemonset_that_selects_no_node_has_no_pods() -> None:
    assert place([workload("n/DaemonSet/d", None, cpu=9999, nodeSelector={"a": "b"})], [kind()]).pending == ()


def test_a_pod_that_requests_nothing_needs_only_a_place_among_the_pods() -> None:
    running = [workload("n/D/full", 1, cpu=2000, memory=4000), workload("n/D/nothing", 1)]
    assert not place(running, [kind()]).pending
    assert place(running, [kind(pods=1)]).waiting == 1
