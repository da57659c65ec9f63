"""What an RDS instance and an Aurora cluster have in common."""

from typing import Any

from cdktf import TerraformResourceLifecycle
from constructs import Construct

from modules.database.dependencies import PORT, DatabaseDependencies, DatabasePlace, MasterPassword
from modules.database.parameter_group import parameter_group
from modules.platform_context import PlatformContext
from modules.settings import AuroraMysql, RdsMysql


class MysqlDatabase(Construct):
    """An encrypted MySQL server in private subnets, reachable only from nodes.

    Args:
        context: name prefix, account, role settings and protection of the platform.
        settings: database settings.
        placement: network placement and clients.
        password: password of the master user.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: PlatformContext,
        settings: RdsMysql | AuroraMysql,
        placement: DatabasePlace,
        password: MasterPassword,
    ) -> None:
        super().__init__(scope, id_)
        self.protect = context.protect
        self.password = password
        self.dependencies = DatabaseDependencies(
            self, "ground", context=context, settings=settings, placement=placement
        )
        self.parameter_group = parameter_group(self, platform_name=context.platform_name, settings=settings)

    @property
    def host(self) -> str:
        """Endpoint (token)."""
        raise NotImplementedError

    def shared_arguments(self, settings: RdsMysql | AuroraMysql) -> dict[str, Any]:
        """Arguments that `aws_db_instance` and `aws_rds_cluster` spell the same way."""
        dependencies = self.dependencies
        return {
            "engine_version": settings.engine_version,
            "allow_major_version_upgrade": True,  # only settings change the track
            "apply_immediately": settings.apply_immediately,
            "storage_encrypted": True,
            "kms_key_id": dependencies.kms_key_arn,
            "iam_database_authentication_enabled": False,
            "port": PORT,
            "db_subnet_group_name": dependencies.subnet_group_name,
            "vpc_security_group_ids": dependencies.security_group_ids,
            "backup_retention_period": settings.backup_days,
            "copy_tags_to_snapshot": True,
            "deletion_protection": self.protect,
            "snapshot_identifier": settings.snapshot_identifier,
            "skip_final_snapshot": not settings.final_snapshot,
            "final_snapshot_identifier": dependencies.final_snapshot_name if settings.final_snapshot else None,
            "delete_automated_backups": True,
            "enabled_cloudwatch_logs_exports": list(settings.log_exports),
            # a snapshot applies only at creation; a later change would replace the database
            "lifecycle": TerraformResourceLifecycle(
                prevent_destroy=self.protect, ignore_changes=["snapshot_identifier"]
            ),
            "depends_on": dependencies.before,
        }
