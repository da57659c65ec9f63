"""What a node of a managed node group offers to pods: its capacity without what kubelet, system and hypervisor keep."""

from __future__ import annotations

from dataclasses import dataclass

from modules.aws_data.instance_types import InstanceType
from modules.aws_data.pods import ADDRESSES_PER_PREFIX, HOST_NETWORK_PODS, address_pods

CPU_RESERVED = ((0, 1000, 6.0), (1000, 2000, 1.0), (2000, 4000, 0.5), (4000, None, 0.25))
"""Ranges of millicores, and the share in percent that is reserved of each.

Source: https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go (getCPUMillicoresToReserve)
"""
MEMORY_RESERVED_MIB, MEMORY_RESERVED_PER_POD_MIB = 255, 11
"""Source: the same file (getMemoryMebibytesToReserve)."""
EVICTION_MIB = 100
"""`memory.available` of evictionHard, which kubelet takes off the allocatable memory, too.

Source: the same file (defaultKubeletSubConfig), and
https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/#node-allocatable
"""
HYPERVISOR_SHARE = 0.075
"""Assumed share of an instance's memory that its operating system does not see: Karpenter's default for types that it has not run.

Source: https://karpenter.sh/docs/reference/settings/ (VM_MEMORY_OVERHEAD_PERCENT)
"""
GRAVITON_RESERVED_MIB = 64
"""Memory that the kernel of arm64 nodes keeps in addition.

Source: https://github.com/aws/karpenter-provider-aws/blob/main/pkg/providers/instancetype/types.go (memory)
"""

RESERVES = frozenset({"kubeReserved", "systemReserved", "evictionHard", "enforceNodeAllocatable", "podsPerCore"})
"""Fields of KubeletConfiguration that change what a node offers."""


@dataclass(frozen=True, slots=True, order=True)
class Allocatable:
    """What pods can request of one node."""

    cpu_millicores: int
    memory_mib: int


def reserved_cpu_millicores(vcpus: int) -> int:
    """CPU that kubelet and system keep."""
    total, found = vcpus * 1000, 0
    for start, end, percent in CPU_RESERVED:
        found += int(max(0, min(total, total if end is None else end) - start) * percent / 100)
    return found


def reserved_memory_mib(pods: int) -> int:
    """Memory that kubelet and system keep.

    Args:
        pods: the number of pods that the reserve is computed with.
    """
    return MEMORY_RESERVED_MIB + MEMORY_RESERVED_PER_POD_MIB * pods


def allocatable(kind: InstanceType, max_pods: int, *, by_addresses: bool) -> Allocatable:
    """CPU and memory for pods.

    Args:
        kind: instance type.
        max_pods: pods per node as configured.
        by_addresses: whether the reserve is computed with the pods that have an address without prefixes, whatever is
            configured. nodeadm (AL2023) does so; Bottlerocket reserves for `max-pods`.

    Source: https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go (withDefaultReservedResources),
    https://github.com/bottlerocket-os/bottlerocket-core-kit/blob/develop/sources/api/schnauzer/src/helpers/mod.rs
    (kube_reserve_memory)
    """
    pods = address_pods(kind) if by_addresses else max(address_pods(kind), max_pods)
    graviton = GRAVITON_RESERVED_MIB if kind.architecture == "arm64" else 0
    seen = int((kind.memory_mib - graviton) * (1 - HYPERVISOR_SHARE))
    return Allocatable(
        cpu_millicores=kind.vcpus * 1000 - reserved_cpu_millicores(kind.vcpus),
        memory_mib=max(0, seen - reserved_memory_mib(pods) - EVICTION_MIB),
    )


def block_volumes(kind: InstanceType, *, disks: int, interfaces: int) -> int:
    """EBS volumes for pods of one node: all attachments without those of its own disks and, if shared, of its interfaces.

    Args:
        kind: instance type.
        disks: EBS volumes of the node itself: AL2 and AL2023 have one, Bottlerocket two.
        interfaces: network interfaces; the first one is not counted in `ebs_attachments`.

    Source: https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/pkg/driver/node.go (getVolumesLimit); the driver
    never reports less than 1.
    """
    shared = interfaces - 1 if kind.ebs_limit == "shared" else 0
    return max(1, kind.ebs_attachments - disks - shared)


def interfaces(kind: InstanceType, pods: int, *, prefix_delegation: bool) -> int:
    """Network interfaces that a node has when it runs some pods, a warm one included where single addresses are assigned.

    Source: https://github.com/aws/amazon-vpc-cni-k8s/blob/master/docs/eni-and-ip-target.md
    """
    prefixes = prefix_delegation and kind.hypervisor != "xen"
    each = (kind.ipv4_per_eni - 1) * (ADDRESSES_PER_PREFIX if prefixes else 1)
    wanted = -(-max(0, pods - HOST_NETWORK_PODS) // each) + (0 if prefixes else 1)
    return min(kind.max_enis, max(1, wanted))
