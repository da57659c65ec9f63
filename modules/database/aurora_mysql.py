"""An Aurora MySQL cluster."""

from string import ascii_lowercase

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
from cdktf_cdktf_provider_aws.rds_cluster_instance import RdsClusterInstance
from constructs import Construct

from modules.account import Account
from modules.database.dependencies import PORT, DatabaseDependencies, DatabasePlace, MasterPassword
from modules.database.findings import accept_of_cluster, accept_of_member
from modules.database.parameter_group import parameter_group
from modules.iam.role import Iam
from modules.naming import addressed
from modules.settings import AuroraMysql


class AuroraMysqlCluster(Construct):
    """An encrypted cluster in private subnets, reachable only from nodes.

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
        settings: AuroraMysql,
        placement: DatabasePlace,
        password: MasterPassword,
        protect: bool,
    ) -> None:
        super().__init__(scope, id_)
        dependencies = DatabaseDependencies(
            self, "ground", account=account, iam=iam, settings=settings, placement=placement, protect=protect
        )
        group = parameter_group(self, platform_name=iam.name_prefix, settings=settings)
        self.resource = self._cluster(settings, dependencies, group, password, protect)
        accept_of_cluster(self.resource, settings, protect=protect)
        for letter in ascii_lowercase[: settings.instances]:
            accept_of_member(self._instance(letter, settings, dependencies), settings)

    def _cluster(
        self,
        settings: AuroraMysql,
        dependencies: DatabaseDependencies,
        group: str,
        password: MasterPassword,
        protect: bool,
    ) -> RdsCluster:
        cluster = RdsCluster(
            self,
            "cluster",
            cluster_identifier=dependencies.name,
            engine="aurora-mysql",
            engine_version=settings.engine_version,
            allow_major_version_upgrade=True,  # only settings change the track
            apply_immediately=settings.apply_immediately,
            storage_encrypted=True,
            kms_key_id=dependencies.kms_key_arn,
            master_username=settings.username,
            master_password_wo=password.expression,
            master_password_wo_version=password.version,
            iam_database_authentication_enabled=False,
            port=PORT,
            db_subnet_group_name=dependencies.subnet_group_name,
            vpc_security_group_ids=dependencies.security_group_ids,
            db_cluster_parameter_group_name=group,
            backup_retention_period=settings.backup_days,
            preferred_backup_window=settings.backup_window,
            preferred_maintenance_window=settings.maintenance_window,
            copy_tags_to_snapshot=True,
            deletion_protection=protect,
            snapshot_identifier=settings.snapshot_identifier,
            skip_final_snapshot=not settings.final_snapshot,
            final_snapshot_identifier=dependencies.final_snapshot_name if settings.final_snapshot else None,
            delete_automated_backups=True,
            enabled_cloudwatch_logs_exports=list(settings.log_exports),
            # a snapshot applies only at creation; a later change would replace the database
            lifecycle=TerraformResourceLifecycle(prevent_destroy=protect, ignore_changes=["snapshot_identifier"]),
            depends_on=dependencies.before,
        )
        return addressed("database", cluster)

    def _instance(self, letter: str, settings: AuroraMysql, dependencies: DatabaseDependencies) -> RdsClusterInstance:
        """Identical instances; Aurora selects the writer and the zones."""
        insights = settings.performance_insights
        instance = RdsClusterInstance(
            self,
            f"instance-{letter}",
            identifier=f"{dependencies.name}-{letter}",
            cluster_identifier=self.resource.id,
            engine="aurora-mysql",
            instance_class=settings.instance_class,
            apply_immediately=settings.apply_immediately,
            auto_minor_version_upgrade=False,  # a plan cannot revert it
            ca_cert_identifier=settings.ca_certificate,
            copy_tags_to_snapshot=True,
            db_subnet_group_name=dependencies.subnet_group_name,
            publicly_accessible=False,
            preferred_maintenance_window=settings.maintenance_window,
            monitoring_interval=settings.monitoring_seconds,
            monitoring_role_arn=dependencies.monitoring_role_arn,
            performance_insights_enabled=insights,
            performance_insights_kms_key_id=dependencies.kms_key_arn if insights else None,
            depends_on=dependencies.monitoring.rights if dependencies.monitoring is not None else None,
        )
        return addressed(f"database_{letter}", instance)

    @property
    def host(self) -> str:
        """Writer endpoint (token)."""
        return self.resource.endpoint
