"""Where Pipelines, ML Metadata, Katib and the model registry keep their tables."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, Tag

from modules.aws_data.mysql_engines import Engine, MysqlTrack, mysql_track
from modules.settings.section import Section
from modules.settings.time_windows import BackupWindow, MaintenanceWindow
from modules.settings.types import ARN, KeyArn, Retention, SecretArn, SecurityGroupId, kind_of, matching

DATABASE_USERS = ("katib", "model-registry", "pipelines")
"""Entries of the catalogue that keep tables: without any of them no database is made."""

InstanceClass = Annotated[
    str,
    matching(
        r"db\.[a-z][a-z0-9-]*\d[a-z0-9-]*\.(micro|small|medium|large|\d*xlarge)(\.tpc\d\.mem\dx)?",
        "a class of database instances, such as db.t4g.medium (db.serverless is not made here)",
    ),
]
Snapshot = Annotated[
    str,
    matching(
        rf"({ARN}rds:[a-z0-9-]+:\d{{12}}:(cluster-)?snapshot:)?(rds:)?[A-Za-z](-?[A-Za-z0-9])*",
        "the name or the ARN of a snapshot of a database",
    ),
]
MysqlUser = Annotated[
    str, matching(r"(?!rdsadmin$)[a-z][a-z0-9_]{0,15}", "a MySQL user: 1 to 16 letters, digits and _, a letter first")
]
HostName = Annotated[
    str, matching(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", "a host name or an address, without a port")
]


class MadeDatabase(Section):
    """What RDS and Aurora have in common."""

    engine: ClassVar[Engine]

    engine_version: str
    instance_class: InstanceClass = "db.t4g.medium"
    """Instance class: 2 vCPU and 4 GiB carry Kubeflow's own tables of some dozen teams."""
    username: MysqlUser = "kubeflow"
    """Master user; with snapshot_identifier, the one that the snapshot has. A change makes the database anew, empty."""
    backup_days: int = Field(default=14, ge=1, le=35)
    """Days that any moment can be restored of."""
    backup_window: BackupWindow = "03:00-04:00"
    """When the daily backup is taken, in UTC."""
    maintenance_window: MaintenanceWindow = "sun:05:00-sun:06:00"
    """When AWS patches it, in UTC; not while it is backed up."""
    apply_immediately: bool = True
    """Make changes at apply, with the restart that some of them need. False: in the maintenance window; until then each
    plan shows them again.
    """
    final_snapshot: bool = True
    """Take a snapshot when it is destroyed, under a name that no other one has. It is encrypted with the database's key:
    with a key made here, copy it under another key within the 30 days in which that key can be called back.
    """
    snapshot_identifier: Snapshot | None = None
    """Snapshot that it is made of. Read only when it is made: afterwards it may stay or go. None: it begins empty."""
    kms_key_arn: KeyArn | None = None
    """Key of yours that encrypts storage, snapshots and Performance Insights. None: one is made."""
    performance_insights: bool = True
    """Keep which statements load it, for 7 days, which costs nothing."""
    monitoring_seconds: Literal[0, 1, 5, 10, 15, 30, 60] = 60
    """Seconds between two looks at its operating system (Enhanced Monitoring). 0: none."""
    log_retention_days: Retention = 365
    """Days that exported logs are kept."""
    parameters: dict[str, str] = Field(default={})
    """Further parameters of MySQL, by name; those that a running server does not take wait for a reboot."""
    ca_certificate: Literal["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"] = "rds-ca-rsa2048-g1"
    """Authority of its TLS certificate."""

    @property
    def track(self) -> MysqlTrack:
        """Facts of its version."""
        return mysql_track(self.engine, self.engine_version)


class RdsMysql(MadeDatabase):
    """An RDS MySQL instance made here, in private subnets, encrypted, open to the nodes only."""

    engine: ClassVar[Engine] = "mysql"

    engine_version: str = "8.4"
    """MySQL version: a track such as 8.4, or a patch of it such as 8.4.7."""
    auto_minor_upgrade: bool = True
    """Let AWS move to new patches of the track in the maintenance window."""
    multi_az: bool = True
    """Keep a standby in a second zone, which takes over by itself."""
    storage_gib: int = Field(default=20, ge=20, le=65536)
    """Storage to begin with, in GiB (gp3)."""
    max_storage_gib: int | None = Field(default=200, ge=22, le=65536)
    """Storage that it may grow to by itself, in GiB. None: it does not grow."""
    log_exports: tuple[Literal["error", "general", "slowquery"], ...] = ("error", "slowquery")
    """Logs that go to CloudWatch, each to a log group of its own; general and slowquery are switched on for it."""
    database_insights: Literal["standard", "advanced"] = "standard"
    """advanced keeps what performance_insights sees for 15 months, at a price per vCPU."""


class AuroraMysql(MadeDatabase):
    """An Aurora MySQL cluster made here, in private subnets, encrypted, open to the nodes only."""

    engine: ClassVar[Engine] = "aurora-mysql"

    engine_version: str = "8.0.mysql_aurora.3.10.3"
    """Aurora MySQL version with its patch; AWS moves to no other one by itself. 3.10 has long-term support."""
    instances: int = Field(default=2, ge=1, le=15)
    """Instances: one writes, the others stand by in other zones and take over."""
    log_exports: tuple[Literal["audit", "error", "general", "slowquery"], ...] = ("audit", "error", "slowquery")
    """Logs that go to CloudWatch, each to a log group of its own; audit (sign-ins, changes of tables and rights), general
    and slowquery are switched on for it.
    """


class ExistingDatabase(Section):
    """A MySQL server of yours that the nodes reach."""

    host: HostName
    """Host name."""
    port: int = Field(default=3306, ge=1, le=65535)
    """TCP port of the server."""
    username: MysqlUser
    """User with rights to create its databases; it signs in with mysql_native_password where Pipelines is installed."""
    password_secret_arn: SecretArn
    """Secret in Secrets Manager whose value is the password, alone."""
    security_group_id: SecurityGroupId | None = None
    """Security group of the server that gets a rule for the nodes. None: they reach it already."""


class InClusterDatabase(Section):
    """Upstream's MySQL in the cluster, with a generated password. For a look: it has one volume and no backup."""


AnyDatabase = Annotated[
    Annotated[RdsMysql, Tag("union:RdsMysql")]
    | Annotated[AuroraMysql, Tag("union:AuroraMysql")]
    | Annotated[ExistingDatabase, Tag("union:ExistingDatabase")]
    | Annotated[InClusterDatabase, Tag("union:InClusterDatabase")],
    kind_of("RdsMysql(…)", "AuroraMysql(…)", "ExistingDatabase(…)", "InClusterDatabase()"),
]
