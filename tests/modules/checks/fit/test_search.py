from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.checks.fit.nodes import family, node_kind, sizes
from modules.checks.fit.placement import place
from modules.checks.fit.search import Group, best, grow, larger_type
from modules.checks.fit.workloads import Workload
from modules.settings import Cluster, Network, NodeGroup, Platform
from tests.modules.checks.fit.cases import GPU, constrained, group, kind, workload, workloads

PLATFORM = Platform(
    name="any", region="us-west-2", network=Network(), cluster=Cluster(node_groups=(NodeGroup(name="nodes"),))
)


def group_of(instance_type: str, desired: int, most: int | None = None) -> Group:
    """As `check` makes it of a type."""
    assert isinstance(PLATFORM.cluster, Cluster)
    settings_ = NodeGroup(name="nodes", instance_types=(instance_type,))
    return group(
        node_kind(PLATFORM, PLATFORM.cluster, settings_),
        desired,
        most,
        tuple(sizes(PLATFORM, PLATFORM.cluster, settings_)),
    )


def test_sizes_of_a_family_are_in_order_without_bare_metal() -> None:
    assert [one.name.partition(".")[2] for one in family("m6i.xlarge")] == [
        *("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "32xlarge"),
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 3000), st.integers(0, 9000)), min_size=1, max_size=14),
    st.integers(1, 4),
    st.sampled_from(("t3", "m6i", "m5", "c6g", "r5")),
)
def test_a_bigger_node_never_turns_fit_into_misfit(pods: list[tuple[int, int, int]], nodes: int, prefix: str) -> None:
    running = [workload(f"n/D/{number}", *one) for number, one in enumerate(pods)]
    running.append(workload("n/DaemonSet/d", None, 50, 100))
    fitted = False
    for one in family(f"{prefix}.large"):
        fits = not best(running, [group_of(one.name, nodes)]).waiting
        assert fits or not fitted, one.name
        fitted = fits


@settings(max_examples=60, deadline=None)
@given(constrained, st.integers(1, 4), st.sampled_from(("t3", "m6i")))
def test_a_bigger_node_keeps_what_constraints_allow(running: list[Workload], nodes: int, prefix: str) -> None:
    fitted = False
    for one in family(f"{prefix}.large"):
        fits = not best(running, [replace(group_of(one.name, nodes), zones=("a", "b"))]).waiting
        assert fits or not fitted, one.name
        fitted = fits


@settings(max_examples=60, deadline=None)
@given(workloads, st.integers(0, 3))
def test_one_more_node_never_takes_a_place_away(running: list[Workload], nodes: int) -> None:
    running = [one for one in running if one.replicas is not None]
    waiting = [place(running, [kind()] * count).waiting for count in range(nodes + 3)]
    assert waiting == sorted(waiting, reverse=True)


ANOMALY = ((600, 5200), (700, 4400), (1600, 400), (1700, 800), (200, 6000))
"""CPU and memory of five pods, found by trying random ones."""


def test_first_fit_misses_on_larger_nodes_what_smaller_ones_show() -> None:
    """Without the search in smaller sizes, these pods would fit on the smaller type and not on the larger one."""
    running = [workload(f"n/D/{number}", 1, *one) for number, one in enumerate(ANOMALY)]
    small, large = kind(cpu=3200, memory=13200), kind(cpu=3400, memory=14000)
    assert not place(running, [small] * 2).waiting
    assert place(running, [large] * 2).waiting, "first fit alone"
    assert not best(running, [group(large, 2, sizes=(small,))]).waiting


@pytest.mark.parametrize(
    ("most", "counts", "waiting"),
    [
        (5, {"a": 4}, 0),  # 8 pods of 1 CPU, two on each node of 2
        (3, {"a": 3}, 2),
    ],
)
def test_nodes_are_added_up_to_max_size(most: int, counts: dict[str, int], waiting: int) -> None:
    found = grow([workload("n/D/a", 8, cpu=1000)], [group(kind(), 2, most)], limited=True)
    assert (found.counts, found.placement.waiting) == (counts, waiting)


def test_a_node_is_added_to_the_group_that_helps_most() -> None:
    groups = [group(kind("small"), 1, 9), group(kind("large", cpu=8000), 0, 9), group(kind("gpu", taints=(GPU,)), 0, 9)]
    found = grow([workload("n/D/a", 10, cpu=1000)], groups, limited=True)
    assert found.counts == {"small": 1, "large": 1, "gpu": 0}
    assert not found.placement.waiting


@pytest.mark.parametrize(
    ("tagged", "desired", "by_autoscaler", "waiting"),
    [
        (True, 0, True, 0),
        (False, 0, True, 1),  # no node shows the autoscaler what the group has
        (False, 1, True, 0),
        (False, 0, False, 0),
    ],
)
def test_the_autoscaler_starts_a_group_from_zero_for_devices_that_it_knows(
    tagged: bool, desired: int, by_autoscaler: bool, waiting: int
) -> None:
    neuron = "aws.amazon.com/neuron"
    one = group(kind(devices={neuron: 1}), desired, 3, tagged=tagged)
    running = [workload("n/D/a", desired + 1, devices={neuron: 1})]
    assert grow(running, [one], limited=True, by_autoscaler=by_autoscaler).placement.waiting == waiting
    gpus = group(kind(devices={"nvidia.com/gpu": 1}), 0, 3, tagged=False)
    assert not grow(
        [workload("n/D/a", 1, devices={"nvidia.com/gpu": 1})], [gpus], limited=True, by_autoscaler=True
    ).placement.waiting


def test_nodes_that_help_nothing_are_not_added() -> None:
    found = grow([workload("n/D/a", 1, cpu=3000)], [group(kind(), 1, 9)], limited=False)
    assert (found.counts, found.placement.waiting) == ({"a": 1}, 1)


def test_the_next_larger_type_with_which_the_desired_nodes_are_enough() -> None:
    running = [workload("n/D/a", 3, cpu=3000)]
    found = larger_type(running, [group_of("m6i.large", 3)])
    assert found is not None
    assert found.instance_type == "m6i.xlarge"
    assert larger_type([workload("n/D/a", 1, cpu=999_999)], [group_of("m6i.large", 3)]) is None
    assert larger_type(running, [replace(group_of("m6i.large", 3), desired=0)]) is None
