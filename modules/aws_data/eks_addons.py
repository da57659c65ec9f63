"""EKS add-ons supported by the platform: service account, policy, order, and pod count.

Source: https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class EksAddon:
    """One EKS add-on with its default configuration."""

    name: str
    namespace: str = "kube-system"
    service_account: str | None = None
    """Service account that calls AWS, if any; otherwise there are no `managed_policies`."""
    managed_policies: tuple[str, ...] = ()
    """Path and name of each AWS managed policy: `arn:<partition>:iam::aws:policy/` + this."""
    needs_role: bool = False
    """Whether it does nothing without permissions that only its user knows, such as those on buckets."""
    same_as: str | None = None
    """Entry of the catalogue with the same program."""
    before_nodes: bool = False
    """Whether it is installed before the node groups, since nodes are not Ready, or pods have no role, without it."""
    default: bool
    """Whether it is enabled by default."""
    fargate: bool
    """Whether its pods can run on Fargate. DaemonSet pods cannot, and Fargate pods do not need them."""
    deployment_pods: int = 0
    """Pods in the whole cluster in addition to those of its DaemonSets."""
    in_auto_mode: bool
    """Whether EKS Auto Mode includes it, so that a cluster with only Auto Mode nodes does not need the add-on.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
    """


_ADDONS = (
    # https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html (IPv4 clusters)
    EksAddon(
        name="vpc-cni",
        service_account="aws-node",
        managed_policies=("AmazonEKS_CNI_Policy",),
        before_nodes=True,
        default=True,
        fargate=False,
        in_auto_mode=True,
    ),
    # https://docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html
    EksAddon(
        name="kube-proxy",
        before_nodes=True,
        default=True,
        fargate=False,
        in_auto_mode=True,
    ),
    # Two replicas, which are Pending until a node exists:
    # https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html
    EksAddon(name="coredns", default=True, fargate=True, deployment_pods=2, in_auto_mode=True),
    # Its permissions (eks-auth:AssumeRoleForPodIdentity) are in the node role's AmazonEKSWorkerNodePolicy:
    # https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
    EksAddon(
        name="eks-pod-identity-agent",
        before_nodes=True,
        default=True,
        fargate=False,
        in_auto_mode=True,
    ),
    # V2 (April 2026) requires the driver's tag ebs.csi.aws.com/cluster=true on volumes; volumes created otherwise must be
    # tagged. Neither version allows the driver to use a customer-managed KMS key, which takes three more actions.
    # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEBSCSIDriverPolicyV2.html
    # https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/install.md
    EksAddon(
        name="aws-ebs-csi-driver",
        service_account="ebs-csi-controller-sa",
        managed_policies=("AmazonEBSCSIDriverPolicyV2",),
        default=True,
        fargate=True,  # the controller; https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html
        deployment_pods=2,
        in_auto_mode=True,
    ),
    # The controller is privileged, which Fargate rejects; Fargate pods mount EFS without a driver (static volumes).
    # https://docs.aws.amazon.com/eks/latest/userguide/efs-csi.html
    # https://github.com/kubernetes-sigs/aws-efs-csi-driver/blob/master/charts/aws-efs-csi-driver/values.yaml
    EksAddon(
        name="aws-efs-csi-driver",
        service_account="efs-csi-controller-sa",
        managed_policies=("service-role/AmazonEFSCSIDriverPolicy",),
        default=False,
        fargate=False,
        deployment_pods=2,
        in_auto_mode=False,
    ),
    # https://docs.aws.amazon.com/eks/latest/userguide/fsx-csi.html
    # https://github.com/kubernetes-sigs/aws-fsx-csi-driver/blob/master/charts/aws-fsx-csi-driver/values.yaml
    EksAddon(
        name="aws-fsx-csi-driver",
        service_account="fsx-csi-controller-sa",
        managed_policies=("AmazonFSxFullAccess",),
        default=False,
        fargate=False,
        deployment_pods=2,
        in_auto_mode=False,
    ),
    # A community add-on, available only in the aws partition:
    # https://docs.aws.amazon.com/eks/latest/userguide/community-addons.html
    # https://github.com/eksctl-io/eksctl/blob/main/pkg/apis/eksctl.io/v1alpha5/known_addons.go
    EksAddon(
        name="metrics-server",
        default=True,
        fargate=True,
        deployment_pods=2,
        in_auto_mode=False,
    ),
)
ADDONS: Mapping[str, EksAddon] = MappingProxyType({addon.name: addon for addon in _ADDONS})

_OTHER_ADDONS = (
    # https://docs.aws.amazon.com/eks/latest/userguide/node-health-nma.html
    EksAddon(name="eks-node-monitoring-agent", default=False, fargate=False, in_auto_mode=True),
    # https://docs.aws.amazon.com/eks/latest/userguide/csi-snapshot-controller.html
    EksAddon(name="snapshot-controller", default=False, fargate=True, deployment_pods=2, in_auto_mode=False),
    # https://docs.aws.amazon.com/eks/latest/userguide/s3-csi.html
    EksAddon(
        name="aws-mountpoint-s3-csi-driver",
        service_account="s3-csi-driver-sa",
        default=False,
        fargate=False,
        in_auto_mode=False,
    ),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/install-CloudWatch-Observability-EKS-addon.html
    EksAddon(
        name="amazon-cloudwatch-observability",
        namespace="amazon-cloudwatch",
        service_account="cloudwatch-agent",
        managed_policies=("CloudWatchAgentServerPolicy", "AWSXrayWriteOnlyAccess"),
        default=False,
        fargate=False,
        in_auto_mode=False,
    ),
    # https://docs.aws.amazon.com/guardduty/latest/ug/how-runtime-monitoring-works-eks.html
    EksAddon(
        name="aws-guardduty-agent", namespace="amazon-guardduty", default=False, fargate=False, in_auto_mode=False
    ),
    # The community add-ons: https://docs.aws.amazon.com/eks/latest/userguide/community-addons.html
    EksAddon(
        name="cert-manager",
        namespace="cert-manager",
        same_as="cert-manager",
        default=False,
        fargate=True,
        in_auto_mode=False,
    ),
    EksAddon(
        name="external-dns",
        namespace="external-dns",
        service_account="external-dns",
        needs_role=True,
        same_as="external-dns",
        default=False,
        fargate=True,
        in_auto_mode=False,
    ),
    EksAddon(
        name="fluent-bit",
        namespace="fluent-bit",
        service_account="fluent-bit",
        same_as="aws-for-fluent-bit",
        default=False,
        fargate=False,
        in_auto_mode=False,
    ),
    EksAddon(
        name="kube-state-metrics",
        namespace="kube-state-metrics",
        same_as="kube-prometheus-stack",
        default=False,
        fargate=True,
        in_auto_mode=False,
    ),
    EksAddon(
        name="prometheus-node-exporter",
        namespace="prometheus-node-exporter",
        same_as="kube-prometheus-stack",
        default=False,
        fargate=False,
        in_auto_mode=False,
    ),
)
OTHER_ADDONS: Mapping[str, EksAddon] = MappingProxyType({addon.name: addon for addon in _OTHER_ADDONS})
"""Add-ons that settings name freely, as far as they are known here.

Source: https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html
"""
