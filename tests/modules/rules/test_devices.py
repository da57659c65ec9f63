"""GPUs, Neuron devices and Elastic Fabric Adapters."""

from typing import Any

from modules.rules import problems_of_all
from modules.settings import AutoMode, NodeGroup, Platform, Quota, Team
from modules.settings.component import Component, HelmChart
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import KARPENTER, cluster, on_kubeflow

GENERAL = NodeGroup(name="general")
GPU = NodeGroup(name="gpus", instance_types=("g5.xlarge",), accelerator="nvidia", desired_size=0, min_size=0)
NEURON = NodeGroup(name="chips", instance_types=("inf2.xlarge",), accelerator="neuron")
EFA = NodeGroup(name="fabric", instance_types=("p4d.24xlarge",), accelerator="nvidia", efa=True, zones=("us-west-2a",))
OWN = Component("my-gpu-plugin", "kube-system", HelmChart("https://charts.example.com", "plugin", "1.0.0"))
POOL = {"name": "gpus", "instance_categories": ("g",)}


def on(*groups: NodeGroup, auto_mode: AutoMode | None = None, quota: Quota | None = None, **kubeflow: Any) -> Platform:
    teams = (Team(name="vision", owner="ada@example.com", quota=quota),) if quota else ()
    made = on_kubeflow(teams=teams, **kubeflow)
    return made.with_changes(cluster=cluster(node_groups=(GENERAL, *groups), auto_mode=auto_mode))


ROWS: Rows = {
    "gpus": (on(GPU), "cluster.node_groups[1]: nvidia-device-plugin"),
    "neuron": (on(NEURON), 'cluster.node_groups[1]: enable=("neuron",)'),
    "efa": (
        on(EFA),
        "cluster.node_groups[1]: nvidia-device-plugin",
        "cluster.node_groups[1]: aws-efa-k8s-device-plugin",
    ),
    "a_pool_of_karpenter": (on(enable=KARPENTER, node_pools=(POOL,)), "kubeflow.node_pools[0]: nvidia-device-plugin"),
    "a_pool_with_chips": (
        on(enable=KARPENTER, node_pools=({"name": "chips", "instance_categories": ("trn", "m")},)),
        "kubeflow.node_pools[0]: Neuron devices",
    ),
    "another_plugin_of_your_own": (
        on(NEURON, extra_components=(OWN,)),
        "cluster.node_groups[1]: Neuron devices",
    ),
    "a_quota_without_gpus": (on(quota=Quota(gpus=2)), "kubeflow.teams[0].quota.gpus: grants 2 NVIDIA GPUs"),
    "a_quota_without_chips": (
        on(GPU, quota=Quota(neuron_devices=1), enable=("nvidia-device-plugin",)),
        "kubeflow.teams[0].quota.neuron_devices: no node group",
    ),
}


def test_what_is_refused() -> None:
    assert differences(ROWS) == []


ALLOWED = {
    "the_plugin": on(GPU, enable=("nvidia-device-plugin",), quota=Quota(gpus=1)),
    "the_operator": on(GPU, enable=("gpu-operator",)),
    "neuron": on(NEURON, enable=("neuron",), quota=Quota(neuron_devices=1)),
    "efa": on(EFA, enable=("nvidia-device-plugin", "aws-efa-k8s-device-plugin")),
    "bottlerocket_brings_it": on(GPU.with_changes(ami_family="BOTTLEROCKET"), quota=Quota(gpus=1)),
    "bottlerocket_of_karpenter": on(enable=KARPENTER, node_pools=({**POOL, "ami_family": "Bottlerocket"},)),
    "a_plugin_of_your_own": on(GPU, extra_components=(OWN,)),
    "a_pool_without_devices": on(enable=KARPENTER, node_pools=({"name": "more"},)),
    "auto_mode": on(auto_mode=AutoMode(), quota=Quota(gpus=1)),
    "no_gpus_granted": on(quota=Quota(gpus=0, neuron_devices=0)),
    "without_kubeflow": on(GPU).with_changes(kubeflow=None),
}


def test_what_can_run_is_not_refused() -> None:
    assert {
        name: found for name, one in ALLOWED.items() if (found := problems_of_all([one])) and "components" not in name
    } == {}
