"""The database: what the reader sees of wrong settings."""

from typing import Any

from modules.rules import problems_of_all
from modules.settings import (
    AuroraMysql,
    Dex,
    ExistingCluster,
    ExistingDatabase,
    Kubeflow,
    Platform,
    RdsMysql,
    Services,
)
from modules.settings.time_windows import minutes_of
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import KEY, on_kubeflow, platform

WHERE = "kubeflow.services.database"
SNAPSHOT = "arn:aws:rds:us-west-2:111122223333:snapshot:prod-kubeflow-1"
CLUSTER_SNAPSHOT = "arn:aws:rds:us-west-2:111122223333:cluster-snapshot:prod-kubeflow-1"
SECRET = "arn:aws:secretsmanager:us-west-2:111122223333:secret:mysql-a1B2c3"


def on_database(database: Any, **changes: Any) -> Platform:
    return on_kubeflow(services=Services(database=database), **changes)


def on_rds(**changes: Any) -> Platform:
    return on_database(RdsMysql(**changes))


def on_aurora(**changes: Any) -> Platform:
    return on_database(AuroraMysql(**changes))


def existing(**changes: Any) -> Platform:
    given = {"host": "mysql.example.com", "username": "kubeflow", "password_secret_arn": SECRET}
    return on_database(ExistingDatabase(**{**given, **changes}))


def on_existing_cluster(**changes: Any) -> Platform:
    return platform(
        network=None,
        cluster=ExistingCluster(name="shared", **changes),
        kubeflow=Kubeflow(auth=Dex(users=("ada@example.com",)), services=Services(database=RdsMysql())),
    )


ROWS: Rows = {
    "kind": (
        on_database("mysql"),
        "kubeflow.services.database: here",
    ),
    "password_elsewhere": (
        existing(password_secret_arn=SECRET.replace("us-west-2", "us-east-1")),
        "kubeflow.services.database.password_secret_arn: us-east-1",
    ),
    "version_unknown": (
        on_rds(engine_version="5.7"),
        "kubeflow.services.database.engine_version: supported",
    ),
    "version_of_the_other_engine": (
        on_aurora(engine_version="8.0.43"),
        "kubeflow.services.database.engine_version: aurora-mysql",
    ),
    "patch_that_aws_upgrades": (
        on_rds(engine_version="8.4.7"),
        "kubeflow.services.database.engine_version: upgrades",
    ),
    "track_of_aurora": (
        on_aurora(engine_version="8.0"),
        "kubeflow.services.database.engine_version: cluster",
    ),
    "class": (
        on_rds(instance_class="db.serverless"),
        "kubeflow.services.database.instance_class: db.serverless",
    ),
    "class_without_insights": (
        on_rds(instance_class="db.t4g.micro"),
        "kubeflow.services.database.performance_insights: db.t4g.micro",
    ),
    "class_that_aurora_lacks": (
        on_aurora(instance_class="db.t3.small", performance_insights=False),
        "kubeflow.services.database.instance_class: db.t3.small",
    ),
    "username": (
        on_rds(username="rdsadmin"),
        "kubeflow.services.database.username: rdsadmin",
    ),
    "backup_window": (
        on_rds(backup_window="25:00-26:00"),
        "kubeflow.services.database.backup_window: 25:00-26:00",
    ),
    "maintenance_window": (
        on_rds(maintenance_window="sunday:05:00-06:00"),
        "kubeflow.services.database.maintenance_window: sun:05:00-sun:06:00",
    ),
    "windows_overlap": (
        on_aurora(maintenance_window="sun:03:30-sun:04:30"),
        "kubeflow.services.database.maintenance_window: sun:03:30-sun:04:30",
    ),
    "windows_overlap_over_midnight": (
        on_rds(backup_window="23:45-00:15", maintenance_window="sun:23:00-mon:00:05"),
        "kubeflow.services.database.maintenance_window: sun:23:00-mon:00:05",
    ),
    "windows_touch": (on_rds(maintenance_window="sun:04:00-sun:04:30"),),
    "windows_too_short": (
        on_rds(backup_window="03:00-03:29", maintenance_window="sun:05:00-sun:05:00"),
        "kubeflow.services.database.backup_window: 03:00-03:29",
        "kubeflow.services.database.maintenance_window: sun:05:00-sun:05:00",
    ),
    "parameter": (
        on_rds(parameters={"Max-Connections": "500"}),
        "kubeflow.services.database.parameters[Max-Connections]: valid",
    ),
    "parameters_against_pipelines": (
        on_rds(
            parameters={
                "authentication_policy": "*:caching_sha2_password",
                "default_authentication_plugin": "caching_sha2_password",
                "require_secure_transport": "ON",
            }
        ),
        "kubeflow.services.database.parameters[authentication_policy]: caching_sha2_password",
        "kubeflow.services.database.parameters[default_authentication_plugin]: caching_sha2_password",
        "kubeflow.services.database.parameters[require_secure_transport]: Pipelines",
    ),
    "parameters_without_pipelines": (
        on_database(RdsMysql(parameters={"require_secure_transport": "ON"}), disable=("pipelines",)),
    ),
    "no_room_to_grow": (
        on_rds(storage_gib=100, max_storage_gib=109),
        "kubeflow.services.database.max_storage_gib: more",
    ),
    "fixed_size": (on_rds(storage_gib=400, max_storage_gib=None),),
    "advanced_without_insights": (
        on_rds(database_insights="advanced", performance_insights=False),
        "kubeflow.services.database.database_insights: Performance",
    ),
    "snapshot": (
        on_aurora(snapshot_identifier="prod--final"),
        "kubeflow.services.database.snapshot_identifier: prod--final",
    ),
    "snapshot_of_a_cluster": (
        on_rds(snapshot_identifier=CLUSTER_SNAPSHOT, kms_key_arn=KEY),
        "kubeflow.services.database.snapshot_identifier: instance",
    ),
    "snapshot_with_another_key": (
        on_rds(snapshot_identifier=SNAPSHOT),
        "kubeflow.services.database.kms_key_arn: replace",
    ),
    "snapshot_of_an_instance_for_aurora": (on_aurora(snapshot_identifier=SNAPSHOT),),
    "host": (
        existing(host="mysql.example.com:3306"),
        "kubeflow.services.database.host: mysql.example.com:3306",
    ),
    "one_subnet": (
        on_existing_cluster(private_subnet_ids=("subnet-0123456789abcdef0",)),
        "cluster.private_subnet_ids: subnets",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []


def test_every_kind_is_accepted() -> None:
    assert (
        problems_of_all([on_rds(), on_aurora().with_changes(name="two"), existing().with_changes(name="three")]) == []
    )


def test_a_window_goes_over_the_end_of_the_week() -> None:
    assert len(minutes_of("sun:23:30-mon:00:30")) == 60
    assert minutes_of("23:59-00:01") == {23 * 60 + 59, 0}
