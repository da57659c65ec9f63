"""What the extension gives of AWS Backup that no Terraform run shows."""

from typing import Any

import pytest

from tests.stand_ins.moto_extension import Server

ROLE = "arn:aws:iam::123456789012:role/backup"


def plan(backup: Any) -> str:
    backup.create_backup_vault(BackupVaultName="vault")
    rule = {"RuleName": "daily", "TargetBackupVaultName": "vault"}
    made = backup.create_backup_plan(BackupPlan={"BackupPlanName": "plan", "Rules": [rule]})
    return str(made["BackupPlanId"])


def test_a_plan_with_selections_is_not_deleted(aws: Server) -> None:
    backup = aws.client("backup")
    plan_id = plan(backup)
    wanted = {"SelectionName": "tagged", "IamRoleArn": ROLE, "Resources": ["arn:aws:ec2:*:*:volume/*"]}
    made = backup.create_backup_selection(BackupPlanId=plan_id, BackupSelection=wanted)
    which = {"BackupPlanId": plan_id, "SelectionId": made["SelectionId"]}
    assert backup.get_backup_selection(**which)["BackupSelection"] == wanted
    with pytest.raises(backup.exceptions.InvalidRequestException, match="selections must be deleted"):
        backup.delete_backup_plan(BackupPlanId=plan_id)
    backup.delete_backup_selection(**which)
    with pytest.raises(backup.exceptions.ResourceNotFoundException):
        backup.get_backup_selection(**which)
    backup.delete_backup_plan(BackupPlanId=plan_id)
    assert backup.create_backup_plan(BackupPlan={"BackupPlanName": "plan", "Rules": []})["BackupPlanId"] != plan_id


def test_kinds_are_enabled_one_by_one(aws: Server) -> None:
    backup = aws.client("backup")
    before = backup.describe_region_settings()["ResourceTypeOptInPreference"]
    backup.update_region_settings(ResourceTypeOptInPreference={"S3": True})
    assert backup.describe_region_settings()["ResourceTypeOptInPreference"] == {**before, "S3": True}
