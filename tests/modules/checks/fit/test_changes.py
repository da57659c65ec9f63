from collections.abc import Callable

import pytest

from modules.checks.fit.changes import fix, smallest
from modules.checks.fit.losses import losses
from modules.checks.fit.search import Group
from modules.checks.fit.supply import Supply, settle
from modules.checks.fit.workloads import Workload
from tests.modules.checks.fit.cases import GPU, group, kind, workload
from tests.modules.checks.fit.test_search import group_of

ZONES = ("a", "b", "c")


def takes(*running: Workload) -> Callable[[Supply], bool]:
    return lambda changed: not settle(running, changed).waiting


def changes(condition: Callable[[Supply], bool], *groups: Group) -> list[str]:
    return [str(one) for one in smallest(Supply(groups), condition)]


@pytest.mark.parametrize(
    ("pods", "named"),
    [
        (5, ["nodes: 3 nodes", "nodes: m6i.xlarge"]),
        (9, ["nodes: 5 nodes", "nodes: m6i.2xlarge"]),
        (16, ["nodes: 8 nodes", "nodes: m6i.2xlarge"]),
        (17, ["nodes: m6i.4xlarge"]),
        (90, []),
    ],
)
def test_the_smallest_number_and_the_next_type(pods: int, named: list[str]) -> None:
    """Two m6i.large have 1.93 CPU each for pods of 0.9 CPU; at most six nodes and three sizes are tried."""
    assert changes(takes(workload("n/D/a", pods, cpu=900)), group_of("m6i.large", 2)) == named


def test_a_group_that_does_not_help_is_not_named() -> None:
    running = workload("n/D/a", 3, cpu=2000)
    made = (group(kind("gpu", taints=(GPU,)), 1), group(kind("a"), 1))
    assert changes(takes(running), *made) == ["a: 3 nodes"]


def test_without_a_change_that_is_enough_the_advice_is_general() -> None:
    assert fix(Supply((group(kind(), 1),)), takes(workload("n/D/a", 1, cpu=9999))) == (
        "raise desired_size, or use a larger type"
    )


@pytest.mark.parametrize("number", range(3))
def test_the_fix_of_a_loss_removes_it(number: int) -> None:
    """Six pods fill three nodes; a volume is in one zone."""
    running = [workload("n/D/pods", 6, cpu=1000), workload("n/D/db", 1, volumes=1)]
    found = list(losses(running, Supply((group(kind(), 3, zones=ZONES),))))[number]
    nodes = int(found.fix.removeprefix("what fits: a: ").partition(" ")[0])
    for count, there in ((nodes - 1, True), (nodes, False)):
        left = {one.id for one in losses(running, Supply((group(kind(), count, zones=ZONES),)))}
        assert (found.id in left) is there, count
