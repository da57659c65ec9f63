import pytest

from modules.checks.fit.losses import losses, zones_of
from modules.checks.fit.search import Group
from modules.settings import Cluster, Network, NodeGroup, Platform
from tests.modules.checks.fit.cases import GPU, group, kind, workload


def platform(zones: int = 3, of_first: tuple[str, ...] = ()) -> Platform:
    groups = (NodeGroup(name="a", zones=of_first), NodeGroup(name="b"))
    return Platform(name="any", region="us-west-2", network=Network(zones=zones), cluster=Cluster(node_groups=groups))


PODS = [workload("n/D/pods", 6, cpu=1000)]
"""Three nodes of 2 CPU are full with them."""


@pytest.mark.parametrize(
    ("zones", "groups", "ids"),
    [
        (3, [group(kind("a"), 3)], ["FIT004", "FIT005"]),
        (3, [group(kind("a"), 4)], ["FIT005"]),  # four nodes in three zones: one zone has two
        (3, [group(kind("a"), 5)], []),  # three are left
        (2, [group(kind("a"), 5)], ["FIT005"]),
        (2, [group(kind("a"), 6)], []),
        # each group loses a node with the zone, and one of them when it is drained
        (3, [group(kind("a"), 2), group(kind("b"), 2)], ["FIT005"]),
        (3, [group(kind("a"), 3), group(kind("b"), 0)], ["FIT004", "FIT005"]),
        (3, [group(kind("a"), 5), group(kind("b", taints=(GPU,)), 1)], []),
    ],
)
def test_losses_after_which_pods_stay_pending(zones: int, groups: list[Group], ids: list[str]) -> None:
    assert [one.id for one in losses(platform(zones), PODS, groups)] == ids


def test_the_number_of_pods_and_nodes_is_named() -> None:
    drained, zone = losses(platform(), PODS, [group(kind("a"), 3)])
    assert drained.text == "2 pods stay pending while a node of a is drained or lost"
    assert zone.text == "2 pods stay pending after the loss of a zone with its nodes (1 of a)"


def test_zones_are_those_of_the_group_or_of_the_network() -> None:
    assert zones_of(platform(2)) == {"a": 2, "b": 2}
    assert zones_of(platform(3, ("us-west-2a",))) == {"a": 1, "b": 3}
