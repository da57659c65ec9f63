"""Components of a cluster whose EKS Auto Mode does their work."""

from dataclasses import replace
from typing import Any

import pytest

from modules.checks.fit.pools import pools
from modules.kubeflow.builtin_context import builtin_context
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.chosen import auto_mode_balances, chosen_components
from modules.kubeflow.manifest import load
from modules.kubeflow.selection import charts
from modules.rules import problems_of_all
from modules.settings import (
    AutoMode,
    Cluster,
    Disk,
    Kubeflow,
    LoadBalancer,
    NodeGroup,
    NodePool,
    Platform,
    Quota,
    Team,
)
from tests.modules.rules.rows import Rows, differences
from tests.modules.rules.test_kubeflow import MINE
from tests.modules.settings.valid import cluster, on_kubeflow

REPLACED = {"aws-load-balancer-controller", "cluster-autoscaler"}
GROUP = NodeGroup(name="general")
AUTO = AutoMode()
BALANCER = LoadBalancer(host="kubeflow.example.company", allowed_cidrs=("198.18.0.0/24",), certificate_arn="arn:aws:acm:us-west-2:111122223333:certificate/12345678-1234-1234-1234-123456789012")  # fmt: skip


def on(*groups: NodeGroup, auto_mode: AutoMode | None = AUTO, **kubeflow: Any) -> Platform:
    return on_kubeflow(**kubeflow).with_changes(cluster=cluster(node_groups=groups, auto_mode=auto_mode))


def replaced(platform: Platform) -> set[str]:
    """Entries that EKS Auto Mode can replace, and that are installed."""
    assert platform.kubeflow is not None
    return REPLACED & {component.name for component in chosen_components(platform.kubeflow)}


def objects(platform: Platform, name: str) -> list[dict[str, Any]]:
    """Objects of a component of the platform's own."""
    assert platform.kubeflow is not None
    (component,) = [one for one in CATALOGUE if one.name == name]
    found = charts(component, None, builtin_context(platform, platform.kubeflow))
    return [one for chart in found for one in load((chart.content or b"").decode())]


def test_the_default_set_sees_the_cluster() -> None:
    assert {one.name for one in CATALOGUE if one.in_auto_mode} == REPLACED
    assert replaced(on(GROUP, auto_mode=None)) == REPLACED
    assert replaced(on()) == set()
    assert replaced(on(GROUP)) == {"cluster-autoscaler"}, "node groups next to Auto Mode still need it"
    assert replaced(on(enable=("aws-load-balancer-controller",))) == {"aws-load-balancer-controller"}


def test_another_cluster_of_the_same_components_has_its_own_default_set() -> None:
    auto = on()
    again = auto.with_changes(cluster=cluster(node_groups=(GROUP,)))
    assert (replaced(auto), replaced(again)) == (set(), REPLACED)
    assert auto.kubeflow is not None
    changed = auto.with_changes(kubeflow=auto.kubeflow.with_changes(machine_tokens=False))
    assert replaced(changed) == set()
    assert {one.name for one in chosen_components(Kubeflow(auth=auto.kubeflow.auth))} >= REPLACED


def test_an_invalid_cluster_reports_only_its_own_error() -> None:
    wrong = on().with_changes(cluster=cluster(node_groups=(), auto_mode=AUTO, log_retention_days=-1))
    (line,) = problems_of_all([wrong])
    assert line.startswith("prod: cluster.log_retention_days")
    assert wrong.kubeflow is not None
    assert wrong.kubeflow.auto_mode == {"cluster", "nodes"}


def test_auto_mode_registers_the_pods_of_the_gateway() -> None:
    """Source: https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html (differences of TargetGroupBinding)."""
    built_in, installed = on(exposure=BALANCER), on(exposure=BALANCER, enable=("aws-load-balancer-controller",))
    assert problems_of_all([built_in]) == problems_of_all([installed]) == []
    kinds = [objects(one, "gateway-target-group")[0]["apiVersion"] for one in (built_in, installed)]
    assert kinds == ["eks.amazonaws.com/v1", "elbv2.k8s.aws/v1beta1"]
    assert objects(built_in, "gateway-target-group")[0]["spec"]["targetType"] == "ip", "Auto Mode requires it"
    existing = on(exposure=BALANCER, preinstalled=("aws-load-balancer-controller",))
    assert existing.kubeflow is not None
    assert not auto_mode_balances(existing.kubeflow)


def test_teams_write_no_entries_of_auto_mode() -> None:
    def groups(platform: Platform) -> set[str]:
        (policy,) = [
            one
            for one in objects(platform, "team-admission")
            if one["metadata"]["name"] == "team-routes" and "matchConstraints" in one["spec"]
        ]
        return {one["apiGroups"][0] for one in policy["spec"]["matchConstraints"]["resourceRules"]}

    assert groups(on()) - groups(on(GROUP, auto_mode=None)) == {"eks.amazonaws.com"}


GPUS = NodePool(name="gpus", instance_families=("g6",), zones=("us-west-2a",))


def test_node_pools_are_those_of_auto_mode() -> None:
    """No device plugin either: its nodes include one."""
    platform = on(node_pools=(GPUS,), teams=(Team(name="vision", owner="ada@example.com", quota=Quota(gpus=1)),))
    assert problems_of_all([platform]) == []
    node_class, pool = objects(platform, "auto-mode-node-pools")
    assert (node_class["kind"], node_class["spec"]["role"]) == ("NodeClass", "prod-auto-mode-node")
    assert (pool["kind"], pool["spec"]["template"]["spec"]["nodeClassRef"]["kind"]) == ("NodePool", "NodeClass")
    assert "auto-mode-node-pools" not in {one.name for one in chosen_components(on().kubeflow or Kubeflow())}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("eks.amazonaws.com/compute-type", "auto"),
        ("eks.amazonaws.com/instance-family", "g6"),
        ("eks.amazonaws.com/instance-gpu-manufacturer", "nvidia"),
        ("karpenter.sh/nodepool", "gpus"),
    ],
)
def test_pods_select_nodes_by_the_labels_of_auto_mode(key: str, value: str) -> None:
    platform = on(node_pools=(GPUS,))
    assert isinstance(platform.cluster, Cluster)
    (pool,) = [one for one in pools(platform, platform.cluster, frozenset()) if one.name == "gpus"]
    assert {one.kind.labels[key] for one in pool.types} == {value}
    assert {one.kind.devices["nvidia.com/gpu"] for one in pool.types} == {1, 4, 8}


def with_pool(**changes: Any) -> Platform:
    return on(node_pools=(GPUS.with_changes(**changes),))


ROWS: Rows = {
    "a_name_of_eks": (with_pool(name="system"), "kubeflow.node_pools[0].name: system"),
    "an_operating_system": (with_pool(ami_family="Bottlerocket"), "kubeflow.node_pools[0].ami_family: Auto Mode"),
    "an_image": (with_pool(ami_id="ami-0123456789abcdef0"), "kubeflow.node_pools[0].ami_id: Auto Mode"),
    "user_data": (with_pool(user_data="#!/bin/sh\nid\n"), "kubeflow.node_pools[0].user_data: Auto Mode"),
    "a_placement_group": (with_pool(efa=True), "kubeflow.node_pools[0].efa: Auto Mode"),
    "a_disk_of_another_type": (
        with_pool(disk=Disk(volume_type="io2", iops=20000)),
        "kubeflow.node_pools[0].disk.volume_type: gp3",
        "kubeflow.node_pools[0].disk.iops: at most 16000",
    ),
    "a_node_for_ever": (with_pool(expire_after="Never"), "kubeflow.node_pools[0].expire_after: 504h"),
    "a_node_for_too_long": (with_pool(expire_after="504h1m"), "kubeflow.node_pools[0].expire_after: 504h"),
    "no_pool_for_which_eks_lets_nodes_join": (
        on(auto_mode=AutoMode(node_pools=()), node_pools=(GPUS,)),
        'cluster.auto_mode.node_pools: ("system",)',
    ),
    "a_node_group_with_the_name_of_a_role": (
        on(NodeGroup(name="auto-mode-node")),
        "cluster.node_groups[0].name: auto-mode-node",
    ),
    "an_autoscaler_of_no_groups": (on(enable=("cluster-autoscaler",)), "kubeflow.enable: EKS Auto Mode adds its nodes"),
    "a_component_of_yours_that_needs_the_controller": (
        on(extra_components=(replace(MINE, needs=("aws-load-balancer-controller",)),)),
        'kubeflow.enable: enable=("aws-load-balancer-controller",)',
    ),
}


def test_what_is_refused() -> None:
    assert differences(ROWS) == []
