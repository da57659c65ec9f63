"""What each setting does: a platform with one setting changed, and which values the generated JSON must then have, and where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.settings import Addon, Addons, Cluster, Network, NodeGroup, Platform, VpcCni

Expected = Mapping[str, Any]
"""Path, layer first (`network resource aws_vpc this cidr_block`), to the value that it must have."""

ACCOUNT = "111122223333"
NO_ADDONS: dict[str, None] = dict.fromkeys(Addons.model_fields.keys() - {"others"})
NETWORK = Network(zones=2, flow_logs=None)
GROUP = NodeGroup(name="nodes")
CLUSTER = Cluster(
    private_access_cidrs=("10.0.0.0/8",),
    admins=("role/admins",),
    addons=Addons(**{**NO_ADDONS, "vpc_cni": VpcCni()}),
    node_groups=(GROUP,),
)
BASE = Platform(name="base", region="us-west-2", network=NETWORK, cluster=CLUSTER)
"""Small, since each case builds one."""
READY_CLUSTER = CLUSTER.with_changes(
    addons=CLUSTER.addons.with_changes(coredns=Addon(), kube_proxy=Addon(), aws_ebs_csi_driver=Addon())
)
READY = BASE.with_changes(cluster=READY_CLUSTER)
"""With the add-ons that Kubeflow requires."""


@dataclass(frozen=True)
class Effect:
    """One change and what it does.

    Args:
        changed: the platform after the change.
        does: `Section.field` to what the field does. Several fields when they can only be set together, or when each has a
            place of its own in the JSON.
        base: the platform before.
    """

    changed: Platform
    does: Mapping[str, Expected]
    base: Platform = field(default=BASE)

    def __str__(self) -> str:
        return " + ".join(self.does)


def changed_network(does: Mapping[str, Expected], **changes: Any) -> Effect:
    """A change of the network."""
    return Effect(BASE.with_changes(network=NETWORK.with_changes(**changes)), does)


def changed_cluster(does: Mapping[str, Expected], **changes: Any) -> Effect:
    """A change of the cluster."""
    return Effect(BASE.with_changes(cluster=CLUSTER.with_changes(**changes)), does)


def changed_group(does: Mapping[str, Expected], **changes: Any) -> Effect:
    """A change of the node group."""
    return changed_cluster(does, node_groups=(GROUP.with_changes(**changes),))


def changed_platform(does: Mapping[str, Expected], **changes: Any) -> Effect:
    """A change of the platform's own."""
    return Effect(BASE.with_changes(**changes), does)
