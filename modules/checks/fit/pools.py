"""Nodes that Karpenter and EKS Auto Mode add for pending pods: for each batch, the smallest type that holds all of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from modules.aws_data.instance_types import InstanceType, instance_types
from modules.aws_data.node_capacity import allocatable, block_volumes
from modules.aws_data.pods import address_pods, max_pods_cap
from modules.checks.fit.devices import EFA, GPU, GPU_PRESENT, NEURON, NEURON_CORE
from modules.checks.fit.nodes import ARCHITECTURES, NodeKind, network_zones
from modules.checks.fit.scheduling import Taint
from modules.cluster.user_data.node_group import TAINT_EFFECTS
from modules.kubeflow.chosen import auto_mode_pools
from modules.settings import Cluster, NodePool, Platform

CATEGORY = re.compile(r"([a-z]+)(?:-[0-9]+tb)?([0-9]+)[a-z0-9-]*\.")
"""Category and generation of a type.

Source: https://github.com/aws/karpenter-provider-aws/blob/main/pkg/providers/instancetype/types.go (instanceTypeScheme)
"""
SYSTEM_TAINT = Taint("CriticalAddonsOnly", "", "NoSchedule")
REGION_LABEL = "topology.kubernetes.io/region"
MOST_PODS = 110
"""Pods of a node of EKS Auto Mode at most."""


@dataclass(frozen=True)
class PoolType:
    """One instance type of a pool."""

    kind: NodeKind
    vcpus: int
    memory_mib: int
    """Of the instance, which limits of a pool count."""


@dataclass(frozen=True)
class Pool:
    """A node pool of Karpenter or EKS Auto Mode."""

    name: str
    types: tuple[PoolType, ...] = field(repr=False)
    """The smallest first; bare metal and Xen are left out."""
    zones: tuple[str, ...] = ()
    cpu_limit: int | None = None
    """vCPUs of all its nodes together; None: no limit."""
    memory_limit_mib: int | None = None


def pools(platform: Platform, cluster: Cluster, plugins: frozenset[str]) -> tuple[Pool, ...]:
    """All pools of a platform, by name; those that users create themselves are not in the settings.

    Args:
        platform: platform.
        cluster: its cluster.
        plugins: components that report devices.
    """
    builtin = cluster.auto_mode.node_pools if cluster.auto_mode is not None else ()
    zones = network_zones(platform)
    found = [_auto_pool(name, platform.region, zones) for name in builtin]
    if platform.kubeflow is not None:
        reporting = None if auto_mode_pools(platform.kubeflow) else plugins
        found += [_karpenter_pool(one, platform.region, zones, reporting) for one in platform.kubeflow.node_pools]
    return tuple(sorted(found, key=lambda one: one.name))


def _karpenter_pool(pool: NodePool, region: str, zones: tuple[str, ...], plugins: frozenset[str] | None) -> Pool:
    """As modules/kubeflow/objects/karpenter-node-pools.yaml.j2 describes it; without plugins, of EKS Auto Mode.

    Source: https://karpenter.sh/docs/concepts/nodepools/
    """
    labels = {REGION_LABEL: region, "karpenter.sh/nodepool": pool.name, **pool.labels}
    if len(pool.capacity_types) == 1:
        labels["karpenter.sh/capacity-type"] = pool.capacity_types[0]
    if plugins is None:
        labels["eks.amazonaws.com/compute-type"] = "auto"
    taints = tuple(Taint(one.key, one.value, TAINT_EFFECTS[one.effect]) for one in pool.taints)
    found = [
        (
            generation,
            _type(pool.name, one, labels, taints, disks=2 if pool.ami_family == "Bottlerocket" else 1, plugins=plugins),
        )
        for one, _, generation in _virtual()
        if pool.accepts(one.name) and ARCHITECTURES[one.architecture] in pool.architectures
    ]
    types = _ordered(found)
    if pool.replicas is not None:
        # which types Karpenter takes for a fixed number of nodes is not known: the smallest
        smallest = types[0] if types else None
        cpus, memory = (smallest.vcpus, smallest.memory_mib) if smallest else (0, 0)
        return Pool(pool.name, types[:1], pool.zones or zones, pool.replicas * cpus, pool.replicas * memory)
    return Pool(pool.name, types, pool.zones or zones, pool.cpu_limit, pool.memory_limit_gib * 1024)


@cache
def _auto_pool(name: str, region: str, zones: tuple[str, ...]) -> Pool:
    """A built-in pool: on-demand c, m and r of generation 5 and newer, with more than one vCPU.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html and
    https://docs.aws.amazon.com/eks/latest/userguide/automode-learn-instances.html
    """
    labels = {
        REGION_LABEL: region,
        "karpenter.sh/nodepool": name,
        "karpenter.sh/capacity-type": "on-demand",
        "eks.amazonaws.com/compute-type": "auto",
    }
    architectures = ("amd64", "arm64") if name == "system" else ("amd64",)
    taints = (SYSTEM_TAINT,) if name == "system" else ()
    found = [
        (generation, _type(name, one, labels, taints, disks=2))
        for one, category, generation in _virtual()
        if category in ("c", "m", "r") and generation >= 5 and one.vcpus > 1
        if ARCHITECTURES[one.architecture] in architectures
    ]
    return Pool(name, _ordered(found), zones)


def _virtual() -> Iterator[tuple[InstanceType, str, int]]:
    """Types with category and generation, without bare metal and without Xen, whose types cost more than newer ones."""
    for one in instance_types().values():
        if one.hypervisor == "nitro" and (match := CATEGORY.match(one.name)):
            yield one, match[1], int(match[2])


def _type(
    pool: str,
    one: InstanceType,
    labels: Mapping[str, str],
    taints: tuple[Taint, ...],
    *,
    disks: int,
    plugins: frozenset[str] | None = None,
) -> PoolType:
    """One type of a pool; without plugins, of EKS Auto Mode, whose nodes include all.

    Karpenter sets no pods per node: AL2023 and Bottlerocket then take those that have an address without prefixes.
    """
    auto = plugins is None
    pods = address_pods(one)
    if auto:
        pods = min(MOST_PODS, max_pods_cap(one.vcpus), address_pods(one, prefix_delegation=True))
    room = allocatable(one, pods, by_addresses=not auto)
    kind = NodeKind(
        group=pool,
        instance_type=one.name,
        cpu_millicores=room.cpu_millicores,
        memory_mib=room.memory_mib,
        pods=pods,
        volumes=block_volumes(one, disks=disks, interfaces=one.max_enis),
        devices=_devices(one, plugins),
        labels={
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": ARCHITECTURES[one.architecture],
            "node.kubernetes.io/instance-type": one.name,
            **({GPU_PRESENT: "true"} if one.accelerator == "nvidia" else {}),
            **(_auto_labels(one) if auto else {}),
            **labels,
        },
        taints=taints,
    )
    return PoolType(kind, one.vcpus, one.memory_mib)


def _auto_labels(one: InstanceType) -> dict[str, str]:
    """Labels that EKS Auto Mode gives to a node of a type, without those that the table of types does not have.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html
    """
    family, _, size = one.name.partition(".")
    match = CATEGORY.match(one.name)
    category, generation = match.groups() if match else ("", "")
    found = {"category": category, "generation": generation, "family": family, "size": size, "cpu": str(one.vcpus)}
    if one.gpus:
        found |= {"gpu-count": str(one.gpus), "gpu-manufacturer": one.gpu_manufacturer}
    return {f"eks.amazonaws.com/instance-{key}": value for key, value in found.items()}


def _devices(one: InstanceType, plugins: frozenset[str] | None) -> dict[str, int]:
    found: dict[str, int] = {}
    if one.accelerator == "nvidia" and (plugins is None or plugins & {"nvidia-device-plugin", "gpu-operator"}):
        found[GPU] = one.gpus
    if one.neuron_devices and (plugins is None or "neuron" in plugins):
        found |= {NEURON: one.neuron_devices, NEURON_CORE: one.neuron_cores}
    if one.efa and plugins is not None and "aws-efa-k8s-device-plugin" in plugins:
        found[EFA] = one.max_efa_interfaces
    return found


def _ordered(found: Sequence[tuple[int, PoolType]]) -> tuple[PoolType, ...]:
    """The newest type of each size: EC2 has about ten types for each, and prices are not known here."""
    newest: dict[tuple[object, ...], PoolType] = {}
    # of one generation, the plain type: m8i before m8idn, which has disks and a faster network
    for _, one in sorted(
        found, key=lambda pair: (pair[0], -len(pair[1].kind.instance_type), pair[1].kind.instance_type)
    ):
        architecture = one.kind.labels["kubernetes.io/arch"]
        newest[one.vcpus, one.memory_mib, architecture, *sorted(one.kind.devices.items())] = one
    return tuple(sorted(newest.values(), key=lambda one: (one.vcpus, one.memory_mib, one.kind.instance_type)))
