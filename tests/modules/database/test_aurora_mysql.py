from typing import Any

import pytest

from modules.database.aurora_mysql import AuroraMysqlCluster
from modules.database.dependencies import DatabasePlace, MasterPassword
from modules.settings import AuroraMysql
from tests.contexts import context_of
from tests.documents import at, bare_stack, synthesized

PASSWORD = "${ephemeral.aws_secretsmanager_secret_version.database.secret_string}"
CLUSTER = "resource aws_rds_cluster database"


def made(protect: bool = True, **settings: Any) -> dict[str, Any]:
    stack = bare_stack()
    AuroraMysqlCluster(
        stack,
        "database",
        context=context_of(stack, protect=protect),
        settings=AuroraMysql(**settings),
        placement=DatabasePlace("vpc-1", ("subnet-1", "subnet-2"), {"nodes": "sg-1"}),
        password=MasterPassword(PASSWORD, 3),
    )
    return synthesized(stack)


def test_it_is_encrypted_and_private_with_every_instance() -> None:
    document = made(instances=3)
    cluster = at(document, CLUSTER)
    wanted = {
        "storage_encrypted": True,
        "kms_key_id": "${aws_kms_key.database.arn}",
        "iam_database_authentication_enabled": False,
        "copy_tags_to_snapshot": True,
        "db_subnet_group_name": "${aws_db_subnet_group.database.name}",
        "vpc_security_group_ids": ["${aws_security_group.database.id}"],
        "db_cluster_parameter_group_name": "${aws_rds_cluster_parameter_group.database.name}",
    }
    assert {name: cluster[name] for name in wanted} == wanted
    instances = at(document, "resource aws_rds_cluster_instance")
    assert {name: one["identifier"] for name, one in instances.items()} == {
        f"database_{letter}": f"prod-kubeflow-{letter}" for letter in "abc"
    }
    for one in instances.values():
        assert (one["publicly_accessible"], one["cluster_identifier"]) == (False, "${aws_rds_cluster.database.id}")
        assert one["performance_insights_kms_key_id"] == "${aws_kms_key.database.arn}"


def test_the_password_goes_to_a_write_only_argument_with_its_number() -> None:
    cluster = at(made(), CLUSTER)
    assert (cluster["master_password_wo"], cluster["master_password_wo_version"]) == (PASSWORD, 3)
    assert "master_password" not in cluster
    assert "manage_master_user_password" not in cluster


@pytest.mark.parametrize("protect", [True, False])
def test_deletion_protection_is_of_terraform_and_of_aws(protect: bool) -> None:
    cluster = at(made(protect), CLUSTER)
    assert (cluster["deletion_protection"], cluster["lifecycle"]["prevent_destroy"]) == (protect, protect)


def test_logs_are_there_before_it_and_rights_before_its_instances() -> None:
    document = made()
    rights = "aws_iam_role_policy_attachment.database_monitoring_AmazonRDSEnhancedMonitoringRole"
    assert at(document, f"{CLUSTER} depends_on") == [
        "aws_cloudwatch_log_group.database_audit_log",
        "aws_cloudwatch_log_group.database_error_log",
        "aws_cloudwatch_log_group.database_slowquery_log",
        rights,
    ]
    assert at(document, "resource aws_rds_cluster_instance database_a depends_on") == [rights]
    name = at(document, "resource aws_cloudwatch_log_group database_audit_log name")
    assert name == "/aws/rds/cluster/prod-kubeflow/audit"


def test_the_name_of_the_last_snapshot_is_new_with_each_life() -> None:
    cluster = at(made(), CLUSTER)
    assert cluster["final_snapshot_identifier"] == "prod-kubeflow-${terraform_data.database_life.id}"
    assert at(made(final_snapshot=False), f"{CLUSTER} skip_final_snapshot") is True


def test_one_instance_without_measuring_is_small() -> None:
    document = made(instances=1, performance_insights=False, monitoring_seconds=0, log_exports=())
    assert at(document, "resource aws_rds_cluster_instance database_a") == {
        "apply_immediately": True,
        "auto_minor_version_upgrade": False,
        "ca_cert_identifier": "rds-ca-rsa2048-g1",
        "cluster_identifier": "${aws_rds_cluster.database.id}",
        "copy_tags_to_snapshot": True,
        "db_subnet_group_name": "${aws_db_subnet_group.database.name}",
        "engine": "aurora-mysql",
        "identifier": "prod-kubeflow-a",
        "instance_class": "db.t4g.medium",
        "monitoring_interval": 0,
        "performance_insights_enabled": False,
        "preferred_maintenance_window": "sun:05:00-sun:06:00",
        "publicly_accessible": False,
    }
