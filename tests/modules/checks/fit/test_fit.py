"""Fit of whole platforms: the shipped one, all examples, those that must be refused, and each kind of finding."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from modules.checks.fit.fit import Fit, fit
from modules.checks.fit.kinds import KINDS
from modules.settings import (
    Addon,
    Addons,
    AutoMode,
    Cluster,
    Dex,
    ExistingCluster,
    FargateProfile,
    FargateSelector,
    Kubeflow,
    Network,
    NodeGroup,
    NodePool,
    Platform,
    Schedule,
)
from modules.settings.component import Component, HelmChart
from tests.platforms import EXAMPLES, NAMES, PLATFORMS

GROUP = NodeGroup(name="nodes")
T3 = NodeGroup(name="nodes", instance_types=("t3.medium",), min_size=1, desired_size=3, max_size=3)
"""The nodes that the comment in main.py warns of."""
FARGATE = FargateProfile(name="jobs", selectors=(FargateSelector(namespace="jobs"),))
NIGHT = Schedule(name="night", cron="0 20 * * *", min_size=0, desired_size=0, max_size=5)


def platform(*groups: NodeGroup, kubeflow: Mapping[str, Any] | None = None, **cluster: Any) -> Platform:
    """Upstream's default set on some node groups."""
    return Platform(
        name="any",
        region="us-west-2",
        network=Network(),
        cluster=Cluster(node_groups=groups, **cluster),
        kubeflow=Kubeflow(auth=Dex(users=("you@example.com",)), **(kubeflow or {})),
    )


def fit_of(one: Platform) -> Fit:
    return fit(one)


def ids(one: Fit) -> dict[str, str]:
    return {finding.id: finding.text for finding in one.findings}


NOTHING_KNOWN = {"existing_cluster"}
"""Examples on a cluster whose nodes are not in the settings."""
WARNED = {"hcp_terraform": {"FIT005"}}
"""Three nodes in two zones, one node is left if the zone with two is lost."""


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_fit_or_their_nodes_are_not_known(name: str) -> None:
    for one in EXAMPLES[name]:
        found = fit_of(one)
        assert found.verdict == ("not checked" if name in NOTHING_KNOWN else "fits"), found.findings
        assert {finding.id for finding in found.findings if finding.severity != "not checked"} == WARNED.get(
            name, set()
        )


@pytest.mark.parametrize("name", NAMES)
def test_no_platform_of_the_tests_is_refused(name: str) -> None:
    found = fit_of(PLATFORMS[name])
    assert found.verdict in ("fits", "not checked"), found.findings
    assert found.verdict == "fits" or "FIT101" in ids(found)


def test_three_t3_medium_are_refused_with_the_figure() -> None:
    found = fit_of(platform(T3))
    assert found.verdict == "does not fit"
    text = ids(found)["FIT001"]
    assert text.startswith(
        f"{found.pods} pods request {found.cpu_millicores / 1000:.1f} CPU and {found.memory_mib / 1024:.1f} GiB; "
        "3 x t3.medium (330 pods, 5.8 CPU, 9.5 GiB for pods). "
    )
    assert found.memory_mib > 3 * found.rooms[0].memory_mib, (
        "more is requested than there is in sum: no placement exists"
    )
    assert {obstacle for left in found.pending for obstacle, _ in left.obstacles} == {"memory"}


def test_each_change_that_is_named_fits() -> None:
    changes = fit_of(platform(T3)).changes
    assert [change.nodes is None for change in changes] == [False, True]
    for change in changes:
        size = change.nodes or T3.desired_size
        changed = T3.with_changes(
            desired_size=size, max_size=size, instance_types=(change.instance_type or T3.instance_types[0],)
        )
        assert fit_of(platform(changed)).verdict == "fits", change
        if change.nodes:
            fewer = T3.with_changes(desired_size=size - 1, max_size=size - 1)
            assert fit_of(platform(fewer)).verdict == "does not fit", "it is the smallest number"


@pytest.mark.parametrize(
    "group",
    [
        T3.with_changes(desired_size=1, max_size=1),
        GROUP.with_changes(max_pods=4),
        GROUP.with_changes(taints=({"key": "gpu"},)),
    ],
    ids=["one t3.medium", "max_pods=4", "only tainted nodes"],
)
def test_platforms_that_cannot_start_kubeflow_do_not_fit(group: NodeGroup) -> None:
    assert fit_of(platform(group)).verdict == "does not fit"


OWN = Component("shop", "shops", HelmChart("https://charts.example.org", "shop", "1.0.0"))
SCALES = T3.with_changes(max_size=6)
ALONE = GROUP.with_changes(instance_types=("m6i.2xlarge",), desired_size=1)
BARE = {"disable": ("cluster-autoscaler",)}
PROVOKED: dict[str, Callable[[], Platform]] = {
    "FIT001": lambda: platform(T3),
    "FIT002": lambda: platform(SCALES),
    "FIT003": lambda: platform(SCALES, kubeflow=BARE),
    "FIT004": lambda: platform(ALONE),
    "FIT005": lambda: platform(ALONE),
    "FIT101": lambda: platform(GROUP.with_changes(instance_types=("m99i.xlarge",), architecture="x86_64")),
    "FIT102": lambda: platform(GROUP, fargate_profiles=(FARGATE,)),
    "FIT103": lambda: platform(GROUP, auto_mode=AutoMode()),
    "FIT104": lambda: platform(
        GROUP,
        kubeflow={
            "enable": ("karpenter", "karpenter-crds", "karpenter-node-pools"),
            "node_pools": (NodePool(name="more"),),
        },
    ),
    "FIT105": lambda: platform(GROUP, kubeflow={"extra_components": (OWN,)}),
    "FIT107": lambda: platform(GROUP, addons=Addons(coredns=Addon(configuration={"replicaCount": 3}))),
    "FIT108": lambda: platform(GROUP.with_changes(schedules=(NIGHT,))),
    "FIT109": lambda: platform(GROUP),
    "FIT110": lambda: platform(GROUP),
    "FIT111": lambda: platform(GROUP),
    "FIT112": lambda: platform(T3, fargate_profiles=(FARGATE,)),
}


@pytest.mark.parametrize("id_", PROVOKED)
def test_each_finding_is_reported_where_it_applies(id_: str) -> None:
    kinds = {kind.id: kind for kind in KINDS}
    (found,) = (finding for finding in fit_of(PROVOKED[id_]()).findings if finding.id == id_)
    assert found.severity == kinds[id_].severity


def test_every_kind_of_finding_has_its_own_id_and_a_test() -> None:
    assert len({kind.id for kind in KINDS}) == len(KINDS)
    assert {kind.id for kind in KINDS} - PROVOKED.keys() == {"FIT106"}, "FIT106: the test below"


def test_constraints_that_are_not_evaluated_are_named() -> None:
    from modules.checks.fit.not_checked import not_checked
    from tests.modules.checks.fit.cases import workload

    ports = workload("n/D/a", 1, topologySpreadConstraints=[{"maxSkew": 1}])
    found = {one.id: one.text for one in not_checked(platform(GROUP), [ports])}
    assert found["FIT106"] == "constraints of workloads: n/D/a (topology spread)"


@pytest.mark.parametrize(
    ("one", "ids_"),
    [
        (platform(GROUP), {"FIT109", "FIT110", "FIT111"}),
        (platform(GROUP, kubeflow=BARE), {"FIT109", "FIT110", "FIT111"}),
    ],
)
def test_a_platform_that_fits_has_only_what_no_result_covers(one: Platform, ids_: set[str]) -> None:
    found = fit_of(one)
    assert found.verdict == "fits"
    assert ids(found).keys() == ids_


def test_components_that_are_not_in_the_lock_or_have_own_values_are_named() -> None:
    values = {"cluster-autoscaler": {"replicaCount": 2}, "shop": {"replicas": 3}}
    found = ids(fit_of(platform(GROUP, kubeflow={"extra_components": (OWN,), "values": values})))
    assert found["FIT105"] == "pods of components that are not in the lock: shop"
    assert found["FIT107"] == "replicas, requests and constraints of components with own values: cluster-autoscaler"


def test_nodes_of_others_are_not_an_error() -> None:
    for one in (PROVOKED["FIT112"](), platform(T3, auto_mode=AutoMode())):
        found = fit_of(one)
        assert found.verdict == "not checked"
        assert found.pending
        assert "FIT112" in ids(found)


def test_an_existing_cluster_is_not_checked() -> None:
    one = Platform(name="any", region="us-west-2", cluster=ExistingCluster(name="theirs"))
    found = fit_of(one)
    assert (found.verdict, found.pods) == ("not checked", 0)
    assert ids(found)["FIT101"] == "nodes of the existing cluster theirs"


@functools.cache
def _sum(name: str) -> int:
    return fit_of(PLATFORMS[name]).memory_mib


def test_in_cluster_stores_need_more_than_external_ones() -> None:
    assert _sum("full") > _sum("production")
