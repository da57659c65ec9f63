"""Run-time behaviour: it activates and measures models of teams."""

from modules.kubeflow.behaviour import Behaviour

BEHAVIOUR = Behaviour("knative-serving", calls_teams=True)
