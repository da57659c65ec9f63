"""EFS: backups that are switched on and off, changes of throughput, and policies that can be taken away."""

import json
from typing import Any

from moto.efs.models import FileSystem
from moto.efs.responses import EFSResponse

TYPE = {"Content-Type": "application/json"}


def put_backup_policy(self: EFSResponse) -> Any:
    """https://docs.aws.amazon.com/efs/latest/ug/API_PutBackupPolicy.html."""
    policy = self._get_param("BackupPolicy")
    _file_system(self).backup_status = policy["Status"]  # type: ignore[attr-defined]
    return json.dumps({"BackupPolicy": policy}), TYPE


def describe_backup_policy(self: EFSResponse) -> Any:
    """As moto, and the state DISABLED, which AWS has of a file system that never had backups, too."""
    status = getattr(_file_system(self), "backup_status", "DISABLED")
    return json.dumps({"BackupPolicy": {"Status": status}}), TYPE


def delete_file_system_policy(self: EFSResponse) -> Any:
    """https://docs.aws.amazon.com/efs/latest/ug/API_DeleteFileSystemPolicy.html."""
    _file_system(self).file_system_policy = None
    return "{}", TYPE


def update_file_system(self: EFSResponse) -> Any:
    """https://docs.aws.amazon.com/efs/latest/ug/API_UpdateFileSystem.html."""
    found = _file_system(self)
    found.throughput_mode = self._get_param("ThroughputMode") or found.throughput_mode
    found.provisioned_throughput_in_mibps = self._get_param("ProvisionedThroughputInMibps")
    return json.dumps(found.info_json()), {**TYPE, "status": 202}


def _file_system(response: EFSResponse) -> FileSystem:
    _, (found,) = response.efs_backend.describe_file_systems(file_system_id=response._get_param("FileSystemId"))
    return found


def install() -> None:
    """Put the operations into moto."""
    for operation in (put_backup_policy, describe_backup_policy, delete_file_system_policy, update_file_system):
        setattr(EFSResponse, operation.__name__, operation)
