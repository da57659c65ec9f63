import pytest

from modules.checks.fit.losses import losses
from modules.checks.fit.search import Group
from modules.checks.fit.supply import Supply
from modules.checks.fit.workloads import Workload
from tests.modules.checks.fit.cases import GPU, HOST, ZONE, apart, group, kind, spread, term, workload
from tests.modules.checks.fit.test_provisioning import pool

PODS = [workload("n/D/pods", 6, cpu=1000)]
"""Three nodes of 2 CPU are full with them."""
ZONES = ("a", "b", "c")


def ids(running: list[Workload], *groups: Group, **more: object) -> list[str]:
    return [one.id for one in losses(running, Supply(groups, **more))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("zones", "groups", "found"),
    [
        (3, {"a": 3}, ["FIT004", "FIT005"]),
        (3, {"a": 4}, ["FIT005"]),  # four nodes in three zones: one zone has two
        (3, {"a": 5}, []),  # three are left
        (2, {"a": 5}, ["FIT005"]),
        (2, {"a": 6}, []),
        # each group loses a node with the zone, and one of them when it is drained
        (3, {"a": 2, "b": 2}, ["FIT005"]),
        (3, {"a": 3, "b": 0}, ["FIT004", "FIT005"]),
    ],
)
def test_losses_after_which_pods_stay_pending(zones: int, groups: dict[str, int], found: list[str]) -> None:
    made = [group(kind(name), desired, zones=ZONES[:zones]) for name, desired in groups.items()]
    assert ids(PODS, *made) == found


def test_nodes_that_take_no_pods_are_not_missed() -> None:
    assert ids(PODS, group(kind("a"), 5, zones=ZONES), group(kind("b", taints=(GPU,)), 1, zones=ZONES)) == []


def test_zones_that_are_not_known_are_not_lost() -> None:
    assert ids(PODS, group(kind("a"), 3)) == ["FIT004"]


def test_a_group_in_one_zone_is_lost_with_it() -> None:
    whole = group(kind("a"), 3, zones=("a",))
    assert ids(PODS, whole, group(kind("b"), 2, zones=("b", "c"))) == ["FIT005"]
    assert ids(PODS, whole, group(kind("b"), 3, zones=("b", "c"))) == []


def test_the_number_of_pods_and_nodes_is_named() -> None:
    drained, zone = losses(PODS, Supply((group(kind("a"), 3, zones=ZONES),)))
    assert drained.text == "2 pods stay pending while a node of a is drained or lost"
    assert zone.text == "2 pods stay pending after the loss of a zone with its nodes (1 of a)"


def test_pools_replace_nodes_in_the_zones_that_are_left() -> None:
    groups = [group(kind("a"), 3, zones=ZONES)]
    assert ids(PODS, *groups, pools=(pool("more", zones=ZONES),)) == []
    assert ids(PODS, *groups, pools=(pool("more", zones=ZONES, cpu_limit=1),)) == ["FIT004", "FIT005"]


def test_constraints_hold_after_a_loss() -> None:
    three = [workload("n/D/pods", 3, **apart(term("pods", HOST)))]
    assert ids(three, group(kind("a"), 3, zones=ZONES)) == ["FIT004", "FIT005"]
    assert ids([workload("n/D/pods", 2, **spread("pods", ZONE))], group(kind("a"), 3, zones=ZONES)) == []
    assert ids([workload("n/D/pods", 2, **apart(term("pods", ZONE)))], group(kind("a"), 4, zones=ZONES[:2])) == [
        "FIT005"
    ]


VOLUME = [workload("n/D/db", 1, volumes=1)]


@pytest.mark.parametrize(("desired", "zones"), [(3, "a, b, c"), (4, "b, c"), (6, None)])
def test_volumes_in_a_zone_with_one_node(desired: int, zones: str | None) -> None:
    found = [one.text for one in losses(VOLUME, Supply((group(kind("a"), desired, zones=ZONES),)))]
    text = f"n/D/db: their EBS volumes are in one zone, and these zones have one node: {zones}"
    assert found == ([text] if zones else [])


def test_only_nodes_that_admit_the_pod_count_for_its_volume() -> None:
    more = group(kind("gpu", taints=(GPU,)), 3, zones=ZONES)
    assert ids(VOLUME, group(kind("a"), 3, zones=ZONES), more) == ["FIT006"]
    assert ids([workload("n/D/db", 1)], group(kind("a"), 3, zones=ZONES)) == []
