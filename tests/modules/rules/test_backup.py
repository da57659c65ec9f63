"""What is said about backups."""

from typing import Any

from modules.settings import (
    Addons,
    AutoMode,
    Backup,
    BackupCopy,
    BackupLock,
    ExistingCluster,
    Platform,
)
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import cluster, platform

ACCOUNT = "111122223333"
ELSEWHERE = f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-vault:copies"
HERE = f"arn:aws:backup:us-west-2:{ACCOUNT}:backup-vault:copies"


def on_backup(**changes: Any) -> Platform:
    return platform(backup=Backup(**changes))


def with_copy(**changes: Any) -> Platform:
    copy = BackupCopy(**{"vault_arn": ELSEWHERE, **changes})
    return on_backup(copies=(copy,))


ROWS: Rows = {
    "usual": (on_backup(),),
    "a_schedule_of_five_fields": (
        on_backup(schedule="0 5 * * *"),
        "backup.schedule: cron(0 5 ? * * *)",
    ),
    "a_schedule_of_two_kinds_of_days": (
        on_backup(schedule="cron(0 5 1 * MON *)"),
        "backup.schedule: day of the week",
    ),
    "a_schedule_without_a_day": (
        on_backup(schedule="cron(0 5 ? * ? *)"),
        "backup.schedule: day of the week",
    ),
    "a_minute_that_is_not": (
        on_backup(schedule="cron(75 5 ? * * *)"),
        "backup.schedule: 75 is not a valid minute",
    ),
    "an_hour_that_is_not": (
        on_backup(schedule="cron(0 5,24 ? * * *)"),
        "backup.schedule: 24 is not a valid hour",
    ),
    "more_often_than_each_hour": (
        on_backup(schedule="cron(0/15 * ? * * *)"),
        "backup.schedule: schedule of AWS Backup",
    ),
    "cold_storage_of_too_few_days": (
        on_backup(retention_days=100, cold_storage_after_days=30),
        "backup.cold_storage_after_days: retention_days=120",
    ),
    "cold_storage": (on_backup(retention_days=120, cold_storage_after_days=30),),
    "cold_storage_of_a_copy": (
        with_copy(cold_storage_after_days=1),
        "backup.copies[0].cold_storage_after_days: retention_days=91",
    ),
    "a_retention_below_the_lock": (
        on_backup(retention_days=7, lock=BackupLock(min_retention_days=14)),
        "backup.retention_days: 14 days or more",
    ),
    "a_retention_above_the_lock": (
        on_backup(retention_days=60, lock=BackupLock(max_retention_days=35)),
        "backup.retention_days: up to 35 days",
    ),
    "a_lock_whose_limits_cross": (
        on_backup(lock=BackupLock(min_retention_days=35, max_retention_days=30)),
        "backup.lock.max_retention_days: min_retention_days=35",
        "backup.retention_days: up to 30 days",
    ),
    "a_lock_that_is_final_at_once": (
        on_backup(lock=BackupLock(changeable_days=1)),
        "backup.lock.changeable_days: 3",
    ),
    "a_locked_vault_that_is_emptied": (
        on_backup(lock=BackupLock(), empty_on_destroy=True),
        "backup.empty_on_destroy: locked",
    ),
    "a_copy_beside_the_vault": (
        with_copy(vault_arn=HERE).with_changes(allowed_account_ids=(ACCOUNT,)),
        "backup.copies[0].vault_arn: another region or account",
    ),
    "a_copy_twice": (
        on_backup(copies=(BackupCopy(vault_arn=ELSEWHERE), BackupCopy(vault_arn=ELSEWHERE))),
        "backup.copies: more than once",
    ),
    "a_copy_in_another_partition": (
        with_copy(vault_arn=ELSEWHERE.replace("arn:aws:", "arn:aws-cn:")),
        "backup.copies[0].vault_arn: partition",
    ),
    "a_vault_that_is_a_name": (
        with_copy(vault_arn="copies"),
        "backup.copies[0].vault_arn: ARN of a vault",
    ),
    "a_key_of_another_region": (
        on_backup(kms_key_arn=f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-86ef-1234567890ab"),
        "backup.kms_key_arn: us-west-2",
    ),
    "nothing_to_back_up": (
        on_backup(volumes=False),
        "backup: nothing",
    ),
    "volumes_without_the_driver": (
        platform(cluster=cluster(addons=Addons(aws_ebs_csi_driver=None)), backup=Backup()),
        "backup.volumes: aws_ebs_csi_driver",
    ),
    "volumes_of_auto_mode": (
        platform(cluster=cluster(auto_mode=AutoMode()), backup=Backup()),
        "backup.volumes: Auto Mode",
    ),
    "a_cluster_of_others": (
        platform(network=None, cluster=ExistingCluster(name="shared"), backup=Backup(cluster=True)),
        "backup.cluster: shared",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []
