"""Pod capacity of node groups, known at synthesis from the table of instance types."""

from modules.aws_data.instance_types import known
from modules.aws_data.pods import max_pods
from modules.settings import Cluster, NodeGroup

NEW_TYPE_PODS = 110
"""Default for types missing in the table: EKS's limit below 30 vCPUs, which every Nitro type supports with prefixes.

Source: https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html
"""


def pods_per_node(cluster: Cluster, group: NodeGroup, *, custom_networking: bool) -> int:
    """Maximum pods per node of a group: as configured, or the limit of its smallest type's network interfaces.

    Args:
        cluster: cluster settings, for the pod network.
        group: node group settings.
        custom_networking: whether pods have separate subnets, which uses one interface.
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
