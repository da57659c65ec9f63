"""Database of Pipelines, ML Metadata, Katib and the model registry."""

import ssl
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, Tag

from modules.aws_data.mysql_engines import Engine, MysqlTrack, mysql_track
from modules.settings.section import Section
from modules.settings.time_windows import BackupWindow, MaintenanceWindow
from modules.settings.types import ARN, Certificates, KeyArn, Retention, SecretArn, SecurityGroupId, kind_of, matching

InstanceClass = Annotated[
    str,
    matching(
        r"db\.[a-z][a-z0-9-]*\d[a-z0-9-]*\.(micro|small|medium|large|\d*xlarge)(\.tpc\d\.mem\dx)?",
        "a class of database instances, such as db.t4g.medium (db.serverless is not supported)",
    ),
]
Snapshot = Annotated[
    str,
    matching(
        rf"({ARN}rds:[a-z0-9-]+:\d{{12}}:(cluster-)?snapshot:)?(rds:|awsbackup:)?[A-Za-z](-?[A-Za-z0-9])*",
        "the name or the ARN of a snapshot of a database",
    ),
]
MysqlUser = Annotated[
    str,
    matching(
        r"(?!rdsadmin$)[a-z][a-z0-9_]{0,15}",
        "a user name for this platform: 1 to 16 lower-case letters, digits and _, starting with a letter, and not rdsadmin",
    ),
]
ExistingUser = Annotated[
    str,
    matching(
        r"[A-Za-z0-9_.-]{1,32}",
        "a MySQL user that every program can sign in with: 1 to 32 letters, digits, dots, _ and -",
    ),
]
OWN_SCHEMAS = ("information_schema", "mysql", "performance_schema", "sys")
"""Databases of MySQL itself."""
DatabaseName = Annotated[
    str,
    matching(
        rf"(?!(?i:{'|'.join(OWN_SCHEMAS)})$)[A-Za-z_][A-Za-z0-9_]{{0,63}}",
        "a database name that the programs can use, which do not quote it: 1 to 64 letters, digits and _, starting with a letter or _, "
        f"and not one of MySQL's own ({', '.join(OWN_SCHEMAS)})",
    ),
]
MOST_CERTIFICATES = 40_000
"""In characters: more would not fit into the Helm release next to the objects of Pipelines."""
HostName = Annotated[
    str, matching(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", "a host name or an address, without a port")
]


def readable(pem: str) -> str:
    """Refuse certificates that no client could read.

    Raises:
        ValueError: they are not certificates, or too many.
    """
    if len(pem) > MOST_CERTIFICATES:
        raise ValueError(
            f"has {len(pem)} characters, and at most {MOST_CERTIFICATES} are supported; use the bundle of one region"
        )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except ssl.SSLError:
        raise ValueError("has a certificate that cannot be read; copy the file of the authority again, whole") from None
    return pem


class MadeDatabase(Section):
    """Settings shared by RDS and Aurora."""

    engine: ClassVar[Engine]

    engine_version: str
    instance_class: InstanceClass = "db.t4g.medium"
    """Instance class: 2 vCPU and 4 GiB are enough for Kubeflow's own tables with a few dozen teams."""
    username: MysqlUser = "kubeflow"
    """Master user; with snapshot_identifier, the user of the snapshot. Changing this forces replacement (data loss)."""
    backup_days: int = Field(default=14, ge=1, le=35)
    """Days covered by point-in-time recovery."""
    backup_window: BackupWindow = "03:00-04:00"
    """Daily backup window (UTC)."""
    maintenance_window: MaintenanceWindow = "sun:05:00-sun:06:00"
    """Maintenance window (UTC); must not overlap the backup window."""
    apply_immediately: bool = True
    """Apply changes at once, including those that need a restart. False: in the maintenance window; until then each
    plan shows them again.
    """
    final_snapshot: bool = True
    """Create a snapshot with a unique name on destroy. It is encrypted with the database key: if the platform created
    that key, copy the snapshot under another key within its 30-day deletion window.
    """
    snapshot_identifier: Snapshot | None = None
    """Snapshot to restore from. Read only at creation: it can be removed afterwards. None: an empty database."""
    kms_key_arn: KeyArn | None = None
    """KMS key for storage, snapshots and Performance Insights. None: the platform creates one."""
    performance_insights: bool = True
    """Performance Insights with 7 days of retention, free of charge."""
    monitoring_seconds: Literal[0, 1, 5, 10, 15, 30, 60] = 60
    """Interval of Enhanced Monitoring in seconds. 0: disabled."""
    log_retention_days: Retention = 365
    """Retention of exported logs in days."""
    parameters: dict[str, str] = Field(default={})
    """Further MySQL parameters by name; static parameters take effect after a reboot."""
    ca_certificate: Literal["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"] = "rds-ca-rsa2048-g1"
    """Certificate authority of its TLS certificate."""

    @property
    def track(self) -> MysqlTrack:
        """Data of its version."""
        return mysql_track(self.engine, self.engine_version)


class RdsMysql(MadeDatabase):
    """An RDS MySQL instance created by the platform: private subnets, encrypted, reachable from the nodes only."""

    engine: ClassVar[Engine] = "mysql"

    engine_version: str = "8.4"
    """MySQL version: a track such as 8.4, or a patch version such as 8.4.7."""
    auto_minor_upgrade: bool = True
    """Upgrade to new patch versions of the track in the maintenance window."""
    multi_az: bool = True
    """Standby in a second zone with automatic failover."""
    storage_gib: int = Field(default=20, ge=20, le=65536)
    """Initial storage in GiB (gp3)."""
    max_storage_gib: int | None = Field(default=200, ge=22, le=65536)
    """Limit of storage autoscaling in GiB. None: no autoscaling."""
    log_exports: tuple[Literal["error", "general", "slowquery"], ...] = ("error", "slowquery")
    """Logs exported to CloudWatch, each to its own log group; general and slowquery are enabled for it."""
    database_insights: Literal["standard", "advanced"] = "standard"
    """advanced retains Performance Insights data for 15 months, billed per vCPU."""


class AuroraMysql(MadeDatabase):
    """An Aurora MySQL cluster created by the platform: private subnets, encrypted, reachable from the nodes only."""

    engine: ClassVar[Engine] = "aurora-mysql"

    engine_version: str = "8.0.mysql_aurora.3.10.3"
    """Aurora MySQL version with its patch; AWS does not upgrade it automatically. 3.10 has long-term support."""
    instances: int = Field(default=2, ge=1, le=15)
    """Instances: one writer, the others are readers in other zones for failover."""
    log_exports: tuple[Literal["audit", "error", "general", "slowquery"], ...] = ("audit", "error", "slowquery")
    """Logs exported to CloudWatch, each to its own log group; audit (sign-ins, changes of tables and permissions),
    general and slowquery are enabled for it.
    """


class ExistingDatabase(Section):
    """An existing MySQL server that the nodes can reach."""

    host: HostName
    """Host name."""
    port: int = Field(default=3306, ge=1, le=65535)
    """TCP port of the server."""
    username: ExistingUser
    """User with all permissions on the databases, also to create those that do not exist; for ML Metadata it must use
    mysql_native_password.
    """
    password_secret_arn: SecretArn
    """Secret in Secrets Manager whose value is the password only."""
    security_group_id: SecurityGroupId | None = None
    """Security group of the server, which gets a rule for the nodes. None: the nodes have access already."""
    ca_certificate: Annotated[Certificates, AfterValidator(readable)] | None = None
    """Certificates (PEM) of the authority that signed the server's certificate, such as the bundle of the region for RDS.
    With it, every connection is encrypted and the host name is verified; Katib has no TLS. None: TLS if the server offers
    it, without verification, and none for ML Metadata and Katib.
    """


class InClusterDatabase(Section):
    """Upstream's MySQL in the cluster, with a generated password. For evaluation only: one volume, no backup."""


class ProgramDatabase(Section):
    """Where one program has its tables, for data that exists already."""

    database: DatabaseName | None = None
    """Name of its database. An existing one is used with its tables, which the program upgrades to its version; a missing
    one is created. None: the usual name, as in a new platform.
    """
    server: ExistingDatabase | None = None
    """Server of this program alone. None: services.database."""


class ProgramDatabases(Section):
    """Databases and servers that differ from the usual ones, such as those of a restored snapshot."""

    pipelines: ProgramDatabase = ProgramDatabase()
    """API server of Pipelines: pipelines, runs and experiments. Usual name: mlpipeline."""
    pipelines_cache: ProgramDatabase = ProgramDatabase()
    """Cache of Pipelines 1. Usual name: cachedb."""
    ml_metadata: ProgramDatabase = ProgramDatabase()
    """ML Metadata of Pipelines: executions and artifacts. Usual name: metadb."""
    katib: ProgramDatabase = ProgramDatabase()
    """Metrics of Katib's trials. Usual name: katib."""
    model_registry: ProgramDatabase = ProgramDatabase()
    """Models and their versions. Usual name: model_registry."""


AnyDatabase = Annotated[
    Annotated[RdsMysql, Tag("union:RdsMysql")]
    | Annotated[AuroraMysql, Tag("union:AuroraMysql")]
    | Annotated[ExistingDatabase, Tag("union:ExistingDatabase")]
    | Annotated[InClusterDatabase, Tag("union:InClusterDatabase")],
    kind_of("RdsMysql(…)", "AuroraMysql(…)", "ExistingDatabase(…)", "InClusterDatabase()"),
]
