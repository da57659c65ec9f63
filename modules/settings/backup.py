"""Backups of what holds data, by AWS Backup."""

from typing import Annotated

from pydantic import Field

from modules.settings.section import Section
from modules.settings.types import ARN, KeyArn, matching

BackupSchedule = Annotated[
    str,
    matching(
        r"cron\(\d{1,2} [\d,*/-]+ [\dLW?*,/-]+ [\dA-Z*,/-]+ [\dA-Z?*,#/-]+ [\d*,/-]+\)",
        "a schedule of AWS Backup, such as cron(0 5 ? * * *): minute, hour, day of the month, month, day of the week, year",
    ),
]
"""Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based"""
VaultArn = Annotated[
    str,
    matching(
        ARN + r"backup:[a-z0-9-]+:\d{12}:backup-vault:[A-Za-z0-9_-]{2,50}",
        "the ARN of a vault, such as arn:aws:backup:eu-west-1:111122223333:backup-vault:copies",
    ),
]
MOST_DAYS = 36_500
"""Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html"""


class BackupLock(Section):
    """A lock of the vault: recovery points cannot be deleted before the end of their retention."""

    min_retention_days: int = Field(default=1, ge=1, le=MOST_DAYS)
    """Shortest retention in days that the vault accepts. 1 is what AWS requires at least."""
    max_retention_days: int | None = Field(default=None, ge=1, le=MOST_DAYS)
    """Longest retention in days that the vault accepts. None: no limit."""
    changeable_days: int | None = Field(default=None, ge=3, le=MOST_DAYS)
    """Days until the lock is final: after them neither the account nor AWS can change or remove it (compliance mode).
    None: permitted identities can always remove it (governance mode), so that a mistake can be undone.
    """


class BackupCopy(Section):
    """A copy of each recovery point in a vault of another region or account."""

    vault_arn: VaultArn
    """ARN of the existing vault. Its account must be in the same organization with cross-account backup enabled, and
    the vault's policy must allow backup:CopyIntoBackupVault.
    """
    retention_days: int | None = Field(default=None, ge=1, le=MOST_DAYS)
    """Retention of the copies in days. None: as in the platform's vault."""
    cold_storage_after_days: int | None = Field(default=None, ge=1, le=MOST_DAYS)
    """Days until a copy moves to cold storage. None: never."""


class Backup(Section):
    """A vault, a plan and a selection of AWS Backup for what holds data: database, EFS, artifacts, volumes, cluster."""

    schedule: BackupSchedule = "cron(0 5 ? * * *)"
    """Schedule in UTC. The default is each day at 5:00, after the usual backup window of the database."""
    retention_days: int = Field(default=35, ge=1, le=MOST_DAYS)
    """Retention of recovery points in days. The default is that of point-in-time recovery of RDS at its longest."""
    cold_storage_after_days: int | None = Field(default=None, ge=1, le=MOST_DAYS)
    """Days until a recovery point moves to cold storage, which bills at least 90 days; of the resources here, only EFS
    supports it. None: never.
    """
    kms_key_arn: KeyArn | None = None
    """Key that encrypts the vault. None: the platform creates one."""
    lock: BackupLock | None = None
    """Lock of the vault. None: recovery points can be deleted by identities with the permission."""
    copies: tuple[BackupCopy, ...] = ()
    """Copies in other vaults. Empty: none, so that a loss of the region or the account is a loss of the backups."""
    empty_on_destroy: bool = False
    """Delete all recovery points when the vault is destroyed. False: destroy fails for a vault with recovery points."""
    database: bool = True
    """Back up the database that the platform creates, in addition to its own automated backups."""
    efs: bool = True
    """Back up the EFS file system that the platform creates."""
    artifacts: bool = True
    """Back up the artifact bucket that the platform creates; it is versioned, which AWS Backup requires."""
    volumes: bool = True
    """Back up the EBS volumes of claims: the EBS CSI driver tags each new volume. Volumes of earlier claims are tagged
    by hand (docs/backup.md). Not with EKS Auto Mode.
    """
    cluster: bool = False
    """Back up the objects of the cluster, with the volumes of its claims as parts of the same recovery point. False, since
    each such backup also copies all volumes that volumes=True backs up.
    """
