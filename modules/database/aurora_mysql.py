"""An Aurora MySQL cluster."""

from string import ascii_lowercase

from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
from cdktf_cdktf_provider_aws.rds_cluster_instance import RdsClusterInstance
from constructs import Construct

from modules.database.dependencies import DatabasePlace, MasterPassword
from modules.database.findings import accept_of_cluster, accept_of_member
from modules.database.mysql import MysqlDatabase
from modules.naming import addressed
from modules.platform_context import PlatformContext
from modules.settings import AuroraMysql


class AuroraMysqlCluster(MysqlDatabase):
    """An encrypted cluster in private subnets, reachable only from nodes.

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
        settings: AuroraMysql,
        placement: DatabasePlace,
        password: MasterPassword,
    ) -> None:
        super().__init__(scope, id_, context=context, settings=settings, placement=placement, password=password)
        self.resource = self._cluster(settings)
        accept_of_cluster(self.resource, settings, protect=context.protect)
        for letter in ascii_lowercase[: settings.instances]:
            accept_of_member(self._instance(letter, settings), settings)

    def _cluster(self, settings: AuroraMysql) -> RdsCluster:
        cluster = RdsCluster(
            self,
            "cluster",
            cluster_identifier=self.dependencies.name,
            engine="aurora-mysql",
            master_username=settings.username,
            master_password_wo=self.password.expression,
            master_password_wo_version=self.password.version,
            db_cluster_parameter_group_name=self.parameter_group,
            preferred_backup_window=settings.backup_window,
            preferred_maintenance_window=settings.maintenance_window,
            **self.shared_arguments(settings),
        )
        return addressed("database", cluster)

    def _instance(self, letter: str, settings: AuroraMysql) -> RdsClusterInstance:
        """Identical instances; Aurora selects the writer and the zones."""
        insights = settings.performance_insights
        instance = RdsClusterInstance(
            self,
            f"instance-{letter}",
            identifier=f"{self.dependencies.name}-{letter}",
            cluster_identifier=self.resource.id,
            engine="aurora-mysql",
            instance_class=settings.instance_class,
            apply_immediately=settings.apply_immediately,
            auto_minor_version_upgrade=False,  # a plan cannot revert it
            ca_cert_identifier=settings.ca_certificate,
            copy_tags_to_snapshot=True,
            db_subnet_group_name=self.dependencies.subnet_group_name,
            publicly_accessible=False,
            preferred_maintenance_window=settings.maintenance_window,
            monitoring_interval=settings.monitoring_seconds,
            monitoring_role_arn=self.dependencies.monitoring_role_arn,
            performance_insights_enabled=insights,
            performance_insights_kms_key_id=self.dependencies.kms_key_arn if insights else None,
            depends_on=self.dependencies.monitoring.rights if self.dependencies.monitoring is not None else None,
        )
        return addressed(f"database_{letter}", instance)

    @property
    def host(self) -> str:
        """Writer endpoint (token)."""
        return self.resource.endpoint
