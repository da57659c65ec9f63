"""AWS Backup: selections of a plan, and the opt-in of a region, which moto lacks; tags by the path of each SDK.

Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Operations_AWS_Backup.html
"""

import json
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from moto.backup import urls
from moto.backup.models import BackupBackend
from moto.backup.responses import BackupResponse
from moto.core.exceptions import JsonRESTError

OPTED_IN = {"Aurora": True, "EBS": True, "EFS": True, "EKS": False, "RDS": True, "S3": False}
"""Resource types of a region in an account that never changed them, of those that tests read."""
moto_delete_backup_plan = BackupBackend.delete_backup_plan


def kept(backend: BackupBackend, what: str) -> dict[str, Any]:
    """What a backend remembers in addition to moto's own."""
    found: dict[str, Any] = backend.__dict__.setdefault(f"own_{what}", {})
    return found


def create_backup_selection(self: BackupResponse) -> str:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupSelection.html."""
    plan_id = self.path.split("/")[3]
    wanted = self._get_param("BackupSelection")
    self.backup_backend.get_backup_plan(backup_plan_id=plan_id, version_id=None)
    selection = {"BackupPlanId": plan_id, "SelectionId": str(uuid4()), "CreationDate": 0, "BackupSelection": wanted}
    kept(self.backup_backend, "selections")[selection["SelectionId"]] = selection
    return json.dumps({key: selection[key] for key in ("BackupPlanId", "SelectionId", "CreationDate")})


def get_backup_selection(self: BackupResponse) -> str:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_GetBackupSelection.html."""
    return json.dumps(_selection(self))


def delete_backup_selection(self: BackupResponse) -> str:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DeleteBackupSelection.html."""
    del kept(self.backup_backend, "selections")[_selection(self)["SelectionId"]]
    return "{}"


def _selection(self: BackupResponse) -> dict[str, Any]:
    found = kept(self.backup_backend, "selections").get(self.path.split("/")[5])
    if found is None:
        raise JsonRESTError("ResourceNotFoundException", "Cannot find Backup plan Selection")
    return dict(found)


def describe_region_settings(self: BackupResponse) -> str:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeRegionSettings.html."""
    return json.dumps({"ResourceTypeOptInPreference": {**OPTED_IN, **kept(self.backup_backend, "opted_in")}})


def update_region_settings(self: BackupResponse) -> str:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRegionSettings.html."""
    kept(self.backup_backend, "opted_in").update(self._get_param("ResourceTypeOptInPreference"))
    return "{}"


def delete_backup_plan(self: BackupBackend, backup_plan_id: str) -> tuple[str, str, float, str]:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DeleteBackupPlan.html."""
    if any(one["BackupPlanId"] == backup_plan_id for one in kept(self, "selections").values()):
        raise JsonRESTError(
            "InvalidRequestException", "Related backup plan selections must be deleted prior to deletion"
        )
    deleted = moto_delete_backup_plan(self, backup_plan_id)
    del self.plans[backup_plan_id]  # moto keeps it, and refuses another one of its name
    return deleted


def list_tags(self: BackupResponse) -> str:
    """With and without a slash at the end of the path, which SDKs write differently."""
    arn = unquote(self.path.removeprefix("/tags/").rstrip("/"))
    return json.dumps({"Tags": self.backup_backend.list_tags(resource_arn=arn)})


def install() -> None:
    """Put the repairs into moto."""
    for added in (
        create_backup_selection,
        get_backup_selection,
        delete_backup_selection,
        list_tags,
        describe_region_settings,
        update_region_settings,
    ):
        setattr(BackupResponse, added.__name__, added)
    setattr(BackupBackend, delete_backup_plan.__name__, delete_backup_plan)
    dispatch = urls.url_paths["{0}/backup/plans/?$"]
    first = {
        "{0}/account-settings$": dispatch,
        "{0}/backup/plans/(?P<plan>[^/]+)/selections/?$": dispatch,
        "{0}/backup/plans/(?P<plan>[^/]+)/selections/(?P<selection>[^/]+)$": dispatch,
    }
    urls.url_paths = {**first, **{path: found for path, found in urls.url_paths.items() if path not in first}}
