"""What the settings of backups do."""

from typing import Any

from modules.settings import (
    Addon,
    Backup,
    BackupCopy,
    BackupLock,
    Efs,
    Kubeflow,
    NoAuth,
    Services,
)
from tests.documents import GONE
from tests.effects import ACCOUNT, READY, READY_CLUSTER, Effect, Expected

KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1234abcd-12ab-34cd-86ef-1234567890ab"
COPIES = f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-vault:copies"
KUBEFLOW = Kubeflow(auth=NoAuth(user="ada@example.company"), services=Services(efs=Efs(backup=False)))
DRIVERS = READY_CLUSTER.addons.with_changes(aws_efs_csi_driver=Addon())
WITHOUT = READY.with_changes(cluster=READY_CLUSTER.with_changes(addons=DRIVERS), kubeflow=KUBEFLOW)
WITH = WITHOUT.with_changes(backup=Backup())
VAULT = "services resource aws_backup_vault backup"
LOCK = "services resource aws_backup_vault_lock_configuration backup"
RULE = "services resource aws_backup_plan backup rule 0"
SELECTION = "services resource aws_backup_selection backup"
BUCKET = "${aws_s3_bucket.artifacts.arn}"
RDS, EFS = "arn:aws:rds:*:*:db:*", "arn:aws:elasticfilesystem:*:*:file-system/*"
VOLUMES, CLUSTER = "arn:aws:ec2:*:*:volume/*", "arn:aws:eks:*:*:cluster/*"
ALL = [RDS, EFS, VOLUMES, BUCKET]
S3_POLICY = "services resource aws_iam_role_policy_attachment backup_AWSBackupServiceRolePolicyForS3Backup"
TAGS = "cluster resource aws_eks_addon aws_ebs_csi_driver configuration_values"


def backup(does: dict[str, Expected], **changes: Any) -> Effect:
    return Effect(WITHOUT.with_changes(backup=Backup(**changes)), does, WITH)


EFFECTS = (
    Effect(
        WITH,
        {
            "Platform.backup": {
                f"{VAULT} name": "base-backup",
                f"{SELECTION} resources": ALL,
                f"{SELECTION} condition 0 string_equals": [
                    {"key": "aws:ResourceTag/kubeflow-platform", "value": "base"}
                ],
                TAGS: '{"controller": {"extraVolumeTags": {"kubeflow-platform": "base"}}}',
            }
        },
        WITHOUT,
    ),
    backup(
        {
            "Backup.schedule": {f"{RULE} schedule": "cron(30 2 ? * SUN *)"},
            "Backup.retention_days": {f"{RULE} lifecycle delete_after": 365},
            "Backup.cold_storage_after_days": {f"{RULE} lifecycle cold_storage_after": 30},
            "Backup.kms_key_arn": {f"{VAULT} kms_key_arn": KEY, "services resource aws_kms_key backup": GONE},
            "Backup.empty_on_destroy": {f"{VAULT} force_destroy": True},
        },
        schedule="cron(30 2 ? * SUN *)",
        retention_days=365,
        cold_storage_after_days=30,
        kms_key_arn=KEY,
        empty_on_destroy=True,
    ),
    backup(
        {
            "Backup.lock": {f"{LOCK} backup_vault_name": "${aws_backup_vault.backup.name}"},
            "BackupLock.min_retention_days": {f"{LOCK} min_retention_days": 7},
            "BackupLock.max_retention_days": {f"{LOCK} max_retention_days": 90},
            "BackupLock.changeable_days": {f"{LOCK} changeable_for_days": 14},
        },
        lock=BackupLock(min_retention_days=7, max_retention_days=90, changeable_days=14),
    ),
    backup(
        {
            "Backup.copies": {f"{RULE} copy_action 0 destination_vault_arn": COPIES},
            "BackupCopy.vault_arn": {f"{RULE} copy_action 0 destination_vault_arn": COPIES},
            "BackupCopy.retention_days": {f"{RULE} copy_action 0 lifecycle delete_after": 200},
            "BackupCopy.cold_storage_after_days": {f"{RULE} copy_action 0 lifecycle cold_storage_after": 10},
        },
        copies=(BackupCopy(vault_arn=COPIES, retention_days=200, cold_storage_after_days=10),),
    ),
    backup({"Backup.database": {f"{SELECTION} resources": [EFS, VOLUMES, BUCKET]}}, database=False),
    backup({"Backup.efs": {f"{SELECTION} resources": [RDS, VOLUMES, BUCKET]}}, efs=False),
    backup({"Backup.artifacts": {f"{SELECTION} resources": [RDS, EFS, VOLUMES], S3_POLICY: GONE}}, artifacts=False),
    backup({"Backup.volumes": {f"{SELECTION} resources": [RDS, EFS, BUCKET], TAGS: GONE}}, volumes=False),
    backup({"Backup.cluster": {f"{SELECTION} resources": [RDS, EFS, VOLUMES, CLUSTER, BUCKET]}}, cluster=True),
)
