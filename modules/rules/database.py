"""Rules and warnings about the database."""

import re
from collections.abc import Iterator

from modules.aws_data.mysql_engines import NATIVE_PASSWORD, Engine, mysql_track, track_names
from modules.errors import split_sentence
from modules.kubeflow.made_database import database_users, made_database
from modules.kubeflow.program_databases import users_of
from modules.rules.rule import Problem, rule, warning
from modules.settings.cluster import ExistingCluster
from modules.settings.database import AuroraMysql, MadeDatabase, RdsMysql
from modules.settings.platform import Platform
from modules.settings.time_windows import SHORTEST_WINDOW, minutes_of, overlap

NO_INSIGHTS = re.compile(r"db\.(t3|t4g)\.(micro|small)", re.ASCII)
"""Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html"""


def names_track(engine: Engine, version: str) -> bool | None:
    """Whether a version is a track, and not one patch of it; None: it is unknown, which another rule reports."""
    try:
        mysql_track(engine, version)
    except ValueError:
        return None
    return version in track_names(engine)


PATH = "kubeflow.services.database"


@rule(Platform)
def subnets_of_the_database(platform: Platform) -> Iterator[Problem]:
    """A subnet group spans two zones, even for one instance; new networks always do."""
    subnets = platform.cluster.private_subnet_ids if isinstance(platform.cluster, ExistingCluster) else ()
    if len(subnets) == 1 and made_database(platform) is not None:
        yield (
            "cluster.private_subnet_ids",
            "RDS requires subnets in two zones",
            "list one subnet of each zone, or remove the setting",
        )


@rule(Platform)
def parameters_that_pipelines_need(platform: Platform) -> Iterator[Problem]:
    """ML Metadata's client supports one authentication plugin and does not trust the RDS certificate authorities."""
    database, kubeflow = made_database(platform), platform.kubeflow
    if database is None or kubeflow is None:
        return
    if not any(user.program == "ml_metadata" for user in users_of(kubeflow, database_users(kubeflow))):
        return
    for name, wanted in (
        ("authentication_policy", (NATIVE_PASSWORD,)),
        ("default_authentication_plugin", ("mysql_native_password",)),
        ("require_secure_transport", ("0", "OFF")),
    ):
        value = database.parameters.get(name, wanted[0])
        if value.upper() not in {one.upper() for one in wanted}:
            yield (
                f"{PATH}.parameters[{name}]",
                f"ML Metadata of Pipelines cannot sign in with {value}",
                "remove the parameter, or disable pipelines",
            )


@warning(Platform)
def database_warnings(platform: Platform) -> Iterator[Problem]:
    """A final snapshot whose key is deleted with the platform."""
    database = made_database(platform)
    if database is None:
        return
    if not platform.deletion_protection and database.final_snapshot and database.kms_key_arn is None:
        yield (
            f"{PATH}.final_snapshot",
            "the final snapshot is encrypted with the platform's key, which is deleted 30 days after destroy",
            "copy the snapshot with another key, set kms_key_arn, or set final_snapshot=False",
        )


@rule(MadeDatabase)
def engine_version(database: MadeDatabase) -> Iterator[Problem]:
    """RDS supports the engine version."""
    try:
        mysql_track(database.engine, database.engine_version)
    except ValueError as error:
        yield "engine_version", *split_sentence(str(error))


@rule(MadeDatabase)
def performance_insights(database: MadeDatabase) -> Iterator[Problem]:
    """The instance class supports Performance Insights."""
    if database.performance_insights and NO_INSIGHTS.fullmatch(database.instance_class):
        yield (
            "performance_insights",
            f"{database.instance_class} does not support Performance Insights",
            "set performance_insights=False or use a larger class",
        )


@rule(MadeDatabase)
def windows(database: MadeDatabase) -> Iterator[Problem]:
    """Windows are long enough and do not overlap."""
    backup = minutes_of(database.backup_window)
    maintenance = minutes_of(database.maintenance_window)
    for name, window in (("backup_window", backup), ("maintenance_window", maintenance)):
        if len(window) < SHORTEST_WINDOW:
            yield name, f"{getattr(database, name)} is shorter than {SHORTEST_WINDOW} minutes", "use a longer window"
    if overlap(backup, maintenance):
        yield (
            "maintenance_window",
            f"{database.maintenance_window} overlaps the backup window {database.backup_window}",
            "move one of them",
        )


@rule(MadeDatabase)
def parameter_names(database: MadeDatabase) -> Iterator[Problem]:
    """Names of MySQL parameters."""
    for name in database.parameters:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name, re.ASCII):
            yield (
                f"parameters[{name}]",
                f"{name!r} is not a valid parameter name",
                "use lower-case letters, digits and _",
            )


@rule(RdsMysql)
def rds_version(database: RdsMysql) -> Iterator[Problem]:
    """A pinned patch excludes automatic upgrades."""
    known = names_track("mysql", database.engine_version)
    if known is False and database.auto_minor_upgrade:
        yield (
            "engine_version",
            f"{database.engine_version} is a patch version, which AWS upgrades automatically and a plan cannot revert",
            "use a track such as 8.4, or set auto_minor_upgrade=False",
        )


@rule(RdsMysql)
def storage_limit(database: RdsMysql) -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html."""
    least = -(-database.storage_gib * 11 // 10)
    if database.max_storage_gib is not None and database.max_storage_gib < least:
        yield (
            "max_storage_gib",
            f"storage autoscaling needs at least 10 % more than {database.storage_gib} GiB, not {database.max_storage_gib}",
            f"set {least} or more, or None",
        )


@rule(RdsMysql)
def database_insights(database: RdsMysql) -> Iterator[Problem]:
    """Advanced Database Insights needs Performance Insights."""
    if database.database_insights == "advanced" and not database.performance_insights:
        yield "database_insights", "advanced mode requires Performance Insights", "set performance_insights=True"


@rule(RdsMysql)
def rds_snapshot(database: RdsMysql) -> Iterator[Problem]:
    """The snapshot is of an instance, and its key is set."""
    if database.snapshot_identifier is None:
        return
    if ":cluster-snapshot:" in database.snapshot_identifier:
        yield (
            "snapshot_identifier",
            "a snapshot of an Aurora cluster cannot be restored to an RDS instance",
            "use a snapshot of an instance, or AuroraMysql(…)",
        )
    if database.kms_key_arn is None:
        yield (
            "kms_key_arn",
            "a restored database keeps the key of the snapshot, and another key would replace the database",
            "set the snapshot's key (`aws rds describe-db-snapshots`)",
        )


@rule(AuroraMysql)
def aurora_version(database: AuroraMysql) -> Iterator[Problem]:
    """Aurora needs an exact patch."""
    if names_track("aurora-mysql", database.engine_version):
        yield (
            "engine_version",
            f"{database.engine_version} is a track, so any change of the cluster can change its patch",
            "use a patch version such as 8.0.mysql_aurora.3.10.3",
        )


@rule(AuroraMysql)
def aurora_class(database: AuroraMysql) -> Iterator[Problem]:
    """Aurora has the instance class."""
    if NO_INSIGHTS.fullmatch(database.instance_class):
        yield (
            "instance_class",
            f"Aurora does not support {database.instance_class}",
            "use db.t4g.medium or a larger class",
        )
