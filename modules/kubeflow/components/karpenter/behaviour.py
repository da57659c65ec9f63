"""Run-time behaviour: its rights in AWS."""

from modules.kubeflow.behaviour import Behaviour
from modules.kubeflow.components.karpenter.policy import karpenter

BEHAVIOUR = Behaviour(
    "karpenter",
    policies={"karpenter": karpenter},
    requires_internet=(
        "it creates an instance profile through the IAM API, which has no VPC endpoint",
        "use node groups with cluster-autoscaler",
    ),
)
"""Source: https://karpenter.sh/docs/getting-started/getting-started-with-karpenter/#private-clusters"""
