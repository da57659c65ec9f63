"""Run-time behaviour: the target group of the load balancer."""

from modules.kubeflow.behaviour import Behaviour

BEHAVIOUR = Behaviour("gateway-target-group", service_outputs=("target_group_arn", "target_group_name"))
