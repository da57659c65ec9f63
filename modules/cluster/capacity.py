"""How many pods a node group carries: known at synthesis, from the table of instance types."""

from modules.aws_data.instance_types import known
from modules.aws_data.pods import max_pods
from modules.settings import Cluster, NodeGroup

NEW_TYPE_PODS = 110
"""For a type newer than our table: what EKS gives a node below 30 vCPUs, and every Nitro type carries with prefixes.

Source: https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html
"""


def pods_per_node(cluster: Cluster, group: NodeGroup, *, custom_networking: bool) -> int:
    """Pods that each node of a group takes: as set, or what the network interfaces of its smallest type carry.

    Args:
        cluster: for the pod network's settings.
        group: the group.
        custom_networking: whether pods have subnets of their own, which costs one interface.
    """
    if group.max_pods is not None:
        return group.max_pods
    prefixes = cluster.addons.vpc_cni is not None and cluster.addons.vpc_cni.prefix_delegation
    counts = [
        max_pods(name, prefix_delegation=prefixes, custom_networking=custom_networking)
        if known(name)
        else NEW_TYPE_PODS
        for name in group.instance_types
    ]
    return min(counts)
