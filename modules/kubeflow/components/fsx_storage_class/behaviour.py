"""Run-time behaviour: the FSx for Lustre file system of the services stack."""

from modules.kubeflow.behaviour import Behaviour

BEHAVIOUR = Behaviour("fsx-storage-class", service_outputs=("fsx_file_system_id", "fsx_dns_name", "fsx_mount_name"))
