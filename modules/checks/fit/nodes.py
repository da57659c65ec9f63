"""Nodes that a platform will have: those of its managed node groups, and larger or smaller types of the same family."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from modules.aws_data.instance_types import InstanceType, instance_type, instance_types, known
from modules.aws_data.node_capacity import allocatable
from modules.checks.fit.scheduling import Taint
from modules.cluster.capacity import pods_per_node
from modules.cluster.node_group import TAINT_EFFECTS
from modules.settings import Cluster, NodeGroup, Platform

ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}


@dataclass(frozen=True)
class NodeKind:
    """Equal nodes of one group. A group of several types counts as the least of each figure."""

    group: str
    instance_type: str
    """The first type of the group."""
    cpu_millicores: int
    memory_mib: int
    pods: int
    labels: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False, repr=False)
    taints: tuple[Taint, ...] = ()

    def holds(self, other: "NodeKind") -> bool:
        """Whether it has at least the room of another kind."""
        return (
            self.cpu_millicores >= other.cpu_millicores
            and self.memory_mib >= other.memory_mib
            and self.pods >= other.pods
        )

    def sized(self, other: "NodeKind") -> "NodeKind":
        """This kind with the room of another one."""
        return replace(self, cpu_millicores=other.cpu_millicores, memory_mib=other.memory_mib, pods=other.pods)


def unknown_types(group: NodeGroup) -> list[str]:
    """Types of a group that the table does not have."""
    return [name for name in group.instance_types if not known(name)]


def node_kind(platform: Platform, cluster: Cluster, group: NodeGroup) -> NodeKind:
    """The nodes of a group.

    Raises:
        ValueError: a type is not in the table.
    """
    pods = pods_per_node(cluster, group, custom_networking=platform.custom_networking)
    rooms = [
        allocatable(instance_type(name), pods, by_addresses=group.ami_family == "AL2023")
        for name in group.instance_types
    ]
    name = group.instance_types[0]
    return NodeKind(
        group=group.name,
        instance_type=name,
        cpu_millicores=min(room.cpu_millicores for room in rooms),
        memory_mib=min(room.memory_mib for room in rooms),
        pods=pods,
        labels=_labels(platform, group, name),
        taints=tuple(Taint(one.key, one.value, TAINT_EFFECTS[one.effect]) for one in group.taints),
    )


def _labels(platform: Platform, group: NodeGroup, name: str) -> dict[str, str]:
    """Source: https://kubernetes.io/docs/reference/labels-annotations-taints/, and the labels that EKS adds."""
    return {
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": ARCHITECTURES[group.cpu_architecture()],
        "node.kubernetes.io/instance-type": name,
        "topology.kubernetes.io/region": platform.region,
        "eks.amazonaws.com/nodegroup": group.name,
        "eks.amazonaws.com/capacityType": group.capacity_type,
        **group.labels,
    }


def family(name: str) -> Iterator[InstanceType]:
    """All virtual sizes of a type's family, the smallest first: m6i.large, m6i.xlarge and so on, without m6i.metal."""
    prefix = name.partition(".")[0] + "."
    found = [one for key, one in instance_types().items() if key.startswith(prefix) and one.hypervisor != "bare-metal"]
    yield from sorted(found, key=lambda one: (one.vcpus, one.memory_mib, one.name))


def sizes(platform: Platform, cluster: Cluster, group: NodeGroup) -> list[NodeKind]:
    """The group with each other type of the family of its first type, the smallest first."""
    return [
        node_kind(platform, cluster, group.with_changes(instance_types=(one.name,)))
        for one in family(group.instance_types[0])
        if one.name != group.instance_types[0]
    ]
