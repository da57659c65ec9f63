"""Run-time behaviour: its link to sign out."""

from modules.kubeflow.behaviour import Behaviour

BEHAVIOUR = Behaviour("central-dashboard", auth_tokens=True)
