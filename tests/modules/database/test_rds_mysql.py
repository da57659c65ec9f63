from typing import Any

import pytest

from modules.database.dependencies import DatabasePlace, MasterPassword
from modules.database.rds_mysql import RdsMysqlInstance
from modules.settings import RdsMysql
from tests.contexts import context_of
from tests.documents import GONE, at, bare_stack, synthesized

PLACE = DatabasePlace("vpc-1", ("subnet-1", "subnet-2"), {"nodes": "sg-1", "cluster_group": "sg-2"})
PASSWORD = "${ephemeral.aws_secretsmanager_secret_version.database.secret_string}"
INSTANCE = "resource aws_db_instance database"
KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-86ef-1234567890ab"


def made(protect: bool = True, **settings: Any) -> dict[str, Any]:
    stack = bare_stack()
    RdsMysqlInstance(
        stack,
        "database",
        context=context_of(stack, protect=protect),
        settings=RdsMysql(**settings),
        placement=PLACE,
        password=MasterPassword(PASSWORD, 3),
    )
    return synthesized(stack)


def test_it_is_encrypted_private_and_doubled() -> None:
    instance = at(made(), INSTANCE)
    wanted = {
        "storage_encrypted": True,
        "kms_key_id": "${aws_kms_key.database.arn}",
        "performance_insights_kms_key_id": "${aws_kms_key.database.arn}",
        "publicly_accessible": False,
        "multi_az": True,
        "iam_database_authentication_enabled": False,
        "copy_tags_to_snapshot": True,
        "db_subnet_group_name": "${aws_db_subnet_group.database.name}",
        "vpc_security_group_ids": ["${aws_security_group.database.id}"],
    }
    assert {name: instance[name] for name in wanted} == wanted


def test_only_what_pods_run_on_gets_in_and_by_the_port_of_mysql_alone() -> None:
    document = made()
    rules = at(document, "resource aws_vpc_security_group_ingress_rule")
    assert {
        name: (rule["referenced_security_group_id"], rule["from_port"], rule["to_port"]) for name, rule in rules.items()
    } == {
        "database_from_nodes": ("sg-1", 3306, 3306),
        "database_from_cluster_group": ("sg-2", 3306, 3306),
    }
    assert at(document, "resource aws_vpc_security_group_egress_rule") == GONE
    assert not any("cidr_ipv4" in rule for rule in rules.values())


def test_the_password_goes_to_a_write_only_argument_with_its_number() -> None:
    instance = at(made(), INSTANCE)
    assert (instance["password_wo"], instance["password_wo_version"]) == (PASSWORD, 3)
    assert "password" not in instance
    assert "manage_master_user_password" not in instance


@pytest.mark.parametrize("protect", [True, False])
def test_deletion_protection_is_of_terraform_and_of_aws(protect: bool) -> None:
    document = made(protect)
    assert at(document, f"{INSTANCE} deletion_protection") is protect
    for kind, name in (
        ("aws_db_instance", "database"),
        ("aws_kms_key", "database"),
        ("aws_cloudwatch_log_group", "database_error_log"),
    ):
        assert at(document, f"resource {kind} {name} lifecycle prevent_destroy") is protect


def test_logs_and_rights_are_there_before_it() -> None:
    document = made(log_exports=("error", "general"), log_retention_days=30)
    assert at(document, f"{INSTANCE} depends_on") == [
        "aws_cloudwatch_log_group.database_error_log",
        "aws_cloudwatch_log_group.database_general_log",
        "aws_iam_role_policy_attachment.database_monitoring_AmazonRDSEnhancedMonitoringRole",
    ]
    group = at(document, "resource aws_cloudwatch_log_group database_general_log")
    assert group["name"] == "/aws/rds/instance/prod-kubeflow/general"
    assert (group["retention_in_days"], group["kms_key_id"]) == (30, "${aws_kms_key.database_general_log.arn}")


def test_the_name_of_the_last_snapshot_is_new_with_what_replaces_the_database() -> None:
    document = made(username="admin")
    assert at(document, f"{INSTANCE} final_snapshot_identifier") == "prod-kubeflow-${terraform_data.database_life.id}"
    assert at(document, "resource terraform_data database_life triggers_replace") == {
        "kms_key_arn": "${aws_kms_key.database.arn}",
        "username": "admin",
    }


def test_without_a_last_snapshot_there_is_no_name_for_it() -> None:
    instance = at(made(final_snapshot=False), INSTANCE)
    assert instance["skip_final_snapshot"] is True
    assert "final_snapshot_identifier" not in instance


def test_a_snapshot_is_read_once() -> None:
    instance = at(made(snapshot_identifier="prod-kubeflow-1", kms_key_arn=KEY), INSTANCE)
    assert (instance["snapshot_identifier"], instance["kms_key_id"]) == ("prod-kubeflow-1", KEY)
    assert instance["lifecycle"]["ignore_changes"] == ["snapshot_identifier"]


def test_with_a_key_of_the_users_none_is_made() -> None:
    document = made(kms_key_arn=KEY, log_exports=())
    assert at(document, "resource aws_kms_key") == GONE


def test_what_is_left_out_is_not_there() -> None:
    document = made(performance_insights=False, monitoring_seconds=0, log_exports=(), max_storage_gib=None)
    instance = at(document, INSTANCE)
    assert "performance_insights_kms_key_id" not in instance
    assert "performance_insights_retention_period" not in instance
    assert "monitoring_role_arn" not in instance
    assert (instance["performance_insights_enabled"], instance["monitoring_interval"]) == (False, 0)
    assert instance["max_allocated_storage"] == 0
    assert at(document, "resource aws_iam_role") == GONE
    assert at(document, "resource aws_cloudwatch_log_group") == GONE


def test_a_track_may_move_on_but_only_by_settings() -> None:
    instance = at(made(engine_version="8.0"), INSTANCE)
    assert (instance["engine_version"], instance["allow_major_version_upgrade"]) == ("8.0", True)


def test_insights_are_kept_for_fifteen_months_where_that_is_set() -> None:
    instance = at(made(database_insights="advanced"), INSTANCE)
    assert (instance["database_insights_mode"], instance["performance_insights_retention_period"]) == ("advanced", 465)


def test_monitoring_is_for_this_account_alone() -> None:
    trust = at(made(), "data aws_iam_policy_document database_monitoring_trust statement 0")
    assert trust["principals"] == [{"type": "Service", "identifiers": ["monitoring.rds.amazonaws.com"]}]
    assert [condition["variable"] for condition in trust["condition"]] == ["aws:SourceAccount"]
