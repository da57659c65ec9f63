"""Rules of the scheduler about what else runs, on small clusters: each case with the page or test of Kubernetes that states it.

A row: pods per node that are there, the pod that is placed, and the nodes that take it.
"""

from typing import Any

import pytest

from modules.checks.fit.board import Board, Node
from modules.checks.fit.workloads import Workload
from tests.modules.checks.fit.cases import GPU, HOST, PORTS, ZONE, apart, kind, near, spread, term, workload

SPREAD = "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/"
SPREAD_TESTS = "https://github.com/kubernetes/kubernetes/blob/master/pkg/scheduler/framework/plugins/podtopologyspread/filtering_test.go"
AFFINITY_TESTS = "https://github.com/kubernetes/kubernetes/blob/master/pkg/scheduler/framework/plugins/interpodaffinity/filtering_test.go"
FIT = "https://github.com/kubernetes/kubernetes/blob/master/pkg/scheduler/framework/plugins/noderesources/fit_test.go"


def pods(count: int, app: str = "web", namespace: str = "n", **spec: Any) -> list[Workload]:
    return [workload(f"{namespace}/Pod/{app}", 1, **spec)] * count


def board(*there: list[Workload], zones: str = "aabb", **more: Any) -> Board:
    """Nodes in zones, each with some pods."""
    made = Board(
        tuple(Node(kind(labels={ZONE: zone}, **more), number) for number, zone in enumerate(zones[: len(there)]))
    )
    for node, running in zip(made.nodes, there, strict=True):
        for one in running:
            made.take(node, one)
    return made


def taking(on: Board, one: Workload) -> list[int]:
    return [node.number for node in on.taking(one)]


WEB = "n/Pod/web"


@pytest.mark.parametrize(
    ("there", "constraint", "nodes"),
    [
        ([3, 1, 0, 2], spread("web"), [2, 3]),  # a: 4, b: 2; skew 1 forbids a
        ([0, 0, 0, 0], spread("web"), [0, 1, 2, 3]),
        ([1, 0, 0, 0], spread("web"), [2, 3]),
        ([1, 0, 0, 0], spread("web", maxSkew=2), [0, 1, 2, 3]),
        ([2, 1, 0, 3], spread("web", HOST), [2]),
        ([2, 1, 0, 3], spread("web", HOST, maxSkew=2), [1, 2]),
        ([1, 0, 1, 0], spread("web", minDomains=3), []),  # two domains of three: the least counts as 0
        ([1, 0, 1, 0], spread("web", minDomains=2), [0, 1, 2, 3]),
        ([1, 0, 0, 0], spread("other"), [0, 1, 2, 3]),  # it means pods that are not there, and not itself
    ],
)
def test_spread(there: list[int], constraint: dict[str, Any], nodes: list[int]) -> None:
    on = board(*(pods(count) for count in there))
    assert taking(on, workload(WEB, 1, **constraint)) == nodes, SPREAD_TESTS


def test_spread_counts_pods_of_its_own_namespace() -> None:
    on = board(pods(3, namespace="other"), [], [], [])
    assert taking(on, workload(WEB, 1, **spread("web"))) == [0, 1, 2, 3], SPREAD


def test_two_constraints_hold_both() -> None:
    both: dict[str, Any] = {
        "topologySpreadConstraints": [
            *spread("web")["topologySpreadConstraints"],
            *spread("web", HOST)["topologySpreadConstraints"],
        ]
    }
    on = board(pods(1), pods(1), pods(1), [])
    assert taking(on, workload(WEB, 1, **both)) == [3], SPREAD


def _tainted() -> Board:
    first = Node(kind(labels={ZONE: "a"}), 0)
    return Board((first, Node(kind(labels={ZONE: "b"}, taints=(GPU,)), 1)))


@pytest.mark.parametrize(("policy", "nodes"), [({}, []), ({"nodeTaintsPolicy": "Honor"}, [0])])
def test_nodes_with_taints_count_unless_the_policy_leaves_them_out(policy: dict[str, Any], nodes: list[int]) -> None:
    on = _tainted()
    on.take(on.nodes[0], workload(WEB, 1))
    assert taking(on, workload(WEB, 1, **spread("web", **policy))) == nodes, SPREAD


@pytest.mark.parametrize(("policy", "nodes"), [({}, [0, 1]), ({"nodeAffinityPolicy": "Ignore"}, [])])
def test_nodes_that_the_pod_does_not_select_count_only_if_the_policy_says_so(
    policy: dict[str, Any], nodes: list[int]
) -> None:
    on = board(pods(1), pods(1), [], [])
    one = workload(WEB, 1, nodeSelector={ZONE: "a"}, **spread("web", **policy))
    assert taking(on, one) == nodes, SPREAD


def test_a_node_without_the_label_takes_no_pod_that_is_spread_by_it() -> None:
    assert taking(board([], []), workload(WEB, 1, **spread("web", "rack"))) == [], SPREAD_TESTS


@pytest.mark.parametrize(
    ("there", "constraint", "nodes"),
    [
        ([pods(1), [], [], []], apart(term("web")), [1, 2, 3]),
        ([pods(1), [], [], []], apart(term("web", ZONE)), [2, 3]),
        ([pods(1, "db"), [], pods(1), []], apart(term("web"), term("db", ZONE)), [3]),
        ([pods(1), [], [], []], near(term("web")), [0]),
        ([pods(1), [], [], []], near(term("web", ZONE)), [0, 1]),
        ([pods(1, "db"), pods(1), [], []], near(term("db", ZONE), term("db")), [0]),
        ([[], [], [], []], near(term("web")), [0, 1, 2, 3]),  # the first of pods that are near themselves
        ([[], [], [], []], near(term("db")), []),
        ([pods(1, namespace="m"), [], [], []], near(term("web")), [0, 1, 2, 3]),  # of another namespace
        ([pods(1), [], [], []], near(term("web", "rack")), []),  # no node has the label
    ],
)
def test_affinity(there: list[list[Workload]], constraint: dict[str, Any], nodes: list[int]) -> None:
    assert taking(board(*there), workload(WEB, 1, **constraint)) == nodes, AFFINITY_TESTS


@pytest.mark.parametrize(("key", "nodes"), [(HOST, [1, 2, 3]), (ZONE, [2, 3])])
def test_anti_affinity_counts_for_pods_that_are_there_too(key: str, nodes: list[int]) -> None:
    on = board(pods(1, "db", **apart(term("web", key))), [], [], [])
    assert taking(on, workload(WEB, 1)) == nodes, AFFINITY_TESTS


def test_a_board_of_placed_pods_knows_their_anti_affinity() -> None:
    on = board(pods(1, "db", **apart(term("web"))), [])
    assert taking(Board(on.nodes), workload(WEB, 1)) == [1]


def test_a_host_port_is_taken_once_for_each_node() -> None:
    assert taking(board(pods(1, "db", **PORTS), []), workload(WEB, 1, **PORTS)) == [1]


@pytest.mark.parametrize(
    ("one", "there", "obstacle"),
    [
        (workload(WEB, 1, cpu=1), pods(1, cpu=2000), "CPU"),
        (workload(WEB, 1), pods(1, cpu=2000), None),  # requests nothing
        (workload(WEB, 1, memory=1), pods(1, memory=4000), "memory"),
        (workload(WEB, 1), pods(110), "pods"),
        (workload(WEB, 1, devices={"nvidia.com/gpu": 1}), pods(1, devices={"nvidia.com/gpu": 2}), "nvidia.com/gpu"),
        (workload(WEB, 1, devices={"nvidia.com/gpu": 1}), pods(1, devices={"nvidia.com/gpu": 1}), None),
        (workload(WEB, 1, devices={"vpc.amazonaws.com/efa": 1}), [], "vpc.amazonaws.com/efa"),
        (workload(WEB, 1, devices={"vpc.amazonaws.com/efa": 0}), [], None),
        (workload(WEB, 1, volumes=1), pods(25, volumes=1), "EBS volumes"),
        (workload(WEB, 1), pods(25, volumes=1), None),
    ],
)
def test_room(one: Workload, there: list[Workload], obstacle: str | None) -> None:
    on = board(there, devices={"nvidia.com/gpu": 2})
    assert on.obstacle(on.nodes[0], one) == obstacle, FIT


def test_without_known_zones_constraints_about_zones_count_as_satisfied() -> None:
    on = Board((Node(kind(), 0), Node(kind(), 1)))
    on.take(on.nodes[0], workload(WEB, 1))
    for constraint in (spread("web"), near(term("web", ZONE))):
        assert taking(on, workload(WEB, 1, **constraint)) == [0, 1]
