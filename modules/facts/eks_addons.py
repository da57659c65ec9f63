"""The EKS add-ons that the platform can install: identity, rights, order, and the pods that each takes.

Source: https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class EksAddon:
    """One EKS add-on as AWS ships it, with its default configuration."""

    name: str
    namespace: str
    service_account: str | None
    """The account that calls AWS; None when none does, and then `managed_policy` is None too."""
    managed_policy: str | None
    """Path and name of the AWS managed policy: `arn:<partition>:iam::aws:policy/` + this."""
    before_nodes: bool
    """Whether nodes become Ready only with it, so that it comes before the node groups."""
    default: bool
    """Whether a platform gets it unless told otherwise."""
    fargate: bool
    """Whether its controller runs on Fargate. DaemonSet pods never do, and Fargate needs none of them."""
    daemonset_pods: int
    """Pods on every Linux node."""
    host_network: bool
    """Whether the DaemonSet pods use the node's address and so take a pod's place but no address."""
    deployment_pods: int
    """Pods in the whole cluster besides those."""
    auto_mode: bool
    """Whether EKS Auto Mode nodes still need it; Auto Mode has its own of the others."""


_ADDONS = (
    # https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html
    EksAddon("vpc-cni", "kube-system", "aws-node", "AmazonEKS_CNI_Policy", True, True, False, 1, True, 0, False),
    # https://docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html
    EksAddon("kube-proxy", "kube-system", None, None, True, True, False, 1, True, 0, False),
    # https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html
    EksAddon("coredns", "kube-system", None, None, False, True, True, 0, False, 2, False),
    # https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
    EksAddon("eks-pod-identity-agent", "kube-system", None, None, True, True, False, 1, True, 0, False),
    # https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html
    EksAddon(
        "aws-ebs-csi-driver",
        "kube-system",
        "ebs-csi-controller-sa",
        "AmazonEBSCSIDriverPolicyV2",
        before_nodes=False,
        default=True,
        fargate=True,
        daemonset_pods=1,
        host_network=False,
        deployment_pods=2,
        auto_mode=False,
    ),
    # https://docs.aws.amazon.com/eks/latest/userguide/efs-csi.html
    EksAddon(
        "aws-efs-csi-driver",
        "kube-system",
        "efs-csi-controller-sa",
        "service-role/AmazonEFSCSIDriverPolicy",
        before_nodes=False,
        default=True,
        fargate=True,
        daemonset_pods=1,
        host_network=True,
        deployment_pods=2,
        auto_mode=True,
    ),
    # https://docs.aws.amazon.com/eks/latest/userguide/fsx-csi.html
    EksAddon(
        "aws-fsx-csi-driver",
        "kube-system",
        "fsx-csi-controller-sa",
        "AmazonFSxFullAccess",
        before_nodes=False,
        default=False,
        fargate=False,
        daemonset_pods=1,
        host_network=False,
        deployment_pods=2,
        auto_mode=True,
    ),
    # https://docs.aws.amazon.com/eks/latest/userguide/metrics-server.html
    EksAddon("metrics-server", "kube-system", None, None, False, True, True, 0, False, 2, True),
)
ADDONS: Mapping[str, EksAddon] = MappingProxyType({addon.name: addon for addon in _ADDONS})


def eks_addon(name: str) -> EksAddon:
    """The facts of one add-on by its EKS name.

    Raises:
        ValueError: the platform does not know it.
    """
    if name not in ADDONS:
        raise ValueError(f"EKS add-on {name!r}: not known here; choose from {', '.join(ADDONS)}")
    return ADDONS[name]
