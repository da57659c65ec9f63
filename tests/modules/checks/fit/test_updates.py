from modules.checks.fit.supply import Supply, settle
from modules.checks.fit.updates import updates
from modules.checks.fit.workloads import Workload
from tests.modules.checks.fit.cases import HOST, apart, group, kind, term, workload
from tests.modules.checks.fit.test_provisioning import pool


def found(*running: Workload, nodes: int = 1, **supply: object) -> dict[str, str]:
    """Findings for pods on nodes with 2 CPU each, and 110 pods."""
    there = Supply((group(kind(), nodes, nodes + 1),), **supply)  # type: ignore[arg-type]
    now = settle(running, there)
    assert not now.waiting
    return {one.id: one.text for one in updates(running, now, there)}


def test_an_update_that_first_adds_a_pod_needs_room() -> None:
    full = workload("n/Deployment/a", 2, cpu=1000, surge=1)
    assert found(full)["FIT007"].endswith("no node has room: n/Deployment/a")
    assert found(full, nodes=2) == {}


def test_an_update_that_may_stop_a_pod_first_needs_none() -> None:
    assert found(workload("n/Deployment/a", 2, cpu=1000, surge=1, unavailable=1)) == {}
    assert found(workload("n/StatefulSet/a", 2, cpu=1000, unavailable=1)) == {}


def test_another_placement_can_have_room() -> None:
    """First fit leaves 500 and 1,500 millicores on two nodes; with one pod more of a, it finds another placement."""
    running = (workload("n/Deployment/a", 1, cpu=1500, surge=1), workload("n/Deployment/b", 1, cpu=500))
    assert found(*running, nodes=2) == {}


def test_nodes_that_are_added_give_room() -> None:
    full = workload("n/Deployment/a", 2, cpu=1000, surge=1)
    assert found(full, autoscaler=True) == {}
    assert found(full, pools=(pool("more"),)) == {}


def test_required_anti_affinity_needs_one_node_more() -> None:
    one = workload("n/Deployment/a", 2, surge=1, **apart(term("a", HOST)))
    assert found(one, nodes=2).keys() == {"FIT007"}
    assert found(one, nodes=3) == {}


def test_a_daemonset_with_surge_needs_room_on_each_of_its_nodes() -> None:
    daemon = workload("n/DaemonSet/d", None, cpu=600, surge=1)
    assert found(daemon, nodes=2) == {}
    assert found(daemon, workload("n/D/a", 1, cpu=1000, unavailable=1), nodes=2).keys() == {"FIT007"}


def test_a_budget_that_lets_no_pod_go() -> None:
    assert found(workload("n/D/a", 1, evictable=0)) == {"FIT008": "PodDisruptionBudgets never let a pod go: n/D/a"}
    assert found(workload("n/D/a", 1, evictable=1), workload("n/D/b", 0, evictable=0)) == {}
