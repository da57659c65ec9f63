"""An RDS MySQL instance."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_instance import DbInstance
from constructs import Construct

from modules.account import Account
from modules.database.dependencies import PORT, DatabaseDependencies, DatabasePlace, MasterPassword
from modules.database.findings import accept_of_instance
from modules.database.parameter_group import parameter_group
from modules.iam.role import Iam
from modules.naming import addressed
from modules.settings import RdsMysql

INSIGHTS_DAYS = {"standard": 7, "advanced": 465}
"""Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Database-Insights-Turning-On.html"""


class RdsMysqlInstance(Construct):
    """An encrypted instance in private subnets, reachable only from nodes.

    Args:
        account: account, region and partition.
        iam: shared settings of the platform's roles.
        settings: database settings.
        placement: network placement and clients.
        password: password of the master user.
        protect: prevent destruction.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        account: Account,
        iam: Iam,
        settings: RdsMysql,
        placement: DatabasePlace,
        password: MasterPassword,
        protect: bool,
    ) -> None:
        super().__init__(scope, id_)
        dependencies = DatabaseDependencies(
            self, "ground", account=account, iam=iam, settings=settings, placement=placement, protect=protect
        )
        group = parameter_group(self, platform_name=iam.name_prefix, settings=settings)
        self.resource = self._instance(settings, dependencies, group, password, protect)
        accept_of_instance(self.resource, settings, protect=protect)

    def _instance(
        self,
        settings: RdsMysql,
        dependencies: DatabaseDependencies,
        group: str,
        password: MasterPassword,
        protect: bool,
    ) -> DbInstance:
        insights = settings.performance_insights
        instance = DbInstance(
            self,
            "instance",
            identifier=dependencies.name,
            engine="mysql",
            engine_version=settings.engine_version,
            allow_major_version_upgrade=True,  # only settings change the track
            auto_minor_version_upgrade=settings.auto_minor_upgrade,
            apply_immediately=settings.apply_immediately,
            instance_class=settings.instance_class,
            multi_az=settings.multi_az,
            storage_type="gp3",
            allocated_storage=settings.storage_gib,
            max_allocated_storage=settings.max_storage_gib or 0,
            storage_encrypted=True,
            kms_key_id=dependencies.kms_key_arn,
            username=settings.username,
            password_wo=password.expression,
            password_wo_version=password.version,
            iam_database_authentication_enabled=False,
            port=PORT,
            publicly_accessible=False,
            db_subnet_group_name=dependencies.subnet_group_name,
            vpc_security_group_ids=dependencies.security_group_ids,
            ca_cert_identifier=settings.ca_certificate,
            parameter_group_name=group,
            backup_retention_period=settings.backup_days,
            backup_window=settings.backup_window,
            maintenance_window=settings.maintenance_window,
            copy_tags_to_snapshot=True,
            deletion_protection=protect,
            snapshot_identifier=settings.snapshot_identifier,
            skip_final_snapshot=not settings.final_snapshot,
            final_snapshot_identifier=dependencies.final_snapshot_name if settings.final_snapshot else None,
            delete_automated_backups=True,
            enabled_cloudwatch_logs_exports=list(settings.log_exports),
            monitoring_interval=settings.monitoring_seconds,
            monitoring_role_arn=dependencies.monitoring_role_arn,
            performance_insights_enabled=insights,
            performance_insights_kms_key_id=dependencies.kms_key_arn if insights else None,
            performance_insights_retention_period=INSIGHTS_DAYS[settings.database_insights] if insights else None,
            database_insights_mode=settings.database_insights,
            # a snapshot applies only at creation; a later change would replace the database
            lifecycle=TerraformResourceLifecycle(prevent_destroy=protect, ignore_changes=["snapshot_identifier"]),
            depends_on=dependencies.before,
        )
        return addressed("database", instance)

    @property
    def host(self) -> str:
        """Endpoint (token)."""
        return self.resource.address
