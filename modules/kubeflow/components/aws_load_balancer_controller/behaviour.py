"""Run-time behaviour: its rights in AWS."""

from modules.kubeflow.behaviour import Behaviour
from modules.kubeflow.components.aws_load_balancer_controller.policy import aws_load_balancer_controller

BEHAVIOUR = Behaviour(
    "aws-load-balancer-controller", policies={"aws-load-balancer-controller": aws_load_balancer_controller}
)
