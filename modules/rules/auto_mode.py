"""Rules about components that EKS Auto Mode replaces, or that it does not work with."""

from collections.abc import Iterator

from modules.rules.rule import Problem, rule, warning
from modules.settings.kubeflow import Kubeflow


@rule(Kubeflow)
def autoscaler_without_groups(kubeflow: Kubeflow) -> Iterator[Problem]:
    """The autoscaler changes the size of node groups, and there are none."""
    if "nodes" in kubeflow.auto_mode and "cluster-autoscaler" in kubeflow.enable:
        yield (
            "enable",
            "cluster-autoscaler scales node groups, and the cluster has none: EKS Auto Mode adds its nodes",
            "remove it, or add a node group",
        )


@warning(Kubeflow)
def karpenter_of_auto_mode(kubeflow: Kubeflow) -> Iterator[Problem]:
    """Helm does not take over the CRDs of NodePools that EKS Auto Mode installed.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/auto-migrate-karpenter.html
    """
    if "cluster" in kubeflow.auto_mode and "karpenter-crds" in kubeflow.enable:
        yield (
            "enable",
            "EKS Auto Mode installs Karpenter's CRDs, too, and Helm refuses to install karpenter-crds after it",
            "enable Auto Mode on a cluster with Karpenter only to move from it, or remove Karpenter's entries",
        )
