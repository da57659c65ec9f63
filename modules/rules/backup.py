"""Rules and warnings about backups."""

import re
from collections.abc import Iterator

from modules.backup.selected import selected_types
from modules.rules.rule import Problem, each_once, rule, warning
from modules.settings.backup import Backup, BackupLock
from modules.settings.cluster import Cluster, ExistingCluster
from modules.settings.file_systems import Efs
from modules.settings.platform import Platform

COLD_DAYS = 90
"""Shortest time in cold storage.

Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html
"""
FIELD_LIMITS = (("minute", 59), ("hour", 23))


@rule(Backup)
def schedule(backup: Backup) -> Iterator[Problem]:
    """A day of the month or of the week, and numbers in their range.

    Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
    """
    fields = backup.schedule.removeprefix("cron(").removesuffix(")").split(" ")
    if [fields[2], fields[4]].count("?") != 1:
        yield (
            "schedule",
            f"{backup.schedule} must have ? either as the day of the month or as the day of the week",
            "write ? in one of the two, such as cron(0 5 ? * * *)",
        )
    for (name, most), text in zip(FIELD_LIMITS, fields, strict=False):
        for number in re.findall(r"\d+", text):
            if int(number) > most:
                yield "schedule", f"{number} is not a valid {name}", f"use 0 to {most}"


@rule(Backup)
def storage_times(backup: Backup) -> Iterator[Problem]:
    """Recovery points stay in cold storage for 90 days at least, and retention is within the lock."""
    times = [("", backup.retention_days, backup.cold_storage_after_days)]
    for index, copy in enumerate(backup.copies):
        times.append((f"copies[{index}].", copy.retention_days or backup.retention_days, copy.cold_storage_after_days))
    for path, retention, cold in times:
        if cold is not None and retention < cold + COLD_DAYS:
            yield (
                f"{path}cold_storage_after_days",
                f"a recovery point stays in cold storage for at least {COLD_DAYS} days, but ends {retention} days after the backup",
                f"set retention_days={cold + COLD_DAYS} or more there, or None here",
            )


@rule(Backup)
def retention_in_the_lock(backup: Backup) -> Iterator[Problem]:
    """AWS Backup fails each job whose retention the lock does not accept.

    Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
    """
    lock = backup.lock
    if lock is None:
        return
    if backup.retention_days < lock.min_retention_days:
        yield (
            "retention_days",
            f"the lock accepts {lock.min_retention_days} days or more, not {backup.retention_days}, so each backup would fail",
            "raise it, or lower lock.min_retention_days",
        )
    if lock.max_retention_days is not None and backup.retention_days > lock.max_retention_days:
        yield (
            "retention_days",
            f"the lock accepts up to {lock.max_retention_days} days, not {backup.retention_days}, so each backup would fail",
            "lower it, or raise lock.max_retention_days",
        )
    if backup.empty_on_destroy:
        yield (
            "empty_on_destroy",
            "recovery points in a locked vault cannot be deleted before the end of their retention",
            "set False, or remove the lock",
        )


@rule(BackupLock)
def limits_of_the_lock(lock: BackupLock) -> Iterator[Problem]:
    """The longest retention is not shorter than the shortest."""
    if lock.max_retention_days is not None and lock.max_retention_days < lock.min_retention_days:
        yield (
            "max_retention_days",
            f"{lock.max_retention_days} is less than min_retention_days={lock.min_retention_days}",
            "swap them, or set None",
        )


@rule(Platform)
def copies_are_elsewhere(platform: Platform) -> Iterator[Problem]:
    """A copy in the same region and account is lost with the vault."""
    if platform.backup is None:
        return
    arns = [copy.vault_arn for copy in platform.backup.copies]
    yield from each_once("backup.copies", arns)
    for index, arn in enumerate(arns):
        _, _, _, region, account, *_ = arn.split(":")
        if region == platform.region and account in platform.allowed_account_ids:
            yield (
                f"backup.copies[{index}].vault_arn",
                f"{arn} is in the region and account of the platform, so both copies can be lost together",
                "use a vault of another region or account",
            )


@rule(Platform)
def something_is_selected(platform: Platform) -> Iterator[Problem]:
    """The plan selects resources of the platform, and their volumes have its tag."""
    backup, cluster = platform.backup, platform.cluster
    if backup is None:
        return
    if not selected_types(platform):
        yield (
            "backup",
            "nothing that the platform creates is selected",
            "set volumes=True or another of database, efs, artifacts and cluster, or remove backup",
        )
    if backup.cluster and isinstance(cluster, ExistingCluster):
        yield (
            "backup.cluster",
            f"the existing cluster {cluster.name} does not have the tags of the platform",
            "set False and back it up where it is created",
        )
    if not backup.volumes or not isinstance(cluster, Cluster):
        return
    if cluster.auto_mode is not None:
        yield (
            "backup.volumes",
            "volumes of claims are selected by a tag, and EKS Auto Mode does not tag volumes without further permissions",
            "set volumes=False",
        )
    elif cluster.addons.aws_ebs_csi_driver is None:
        yield (
            "backup.volumes",
            "volumes of claims are selected by a tag that the add-on aws_ebs_csi_driver sets, and the cluster does not have it",
            "enable the add-on, or set volumes=False",
        )


@warning(Platform)
def backup_warnings(platform: Platform) -> Iterator[Problem]:
    """What is backed up twice or cannot be copied, and a lock that becomes final."""
    backup = platform.backup
    if backup is None:
        return
    efs = platform.kubeflow.services.efs if platform.kubeflow is not None else None
    if backup.efs and isinstance(efs, Efs) and efs.backup:
        yield (
            "kubeflow.services.efs.backup",
            "EFS is backed up twice: each day to the default vault, and by the plan of backup",
            "set Efs(backup=False), or Backup(efs=False)",
        )
    if backup.lock is not None and backup.lock.changeable_days is not None:
        yield (
            "backup.lock.changeable_days",
            f"the lock is final {backup.lock.changeable_days} days after the apply: the vault then remains until its last recovery point ends",
            "set None for a lock that can be removed, unless that is intended",
        )
    others = [
        copy.vault_arn for copy in backup.copies if copy.vault_arn.split(":")[4] not in platform.allowed_account_ids
    ]
    if backup.volumes and others and platform.allowed_account_ids:
        yield (
            "backup.copies",
            "volumes under the AWS managed key of EBS cannot be copied to another account",
            "set a customer managed key as the default of EBS encryption in this account and region, or Backup(volumes=False)",
        )
    if backup.volumes and isinstance(platform.cluster, ExistingCluster):
        yield (
            "backup.volumes",
            "only volumes of the StorageClass gp3 of the platform get its tag; the driver of an existing cluster is not changed",
            f"add the tag kubeflow-platform={platform.name} to other volumes (docs/backup.md), or set volumes=False",
        )
