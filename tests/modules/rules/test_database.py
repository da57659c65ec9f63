"""The database: what the reader sees of wrong settings."""

from typing import Any

import pytest

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
from tests.modules.settings.valid import KEY, Rows, on_kubeflow, platform

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


def on_cluster_of_others(**changes: Any) -> Platform:
    return platform(
        network=None,
        cluster=ExistingCluster(name="shared", **changes),
        kubeflow=Kubeflow(auth=Dex(users=("ada@example.com",)), services=Services(database=RdsMysql())),
    )


ROWS: Rows = {
    "kind": (
        on_database("mysql"),
        f"{WHERE}: is none of the sections that may stand here; give RdsMysql(…) or AuroraMysql(…) or ExistingDatabase(…) or "
        "InClusterDatabase()",
    ),
    "password_elsewhere": (
        existing(password_secret_arn=SECRET.replace("us-west-2", "us-east-1")),
        f"{WHERE}.password_secret_arn: the secret is in us-east-1, and Terraform reads it in us-west-2; replicate it there",
    ),
    "version_unknown": (
        on_rds(engine_version="5.7"),
        f"{WHERE}.engine_version: '5.7' is not a supported version of mysql (8.0, 8.4); set another one, such as 8.4",
    ),
    "version_of_the_other_engine": (
        on_aurora(engine_version="8.0.43"),
        f"{WHERE}.engine_version: '8.0.43' is not a supported version of aurora-mysql (8.0, 8.4); set another one, such as "
        "8.0.mysql_aurora.3.10.3",
    ),
    "patch_that_aws_upgrades": (
        on_rds(engine_version="8.4.7"),
        f"{WHERE}.engine_version: 8.4.7 is one patch, and AWS upgrades to newer ones, which no plan can take back; give the track, such "
        "as 8.4, or set auto_minor_upgrade=False",
    ),
    "track_of_aurora": (
        on_aurora(engine_version="8.0"),
        f"{WHERE}.engine_version: 8.0 is a track, which the AWS provider sends again with every change of the cluster, so that AWS may "
        "move it to another patch; give one patch, such as 8.0.mysql_aurora.3.10.3",
    ),
    "class": (
        on_rds(instance_class="db.serverless"),
        f"{WHERE}.instance_class: 'db.serverless' is not a class of database instances, such as db.t4g.medium (db.serverless is not "
        "made here)",
    ),
    "class_without_insights": (
        on_rds(instance_class="db.t4g.micro"),
        f"{WHERE}.performance_insights: db.t4g.micro is too small for it; set performance_insights=False, or take a larger class",
    ),
    "class_that_aurora_lacks": (
        on_aurora(instance_class="db.t3.small", performance_insights=False),
        f"{WHERE}.instance_class: Aurora has no db.t3.small; take db.t4g.medium or a larger one",
    ),
    "username": (
        on_rds(username="rdsadmin"),
        f"{WHERE}.username: 'rdsadmin' is not a MySQL user: 1 to 16 letters, digits and _, a letter first",
    ),
    "backup_window": (
        on_rds(backup_window="25:00-26:00"),
        f"{WHERE}.backup_window: '25:00-26:00' is not a time of day in UTC, such as 03:00-04:00",
    ),
    "maintenance_window": (
        on_rds(maintenance_window="sunday:05:00-06:00"),
        f"{WHERE}.maintenance_window: 'sunday:05:00-06:00' is not a time of the week in UTC, such as sun:05:00-sun:06:00",
    ),
    "windows_overlap": (
        on_aurora(maintenance_window="sun:03:30-sun:04:30"),
        f"{WHERE}.maintenance_window: sun:03:30-sun:04:30 overlaps the daily backup (03:00-04:00), which AWS refuses; move one of them",
    ),
    "windows_overlap_over_midnight": (
        on_rds(backup_window="23:45-00:15", maintenance_window="sun:23:00-mon:00:05"),
        f"{WHERE}.maintenance_window: sun:23:00-mon:00:05 overlaps the daily backup (23:45-00:15), which AWS refuses; move one of them",
    ),
    "windows_touch": (on_rds(maintenance_window="sun:04:00-sun:04:30"),),
    "windows_too_short": (
        on_rds(backup_window="03:00-03:29", maintenance_window="sun:05:00-sun:05:00"),
        f"{WHERE}.backup_window: 03:00-03:29 is shorter than 30 minutes; give a longer one",
        f"{WHERE}.maintenance_window: sun:05:00-sun:05:00 is shorter than 30 minutes; give a longer one",
    ),
    "parameter": (
        on_rds(parameters={"Max-Connections": "500"}),
        f"{WHERE}.parameters[Max-Connections]: 'Max-Connections' is no name of a parameter; they are of small letters, digits and _",
    ),
    "parameters_against_pipelines": (
        on_rds(
            parameters={
                "authentication_policy": "*:caching_sha2_password",
                "default_authentication_plugin": "caching_sha2_password",
                "require_secure_transport": "ON",
            }
        ),
        f"{WHERE}.parameters[authentication_policy]: *:caching_sha2_password, and with it ML Metadata of Pipelines could not sign in any "
        "more; leave it out, or leave out pipelines",
        f"{WHERE}.parameters[default_authentication_plugin]: caching_sha2_password, and with it ML Metadata of Pipelines could not sign "
        "in any more; leave it out, or leave out pipelines",
        f"{WHERE}.parameters[require_secure_transport]: ON, and with it ML Metadata of Pipelines could not sign in any more; leave it "
        "out, or leave out pipelines",
    ),
    "parameters_without_pipelines": (
        on_database(RdsMysql(parameters={"require_secure_transport": "ON"}), disable=("pipelines",)),
    ),
    "no_room_to_grow": (
        on_rds(storage_gib=100, max_storage_gib=109),
        f"{WHERE}.max_storage_gib: 109 leaves 100 GiB no room to grow; give 110 or more, or None",
    ),
    "fixed_size": (on_rds(storage_gib=400, max_storage_gib=None),),
    "advanced_without_insights": (
        on_rds(database_insights="advanced", performance_insights=False),
        f"{WHERE}.database_insights: advanced keeps what Performance Insights sees; set performance_insights=True",
    ),
    "snapshot": (
        on_aurora(snapshot_identifier="prod--final"),
        f"{WHERE}.snapshot_identifier: 'prod--final' is not the name or the ARN of a snapshot of a database",
    ),
    "snapshot_of_a_cluster": (
        on_rds(snapshot_identifier=CLUSTER_SNAPSHOT, kms_key_arn=KEY),
        f"{WHERE}.snapshot_identifier: is a snapshot of an Aurora cluster, and RDS makes no instance of it; give one of an instance, or "
        "AuroraMysql(…)",
    ),
    "snapshot_with_another_key": (
        on_rds(snapshot_identifier=SNAPSHOT),
        f"{WHERE}.kms_key_arn: RDS keeps the key of the snapshot for what it makes of it, and a plan with another key would replace the "
        "database; give the snapshot's key (`aws rds describe-db-snapshots`)",
    ),
    "snapshot_of_an_instance_for_aurora": (on_aurora(snapshot_identifier=SNAPSHOT),),
    "host": (
        existing(host="mysql.example.com:3306"),
        f"{WHERE}.host: 'mysql.example.com:3306' is not a host name or an address, without a port",
    ),
    "one_subnet": (
        on_cluster_of_others(private_subnet_ids=("subnet-0123456789abcdef0",)),
        "cluster.private_subnet_ids: RDS asks for subnets in two zones; give one of each, or leave them out",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_the_reader_sees(row: str) -> None:
    bad, *lines = ROWS[row]
    assert problems_of_all([bad]) == [f"prod: {line}" for line in lines]


def test_every_kind_may_stand_there() -> None:
    assert (
        problems_of_all([on_rds(), on_aurora().with_changes(name="two"), existing().with_changes(name="three")]) == []
    )


def test_a_window_goes_over_the_end_of_the_week() -> None:
    assert len(minutes_of("sun:23:30-mon:00:30")) == 60
    assert minutes_of("23:59-00:01") == {23 * 60 + 59, 0}
