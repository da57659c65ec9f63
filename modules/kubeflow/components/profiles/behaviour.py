"""Run-time behaviour: dashboard, Pipelines, Katib and the notebook controller, in its namespace, call pods of teams."""

from modules.kubeflow.behaviour import Behaviour

BEHAVIOUR = Behaviour("profiles", calls_teams=True)
