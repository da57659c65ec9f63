"""Pod limit of a node with the Amazon VPC CNI."""

from __future__ import annotations

from modules.aws_data.instance_types import InstanceType, instance_type

ADDRESSES_PER_PREFIX = 16
"""Addresses of a /28 prefix, which replaces one secondary address with prefix delegation.

Source: https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html
"""
HOST_NETWORK_PODS = 2
"""aws-node and kube-proxy, which use the node's own address and so need none."""
LARGE_NODE_VCPUS = 30
MAX_PODS_SMALL_NODE = 110
MAX_PODS_LARGE_NODE = 250


def max_pods_cap(vcpus: int) -> int:
    """The most pods that EKS lets a node of a managed node group run, with prefix delegation or without.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses-procedure.html ("Managed node
    groups enforces a maximum number on the value of maxPods"), for groups without an AMI id of one's own.
    """
    return MAX_PODS_SMALL_NODE if vcpus < LARGE_NODE_VCPUS else MAX_PODS_LARGE_NODE


def address_pods(kind: InstanceType, *, prefix_delegation: bool = False, custom_networking: bool = False) -> int:
    """Pods for which a node has addresses, before EKS's cap: AWS's published `eni-max-pods` when both are False.

    Prefixes need a Nitro type, bare metal included; another one falls back to single addresses, as the CNI does.
    Custom networking (pods in subnets of their own) leaves the first interface to the node.

    Source: https://github.com/aws/amazon-vpc-cni-k8s/blob/master/misc/eni-max-pods.txt
    """
    enis = kind.max_enis - 1 if custom_networking else kind.max_enis
    per_slot = ADDRESSES_PER_PREFIX if prefix_delegation and kind.hypervisor != "xen" else 1
    return enis * (kind.ipv4_per_eni - 1) * per_slot + HOST_NETWORK_PODS


def max_pods(instance_type_name: str, *, prefix_delegation: bool, custom_networking: bool = False) -> int:
    """Pods that one node of a managed node group holds, those of DaemonSets included: addresses, then EKS's cap.

    m5.4xlarge has addresses for 234 pods and runs 110; AWS's published list names the 234 (`address_pods`).

    Raises:
        ValueError: the type is not in the table (see `modules.aws_data.instance_types.known`).
    """
    kind = instance_type(instance_type_name)
    pods = address_pods(kind, prefix_delegation=prefix_delegation, custom_networking=custom_networking)
    return min(pods, max_pods_cap(kind.vcpus))
