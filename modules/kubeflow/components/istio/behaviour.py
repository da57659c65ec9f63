"""Run-time behaviour: the gateway calls every team's pods."""

from modules.kubeflow.behaviour import Behaviour

BEHAVIOUR = Behaviour("istio", calls_teams=True)
