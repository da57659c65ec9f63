"""Nodes that a platform will have: those of its managed node groups, and larger or smaller types of the same family."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from modules.aws_data.instance_types import InstanceType, instance_type, instance_types, known
from modules.aws_data.node_capacity import allocatable, block_volumes, interfaces
from modules.checks.fit.devices import GPU, GPU_PRESENT, devices
from modules.checks.fit.scheduling import ZONE_LABEL, Taint
from modules.cluster.capacity import pods_per_node
from modules.cluster.user_data.node_group import TAINT_EFFECTS
from modules.kubeflow.pod_requests import pod_request, quantity
from modules.settings import Cluster, Network, NodeGroup, Platform

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
    volumes: int
    """EBS volumes for pods."""
    devices: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Extended resources, such as `nvidia.com/gpu`."""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False, repr=False)
    taints: tuple[Taint, ...] = ()

    def holds(self, other: "NodeKind") -> bool:
        """Whether it has at least the room of another kind."""
        return (
            self.cpu_millicores >= other.cpu_millicores
            and self.memory_mib >= other.memory_mib
            and self.pods >= other.pods
            and self.volumes >= other.volumes
            and all(self.devices.get(name, 0) >= count for name, count in other.devices.items())
        )

    def sized(self, other: "NodeKind") -> "NodeKind":
        """This kind with the room of another one."""
        return replace(
            self,
            cpu_millicores=other.cpu_millicores,
            memory_mib=other.memory_mib,
            pods=other.pods,
            volumes=other.volumes,
            devices=other.devices,
        )

    def as_autoscaler_sees(self) -> "NodeKind":
        """What cluster-autoscaler knows of a group without nodes: no devices but NVIDIA GPUs.

        Source: https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/aws_manager.go
        (buildNodeFromTemplate); tags of the group (`autoscaler_tags`) name the others.
        """
        return replace(self, devices={name: count for name, count in self.devices.items() if name == GPU})

    @property
    def zone(self) -> str | None:
        """Its zone; None: not known."""
        return self.labels.get(ZONE_LABEL)

    def in_zone(self, zone: str) -> "NodeKind":
        """This kind in a zone; the same object for the same zone."""
        if zone not in self._zoned:
            self._zoned[zone] = replace(self, labels={**self.labels, ZONE_LABEL: zone})
        return self._zoned[zone]

    @cached_property
    def _zoned(self) -> dict[str, "NodeKind"]:
        return {}


def unknown_types(group: NodeGroup) -> list[str]:
    """Types of a group that the table does not have."""
    return [name for name in group.instance_types if not known(name)]


def zones_of(platform: Platform, group: NodeGroup) -> tuple[str, ...]:
    """Zones of a group; none for an existing network, whose zones are not in the settings, unless the group names them."""
    return group.zones or network_zones(platform)


def network_zones(platform: Platform) -> tuple[str, ...]:
    """Zones of a new network; none for an existing one."""
    return platform.zone_names() if isinstance(platform.network, Network) else ()


def node_kind(
    platform: Platform, cluster: Cluster, group: NodeGroup, plugins: frozenset[str] = frozenset()
) -> NodeKind:
    """The nodes of a group.

    Args:
        platform: platform.
        cluster: its cluster.
        group: one of its groups.
        plugins: components that report devices.

    Raises:
        ValueError: a type is not in the table.
    """
    pods = pods_per_node(cluster, group, custom_networking=platform.custom_networking)
    types = [instance_type(name) for name in group.instance_types]
    rooms = [allocatable(one, pods, by_addresses=group.ami_family == "AL2023") for one in types]
    prefixes = cluster.addons.vpc_cni is not None and cluster.addons.vpc_cni.prefix_delegation
    found = [devices(platform, group, one, plugins) for one in types]
    name = group.instance_types[0]
    return NodeKind(
        group=group.name,
        instance_type=name,
        cpu_millicores=min(room.cpu_millicores for room in rooms),
        memory_mib=min(room.memory_mib for room in rooms),
        pods=pods,
        volumes=min(
            block_volumes(
                one,
                disks=2 if group.ami_family == "BOTTLEROCKET" else 1,
                interfaces=interfaces(one, pods, prefix_delegation=prefixes),
            )
            for one in types
        ),
        devices={key: min(one.get(key, 0) for one in found) for key in found[0]},
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
        **({GPU_PRESENT: "true"} if group.accelerator == "nvidia" else {}),
        **group.labels,
    }


def family(name: str) -> Iterator[InstanceType]:
    """All virtual sizes of a type's family, the smallest first: m6i.large, m6i.xlarge and so on, without m6i.metal."""
    prefix = name.partition(".")[0] + "."
    found = [one for key, one in instance_types().items() if key.startswith(prefix) and one.hypervisor != "bare-metal"]
    yield from sorted(found, key=lambda one: (one.vcpus, one.memory_mib, one.name))


def sizes(
    platform: Platform, cluster: Cluster, group: NodeGroup, plugins: frozenset[str] = frozenset()
) -> list[NodeKind]:
    """The group with each other type of the family of its first type, the smallest first."""
    return [
        node_kind(platform, cluster, group.with_changes(instance_types=(one.name,)), plugins)
        for one in family(group.instance_types[0])
        if one.name != group.instance_types[0]
    ]


VOLUMES_OF_ANY_NODE = 25
"""EBS volumes that each Nitro instance takes in addition to its interfaces and disks."""


def live_nodes(nodes: Sequence[Mapping[str, Any]], pods: Sequence[Mapping[str, Any]]) -> list[NodeKind]:
    """What is free on each Ready node that takes pods, the largest first.

    Args:
        nodes: objects of kind Node.
        pods: all pods of the cluster.

    Source: https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/#node-allocatable
    """
    found = []
    for node in nodes:
        spec, name = node["spec"], node["metadata"]["name"]
        if spec.get("unschedulable") or not _is_ready(node):
            continue
        own = [one["spec"] for one in pods if one["spec"].get("nodeName") == name and not _is_over(one)]
        allocatable = {key: quantity(value) for key, value in node["status"]["allocatable"].items()}
        free = {key: value - sum(pod_request(one, key) for one in own) for key, value in allocatable.items()}
        labels = node["metadata"].get("labels") or {}
        found.append(
            NodeKind(
                group=name,
                instance_type=labels.get("node.kubernetes.io/instance-type", "unknown"),
                cpu_millicores=int(free["cpu"] * 1000),
                memory_mib=int(free["memory"] / 2**20),
                pods=int(allocatable["pods"]) - len(own),
                volumes=VOLUMES_OF_ANY_NODE,
                devices={key: int(value) for key, value in free.items() if "/" in key},
                labels=labels,
                taints=tuple(
                    Taint(one["key"], one.get("value", ""), one["effect"]) for one in spec.get("taints") or ()
                ),
            )
        )
    return sorted(found, key=lambda one: (-one.cpu_millicores, one.group))


def _is_ready(node: Mapping[str, Any]) -> bool:
    conditions = node["status"].get("conditions") or ()
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _is_over(pod: Mapping[str, Any]) -> bool:
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
