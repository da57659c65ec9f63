"""Run-time behaviour: it calls Ray clusters of teams."""

from modules.kubeflow.behaviour import Behaviour

BEHAVIOUR = Behaviour("kuberay", calls_teams=True)
