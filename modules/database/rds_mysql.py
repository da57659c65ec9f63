"""An RDS MySQL instance."""

from cdktf_cdktf_provider_aws.db_instance import DbInstance
from constructs import Construct

from modules.database.dependencies import DatabasePlace, MasterPassword
from modules.database.findings import accept_of_instance
from modules.database.mysql import MysqlDatabase
from modules.naming import addressed
from modules.platform_context import PlatformContext
from modules.settings import RdsMysql

INSIGHTS_DAYS = {"standard": 7, "advanced": 465}
"""Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Database-Insights-Turning-On.html"""


class RdsMysqlInstance(MysqlDatabase):
    """An encrypted instance in private subnets, reachable only from nodes.

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
        settings: RdsMysql,
        placement: DatabasePlace,
        password: MasterPassword,
    ) -> None:
        super().__init__(scope, id_, context=context, settings=settings, placement=placement, password=password)
        self.resource = self._instance(settings)
        accept_of_instance(self.resource, settings, protect=context.protect)

    def _instance(self, settings: RdsMysql) -> DbInstance:
        insights = settings.performance_insights
        instance = DbInstance(
            self,
            "instance",
            identifier=self.dependencies.name,
            engine="mysql",
            auto_minor_version_upgrade=settings.auto_minor_upgrade,
            instance_class=settings.instance_class,
            multi_az=settings.multi_az,
            storage_type="gp3",
            allocated_storage=settings.storage_gib,
            max_allocated_storage=settings.max_storage_gib or 0,
            username=settings.username,
            password_wo=self.password.expression,
            password_wo_version=self.password.version,
            publicly_accessible=False,
            ca_cert_identifier=settings.ca_certificate,
            parameter_group_name=self.parameter_group,
            backup_window=settings.backup_window,
            maintenance_window=settings.maintenance_window,
            monitoring_interval=settings.monitoring_seconds,
            monitoring_role_arn=self.dependencies.monitoring_role_arn,
            performance_insights_enabled=insights,
            performance_insights_kms_key_id=self.dependencies.kms_key_arn if insights else None,
            performance_insights_retention_period=INSIGHTS_DAYS[settings.database_insights] if insights else None,
            database_insights_mode=settings.database_insights,
            **self.shared_arguments(settings),
        )
        return addressed("database", instance)

    @property
    def host(self) -> str:
        """Endpoint (token)."""
        return self.resource.address
