"""A vault of AWS Backup with its key and lock, the plan, the selection by tag, and the two roles."""

from collections.abc import Sequence

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.backup_plan import (
    BackupPlan,
    BackupPlanRule,
    BackupPlanRuleCopyAction,
    BackupPlanRuleCopyActionLifecycle,
    BackupPlanRuleLifecycle,
)
from cdktf_cdktf_provider_aws.backup_selection import (
    BackupSelection,
    BackupSelectionCondition,
    BackupSelectionConditionStringEquals,
)
from cdktf_cdktf_provider_aws.backup_vault import BackupVault
from cdktf_cdktf_provider_aws.backup_vault_lock_configuration import BackupVaultLockConfiguration
from constructs import Construct

from modules.iam.role import Role, Trust
from modules.iam.role_names import BACKUP, RESTORE
from modules.kms_key import KmsKey
from modules.naming import PLATFORM_TAG, addressed, aws_name
from modules.platform_context import PlatformContext
from modules.settings.backup import Backup

NAME = "backup"
"""Terraform name of its resources, and the last part of its names in AWS."""
START_HOURS, COMPLETION_DAYS = 8, 7
"""Windows of AWS Backup's own default: time until a job must start, and until it must end.

Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html#backup-window
"""


class PlatformBackup(Construct):
    """Backups of the resources that have the platform's tag and match one of the patterns, and of the artifact bucket.

    Both roles can be used by AWS Backup for this account alone; their permissions are AWS's managed policies for backups
    and for restores.

    Args:
        context: name prefix, account, role settings and protection of the platform.
        settings: backup settings.
        patterns: patterns of ARNs after the partition; matching resources need the platform's tag.
        bucket_arn: ARN of the artifact bucket (token). None: it is not backed up.

    Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/whatisbackup.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: PlatformContext,
        settings: Backup,
        patterns: Sequence[str],
        bucket_arn: str | None,
    ) -> None:
        super().__init__(scope, id_)
        self.context, self.settings = context, settings
        self.vault = addressed(
            NAME,
            BackupVault(
                self,
                "vault",
                name=aws_name(context.platform_name, NAME, limit=50),
                kms_key_arn=settings.kms_key_arn or self._key(),
                force_destroy=settings.empty_on_destroy or None,
                lifecycle=TerraformResourceLifecycle(prevent_destroy=context.protect),
            ),
        )
        locked = self._lock()
        backup = self._role(BACKUP, "Backup", with_bucket=bucket_arn is not None)
        self._role(RESTORE, "Restores", with_bucket=bucket_arn is not None)
        plan = addressed(
            NAME,
            BackupPlan(
                self,
                "plan",
                name=aws_name(context.platform_name, NAME, limit=50),
                rule=[self._rule()],
                depends_on=locked or None,
            ),
        )
        tag = BackupSelectionConditionStringEquals(key=f"aws:ResourceTag/{PLATFORM_TAG}", value=context.platform_name)
        arns = [f"arn:{context.account.partition}:{pattern}" for pattern in patterns]
        addressed(
            NAME,
            BackupSelection(
                self,
                "selection",
                name=aws_name(context.platform_name, NAME, limit=50),
                plan_id=plan.id,
                iam_role_arn=backup.arn,
                resources=[*arns, *([bucket_arn] if bucket_arn is not None else [])],
                condition=[BackupSelectionCondition(string_equals=[tag])],
                depends_on=backup.rights,
            ),
        )

    def _key(self) -> str:
        context = self.context
        return KmsKey(
            self,
            "key",
            platform_name=context.platform_name,
            name=NAME,
            description=f"Encrypts the recovery points of the platform {context.platform_name}",
            account_root_arn=context.account.root_arn,
            protect=context.protect,
        ).arn

    def _lock(self) -> list[ITerraformDependable]:
        lock = self.settings.lock
        if lock is None:
            return []
        configuration = BackupVaultLockConfiguration(
            self,
            "lock",
            backup_vault_name=self.vault.name,
            min_retention_days=lock.min_retention_days,
            max_retention_days=lock.max_retention_days,
            changeable_for_days=lock.changeable_days,
        )
        return [addressed(NAME, configuration)]

    def _rule(self) -> BackupPlanRule:
        settings = self.settings
        return BackupPlanRule(
            rule_name=NAME,
            target_vault_name=self.vault.name,
            schedule=settings.schedule,
            start_window=START_HOURS * 60,
            completion_window=COMPLETION_DAYS * 24 * 60,
            lifecycle=BackupPlanRuleLifecycle(
                delete_after=settings.retention_days, cold_storage_after=settings.cold_storage_after_days
            ),
            copy_action=[
                BackupPlanRuleCopyAction(
                    destination_vault_arn=copy.vault_arn,
                    lifecycle=BackupPlanRuleCopyActionLifecycle(
                        delete_after=copy.retention_days or settings.retention_days,
                        cold_storage_after=copy.cold_storage_after_days,
                    ),
                )
                for copy in settings.copies
            ]
            or None,
        )

    def _role(self, name: str, what: str, *, with_bucket: bool) -> Role:
        """A role of AWS Backup with AWS's managed policies for `Backup` or `Restores`.

        Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
        """
        iam, account = self.context.iam, self.context.account
        policies = [iam.managed(f"service-role/AWSBackupServiceRolePolicyFor{what}")]
        if with_bucket:
            policies.append(iam.managed(f"AWSBackupServiceRolePolicyForS3{what.removesuffix('s')}"))
        own = ("StringEquals", "aws:SourceAccount", (account.account_id,))
        trust = Trust("Service", ("backup.amazonaws.com",), conditions=(own,))
        return Role(self, name, iam=iam, name=name, trust=trust, policy_arns=policies)
