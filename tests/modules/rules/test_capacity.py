"""Nodes that cannot hold Kubeflow."""

from typing import Any

from modules.checks.fit.fit import fit
from modules.rules import problems, problems_of_all
from modules.settings import (
    Addon,
    Addons,
    AutoMode,
    FargateProfile,
    FargateSelector,
    NodeGroup,
    Platform,
    Schedule,
)
from modules.settings.component import Component, HelmChart
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import KARPENTER, cluster, group, on_kubeflow

SMALL = group(instance_types=("t3.medium",), min_size=1, desired_size=3, max_size=3)
"""The nodes of the tutorial's first attempt."""
FARGATE = FargateProfile(name="all", selectors=(FargateSelector(namespace="kube-system"),))
NO_DRIVERS = Addons(vpc_cni=None, eks_pod_identity_agent=None)
POOLS = Component("pools", "kube-system", HelmChart("https://charts.example.com", "node-pools", "1.0.0"))


def on(*groups: NodeGroup, kubeflow: dict[str, Any] | None = None, **changes: Any) -> Platform:
    return on_kubeflow(**(kubeflow or {})).with_changes(cluster=cluster(node_groups=groups, **changes))


TAINTED = group(taints=({"key": "gpu"},))
NIGHT = Schedule(name="night", cron="0 20 * * *", min_size=0, desired_size=0, max_size=1)
DAY = Schedule(name="day", cron="0 7 * * *", min_size=1, desired_size=4, max_size=4)
NO_AUTOSCALER = {"disable": ("cluster-autoscaler",)}

ROWS: Rows = {
    "three_t3_medium": (on(SMALL), "cluster.node_groups: 3 x t3.medium have at most 330 pods, 5.8 CPU and 10.4 GiB"),
    "one_t3_medium": (on(SMALL.with_changes(desired_size=1, max_size=1)), "cluster.node_groups: 1 x t3.medium"),
    "four_pods_on_a_node": (on(group(max_pods=4)), "cluster.node_groups: remove max_pods from nodes"),
    "too_few_without_an_autoscaler": (
        on(SMALL.with_changes(max_size=9), kubeflow=NO_AUTOSCALER),
        "cluster.node_groups: set desired_size=4 for nodes, or",
    ),
    "only_tainted_nodes": (
        on(TAINTED),
        "cluster.node_groups: no node takes pods of",
        "cluster.node_groups: no group starts with an untainted node",
    ),
    "a_large_group_that_takes_none_of_them": (
        on(SMALL, TAINTED.with_changes(name="gpus", instance_types=("m6i.8xlarge",))),
        "cluster.node_groups: 3 x t3.medium have at most",
    ),
    "only_fargate": (
        on(fargate_profiles=(FARGATE,), addons=NO_DRIVERS),
        "cluster.node_groups: kube-system/DaemonSet/istio-cni-node",
    ),
    "auto_mode_without_pools": (
        on(auto_mode=AutoMode(node_pools=())),
        "cluster.auto_mode.node_pools: there is no node pool",
    ),
    "auto_mode_with_the_system_pool": (
        on(auto_mode=AutoMode(node_pools=("system",))),
        "cluster.auto_mode.node_pools: CriticalAddonsOnly",
    ),
}


def test_what_is_refused() -> None:
    assert differences(ROWS) == []


ALLOWED = {
    "four_t3_medium": on(SMALL.with_changes(desired_size=4, max_size=4)),
    "the_autoscaler_adds_nodes": on(SMALL.with_changes(max_size=9)),
    "an_autoscaler_of_your_own": on(
        SMALL.with_changes(max_size=9),
        kubeflow={**NO_AUTOSCALER, "extra_components": (Component("my-autoscaler", "kube-system", POOLS.source),)},
    ),
    "a_schedule_adds_nodes": on(SMALL.with_changes(schedules=(NIGHT, DAY)), kubeflow=NO_AUTOSCALER),
    "the_larger_type_may_be_chosen": on(SMALL.with_changes(instance_types=("t3.medium", "m6i.4xlarge"))),
    "reserves_of_your_own": on(SMALL.with_changes(kubelet={"kubeReserved": {"memory": "1Mi"}})),
    "a_type_that_is_not_in_the_table": on(SMALL.with_changes(instance_types=("m99i.small",), architecture="x86_64")),
    "karpenter_adds_nodes": on(SMALL, kubeflow={"enable": KARPENTER, "node_pools": ({"name": "more"},)}),
    "auto_mode_adds_nodes": on(SMALL, auto_mode=AutoMode()),
    "auto_mode_with_a_node_group": on(group(), auto_mode=AutoMode(node_pools=("system",))),
    "auto_mode_with_node_pools_of_your_own": on(
        auto_mode=AutoMode(node_pools=()), kubeflow={"extra_components": (POOLS,)}
    ),
    "without_kubeflow": on(SMALL).with_changes(kubeflow=None),
}


def test_what_can_run_is_not_refused() -> None:
    assert {name: found for name, one in ALLOWED.items() if (found := problems_of_all([one]))} == {}


def test_each_change_that_a_refusal_names_is_enough() -> None:
    refused = on(SMALL)
    (problem,) = problems(refused)
    assert problem[2] == ('set desired_size=4 and max_size=4 for nodes, or set instance_types=("t3.large",) for nodes')
    for changes in ({"desired_size": 4, "max_size": 4}, {"instance_types": ("t3.large",)}):
        changed = on(SMALL.with_changes(**changes))
        assert problems_of_all([changed]) == []
        assert fit(changed).verdict == "fits"


ONE = SMALL.with_changes(desired_size=1, max_size=1)


def test_what_settings_may_change_is_not_counted() -> None:
    addons = Addons(metrics_server=Addon(configuration={"replicas": 1}))
    values = {"cluster-autoscaler": {"replicaCount": 0}}
    pods = [
        int(what.removeprefix("Kubeflow cannot start: ").partition(" pods")[0])
        for one in (on(ONE), on(ONE, addons=addons), on(ONE, kubeflow={"values": values}))
        for _, what, _ in problems(one)
    ]
    assert pods == [pods[0], pods[0] - 2, pods[0] - 1]


def test_nothing_is_computed_for_components_that_cannot_be_installed() -> None:
    found = problems_of_all([on(SMALL, kubeflow={"enable": ("karpenter",)})])
    assert [line.split(": ")[1] for line in found] == ["kubeflow.enable"]
