"""Run-time behaviour: it calls models of teams."""

from modules.kubeflow.behaviour import Behaviour

BEHAVIOUR = Behaviour("seldon-core", calls_teams=True)
