"""Run-time behaviour: its rights in AWS."""

from modules.kubeflow.behaviour import Behaviour
from modules.kubeflow.components.karpenter.policy import karpenter

BEHAVIOUR = Behaviour("karpenter", policies={"karpenter": karpenter})
