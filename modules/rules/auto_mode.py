"""Rules about components that EKS Auto Mode replaces, or that it does not work with."""

import re
from collections.abc import Iterator

from modules.iam.role_names import AUTO_MODE_NODE
from modules.kubeflow.chosen import auto_mode_pools
from modules.rules.rule import Problem, of_each, rule, warning
from modules.settings.cluster import Cluster
from modules.settings.kubeflow import Kubeflow
from modules.settings.node_pool import NodePool
from modules.settings.platform import Platform

BUILT_IN = ("default", "general-purpose", "system")
"""Names of the NodePools and the NodeClass of EKS Auto Mode."""
CHOSEN_BY_EKS = ("ami_family", "ami_id", "efa", "user_data")
"""Settings of pools that a NodeClass of EKS Auto Mode does not have."""
SECONDS = {"s": 1, "m": 60, "h": 3600}
MOST_DAYS, MOST_IOPS, MOST_THROUGHPUT_MIBPS = 21, 16000, 1000
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html and
https://docs.aws.amazon.com/eks/latest/userguide/auto-controls.html (age of nodes)
"""


@rule(Kubeflow)
def autoscaler_without_groups(kubeflow: Kubeflow) -> Iterator[Problem]:
    """The autoscaler changes the size of node groups, and there are none."""
    if "nodes" in kubeflow.auto_mode and "cluster-autoscaler" in kubeflow.enable:
        yield (
            "enable",
            "cluster-autoscaler scales node groups, and the cluster has none: EKS Auto Mode adds its nodes",
            "remove it, or add a node group",
        )


@warning(Kubeflow)
def karpenter_of_auto_mode(kubeflow: Kubeflow) -> Iterator[Problem]:
    """Helm does not take over the CRDs of NodePools that EKS Auto Mode installed.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/auto-migrate-karpenter.html
    """
    if "cluster" in kubeflow.auto_mode and "karpenter-crds" in kubeflow.enable:
        yield (
            "enable",
            "EKS Auto Mode installs Karpenter's CRDs, too, and Helm refuses to install karpenter-crds after it",
            "enable Auto Mode on a cluster with Karpenter only to move from it, or remove Karpenter's entries",
        )


@rule(Kubeflow)
def pools_of_auto_mode(kubeflow: Kubeflow) -> Iterator[Problem]:
    """What the NodePools and NodeClasses of EKS Auto Mode have."""
    if not auto_mode_pools(kubeflow):
        return

    def check(pool: NodePool) -> Iterator[Problem]:
        if pool.name in BUILT_IN:
            yield "name", f"EKS Auto Mode has a pool or node class {pool.name} of its own", "use another name"
        for field in CHOSEN_BY_EKS:
            if getattr(pool, field) != NodePool.model_fields[field].get_default():
                yield field, "EKS Auto Mode determines it for its nodes", "remove it, or use a node group"
        yield from _disk(pool)
        age = pool.expire_after
        if age is not None and (age == "Never" or _seconds(age) > MOST_DAYS * 24 * SECONDS["h"]):
            yield (
                "expire_after",
                f"EKS Auto Mode replaces nodes after {MOST_DAYS} days at the latest",
                f"use {MOST_DAYS * 24}h or less",
            )

    yield from of_each("node_pools", kubeflow.node_pools, check)


def _disk(pool: NodePool) -> Iterator[Problem]:
    if pool.disk.volume_type != "gp3":
        yield "disk.volume_type", "disks of EKS Auto Mode are gp3 volumes", "remove it"
    for field, most in (("iops", MOST_IOPS), ("throughput_mibps", MOST_THROUGHPUT_MIBPS)):
        if (getattr(pool.disk, field) or 0) > most:
            yield f"disk.{field}", f"EKS Auto Mode accepts at most {most}", "use less"


def _seconds(time: str) -> int:
    return sum(int(number) * SECONDS[unit] for number, unit in re.findall(r"([0-9]+)([smh])", time))


@rule(Platform)
def names_of_node_groups(platform: Platform) -> Iterator[Problem]:
    """The role of Auto Mode's nodes is listed with those of the node groups, by name."""
    cluster = platform.cluster
    if not isinstance(cluster, Cluster) or cluster.auto_mode is None:
        return
    for index, group in enumerate(cluster.node_groups):
        if group.name == AUTO_MODE_NODE:
            yield (
                f"cluster.node_groups[{index}].name",
                f"{AUTO_MODE_NODE} is the name of the role for nodes of EKS Auto Mode",
                "use another name",
            )


@rule(Platform)
def nodes_may_join(platform: Platform) -> Iterator[Problem]:
    """EKS lets nodes with the role of Auto Mode join, if it made the access entry for a built-in pool.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html#auto-node-access-entry
    """
    cluster, kubeflow = platform.cluster, platform.kubeflow
    if kubeflow is None or not isinstance(cluster, Cluster) or cluster.auto_mode is None:
        return
    if auto_mode_pools(kubeflow) and not cluster.auto_mode.node_pools:
        yield (
            "cluster.auto_mode.node_pools",
            "without a built-in pool, nodes of kubeflow.node_pools may not join the cluster",
            'set ("system",), which adds nodes only for pods that tolerate CriticalAddonsOnly',
        )
