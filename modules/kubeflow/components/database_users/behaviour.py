"""Run-time behaviour: the password of the master user."""

from modules.kubeflow.behaviour import Behaviour
from modules.kubeflow.credential import Credential

BEHAVIOUR = Behaviour(
    "database-users", credentials=(Credential("database", "Password of the master user of the database"),)
)
