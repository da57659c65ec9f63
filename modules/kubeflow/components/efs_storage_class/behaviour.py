"""Run-time behaviour: the EFS file system of the services stack."""

from modules.kubeflow.behaviour import Behaviour

BEHAVIOUR = Behaviour("efs-storage-class", service_outputs=("efs_file_system_id",))
