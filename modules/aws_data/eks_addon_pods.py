"""Pods of the EKS add-ons with their default configuration, and what each requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Toleration = Mapping[str, str]
EVERYTHING: tuple[Toleration, ...] = ({"operator": "Exists"},)
CRITICAL: Toleration = {"key": "CriticalAddonsOnly", "operator": "Exists"}
NO_EXECUTE: Toleration = {"operator": "Exists", "effect": "NoExecute"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddonPods:
    """One workload of an add-on."""

    addon: str
    name: str
    """Name of the Deployment or DaemonSet, in `kube-system`."""
    replicas: int | None
    """None: a DaemonSet."""
    cpu_millicores: int = 0
    memory_mib: int = 0
    """Requests of one pod, all its containers together."""
    tolerations: tuple[Toleration, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Labels of the pods by which Fargate profiles select them."""


_PODS = (
    # https://github.com/aws/amazon-vpc-cni-k8s/blob/master/config/master/aws-k8s-cni.yaml: CNI and network policy agent, 25m each
    AddonPods(addon="vpc-cni", name="aws-node", replicas=None, cpu_millicores=50, tolerations=EVERYTHING),
    # https://docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html
    AddonPods(addon="kube-proxy", name="kube-proxy", replicas=None, cpu_millicores=100, tolerations=EVERYTHING),
    # https://github.com/eksctl-io/eksctl/blob/main/pkg/addons/default/assets/coredns-1.35.json, as EKS installs it
    AddonPods(
        addon="coredns",
        name="coredns",
        replicas=2,
        cpu_millicores=100,
        memory_mib=70,
        tolerations=(CRITICAL, {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}),
        labels={"k8s-app": "kube-dns", "eks.amazonaws.com/component": "coredns"},
    ),
    # https://github.com/aws/eks-pod-identity-agent/blob/main/charts/eks-pod-identity-agent/values.yaml: no requests
    AddonPods(addon="eks-pod-identity-agent", name="eks-pod-identity-agent", replicas=None, tolerations=EVERYTHING),
    # https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/charts/aws-ebs-csi-driver/values.yaml: each container
    # 10m and 40Mi; six in the controller (driver, provisioner, attacher, snapshotter, resizer, probe), three on a node
    AddonPods(
        addon="aws-ebs-csi-driver",
        name="ebs-csi-controller",
        labels={"app": "ebs-csi-controller"},
        replicas=2,
        cpu_millicores=60,
        memory_mib=240,
        tolerations=(CRITICAL, NO_EXECUTE),
    ),
    AddonPods(
        addon="aws-ebs-csi-driver",
        name="ebs-csi-node",
        replicas=None,
        cpu_millicores=30,
        memory_mib=120,
        tolerations=EVERYTHING,
    ),
    # https://github.com/kubernetes-sigs/aws-efs-csi-driver/blob/master/charts/aws-efs-csi-driver/values.yaml: no requests
    AddonPods(
        addon="aws-efs-csi-driver",
        name="efs-csi-controller",
        replicas=2,
        tolerations=(CRITICAL,),
        labels={"app": "efs-csi-controller"},
    ),
    AddonPods(addon="aws-efs-csi-driver", name="efs-csi-node", replicas=None, tolerations=EVERYTHING),
    # https://github.com/kubernetes-sigs/aws-fsx-csi-driver/blob/master/charts/aws-fsx-csi-driver/values.yaml: the driver 10m and
    # 40Mi, each sidecar 10m and 32Mi; three in the controller (provisioner, resizer, probe), two on a node
    AddonPods(
        addon="aws-fsx-csi-driver",
        name="fsx-csi-controller",
        labels={"app": "fsx-csi-controller"},
        replicas=2,
        cpu_millicores=40,
        memory_mib=136,
        tolerations=(CRITICAL, NO_EXECUTE),
    ),
    AddonPods(
        addon="aws-fsx-csi-driver",
        name="fsx-csi-node",
        replicas=None,
        cpu_millicores=30,
        memory_mib=104,
        tolerations=EVERYTHING,
    ),
    # https://github.com/kubernetes-sigs/metrics-server/blob/master/charts/metrics-server/values.yaml; EKS runs two replicas
    AddonPods(
        addon="metrics-server",
        name="metrics-server",
        replicas=2,
        cpu_millicores=100,
        memory_mib=200,
        labels={"app.kubernetes.io/name": "metrics-server"},
    ),
    # https://github.com/aws/eks-node-monitoring-agent/blob/main/charts/eks-node-monitoring-agent/values.yaml
    AddonPods(
        addon="eks-node-monitoring-agent",
        name="eks-node-monitoring-agent",
        replicas=None,
        cpu_millicores=10,
        memory_mib=30,
        tolerations=EVERYTHING,
    ),
)
ADDON_PODS: Mapping[str, tuple[AddonPods, ...]] = MappingProxyType(
    {name: tuple(one for one in _PODS if one.addon == name) for name in dict.fromkeys(one.addon for one in _PODS)}
)
"""Add-on to its workloads."""
