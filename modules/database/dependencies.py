"""Resources required by RDS and Aurora: network, key, logs, monitoring, name of the final snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdktf import DataResource, ITerraformDependable
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from constructs import Construct

from modules.account import Account
from modules.database.ingress import allow_ingress
from modules.iam import role_names
from modules.iam.role import Iam, Role, Trust
from modules.kms_key import KmsKey
from modules.log_group import LogGroup
from modules.naming import addressed, aws_name
from modules.platform_context import PlatformContext
from modules.settings import AuroraMysql, RdsMysql

PORT = 3306


@dataclass(frozen=True)
class DatabasePlace:
    """Network placement and clients; all values may be tokens."""

    vpc_id: str
    subnet_ids: Sequence[str]
    """In at least two zones."""
    clients: Mapping[str, str]
    """Client name to security group id."""


@dataclass(frozen=True)
class MasterPassword:
    """The master user's password as ephemeral value, and its version number."""

    expression: str
    """`${ephemeral.…}`, for write-only arguments only."""
    version: int


class DatabaseDependencies(Construct):
    """Subnet group, security group, key, log groups and monitoring role of one database.

    Args:
        context: name prefix, account, role settings and protection of the platform.
        settings: database settings.
        placement: network placement and clients.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: PlatformContext,
        settings: RdsMysql | AuroraMysql,
        placement: DatabasePlace,
    ) -> None:
        super().__init__(scope, id_)
        self.name = aws_name(context.iam.name_prefix, "kubeflow", limit=63)
        """Identifier of the database."""
        self._settings = settings
        self.subnet_group_name = self._subnet_group(placement.subnet_ids)
        self.security_group_ids = [self._security_group(context.iam.name_prefix, placement)]
        self.kms_key_arn = settings.kms_key_arn or self._key(context.account, context.iam.name_prefix, context.protect)
        self.monitoring = self._monitoring(context.account, context.iam) if settings.monitoring_seconds else None
        self.logs: list[ITerraformDependable] = [
            self._log_group(context.account, context.iam.name_prefix, name, context.protect)
            for name in settings.log_exports
        ]
        """Log groups of exported logs; otherwise RDS creates them without retention and customer-managed key."""
        self.final_snapshot_name = self._final_snapshot_name()

    @property
    def monitoring_role_arn(self) -> str | None:
        """Role of Enhanced Monitoring (token)."""
        return self.monitoring.arn if self.monitoring is not None else None

    @property
    def before(self) -> list[ITerraformDependable]:
        """Prerequisites of the database, for `depends_on`."""
        return [*self.logs, *(self.monitoring.rights if self.monitoring is not None else [])]

    def _subnet_group(self, subnet_ids: Sequence[str]) -> str:
        group = DbSubnetGroup(
            self,
            "subnet-group",
            name=self.name,
            description="Private subnets for the database of Kubeflow",
            subnet_ids=list(subnet_ids),
        )
        return addressed("database", group).name

    def _security_group(self, platform_name: str, placement: DatabasePlace) -> str:
        name = aws_name(platform_name, "database", limit=255)
        group = addressed(
            "database",
            SecurityGroup(
                self,
                "security-group",
                name=name,
                vpc_id=placement.vpc_id,
                description="Database of Kubeflow",
                tags={"Name": name},
            ),
        )
        allow_ingress(self, security_group_id=group.id, clients=placement.clients, port=PORT)
        return group.id

    def _key(self, account: Account, platform_name: str, protect: bool) -> str:
        return KmsKey(
            self,
            "key",
            platform_name=platform_name,
            name="database",
            description=f"Encrypts the database of the platform {platform_name}, its snapshots and what is measured of it",
            account_root_arn=account.root_arn,
            protect=protect,
        ).arn

    def _monitoring(self, account: Account, iam: Iam) -> Role:
        """Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html."""
        return Role(
            self,
            "monitoring",
            iam=iam,
            name=role_names.DATABASE_MONITORING,
            trust=Trust(
                "Service",
                ("monitoring.rds.amazonaws.com",),
                conditions=(("StringEquals", "aws:SourceAccount", (account.account_id,)),),
            ),
            policy_arns=(iam.managed("service-role/AmazonRDSEnhancedMonitoringRole"),),
        )

    def _log_group(self, account: Account, platform_name: str, log: str, protect: bool) -> ITerraformDependable:
        """Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html."""
        kind = "cluster" if isinstance(self._settings, AuroraMysql) else "instance"
        return LogGroup(
            self,
            f"log-group-{log}",
            account=account,
            platform_name=platform_name,
            name=f"database_{log}_log",
            log_group_name=f"/aws/rds/{kind}/{self.name}/{log}",
            retention_days=self._settings.log_retention_days,
            protect=protect,
        ).resource

    def _final_snapshot_name(self) -> str:
        """Suffix that is stable between plans and new for each database: an existing snapshot of the same name fails destroy.

        `terraform_data` gets a random id at creation, so the id changes after destroy and apply, and with replacement of the
        database. After `-replace` of the database alone, replace both.
        """
        life = addressed(
            "database_life",
            DataResource(
                self,
                "life",
                triggers_replace={"kms_key_arn": self.kms_key_arn, "username": self._settings.username},
            ),
        )
        return f"{self.name}-{life.id}"
