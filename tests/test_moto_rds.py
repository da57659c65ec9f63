"""What the extension refuses of RDS, as AWS does, so that an apply on moto shows the order of things."""

from typing import Any

import pytest

from tests.stand_ins.moto_extension import Server

PASSWORD = "0123456789abcdef"


def group(aws: Server, family: str) -> str:
    name = f"ours-{family.replace('.', '-')}"
    aws.client("rds").create_db_parameter_group(
        DBParameterGroupName=name, DBParameterGroupFamily=family, Description="ours"
    )
    return name


def instance(aws: Server, name: str, **given: Any) -> dict[str, Any]:
    made = aws.client("rds").create_db_instance(
        **{
            "DBInstanceIdentifier": name,
            "DBInstanceClass": "db.t4g.medium",
            "Engine": "mysql",
            "EngineVersion": "8.4",
            "MasterUsername": "kubeflow",
            "MasterUserPassword": PASSWORD,
            "AllocatedStorage": 20,
            **given,
        }
    )
    return dict(made["DBInstance"])


def test_a_track_is_its_newest_patch_and_each_instance_has_its_id(aws: Server) -> None:
    one, two = instance(aws, "one"), instance(aws, "two", EngineVersion="8.0.40")
    assert (one["EngineVersion"], two["EngineVersion"]) == ("8.4.7", "8.0.40")
    assert one["DbiResourceId"] != two["DbiResourceId"]


def test_a_group_is_of_the_versions_family_and_stays_while_it_is_used(aws: Server) -> None:
    rds = aws.client("rds")
    old, new = group(aws, "mysql8.0"), group(aws, "mysql8.4")
    with pytest.raises(rds.exceptions.ClientError, match=r"mysql8\.0 can't be used for mysql 8\.4\.7"):
        instance(aws, "one", DBParameterGroupName=old)
    instance(aws, "two", EngineVersion="8.0", DBParameterGroupName=old)
    with pytest.raises(rds.exceptions.ClientError, match="are using ours-mysql8-0"):
        rds.delete_db_parameter_group(DBParameterGroupName=old)
    rds.modify_db_instance(DBInstanceIdentifier="two", EngineVersion="8.4", DBParameterGroupName=new)
    rds.delete_db_parameter_group(DBParameterGroupName=old)


def test_what_a_running_server_does_not_take_is_not_applied_at_once(aws: Server) -> None:
    rds, name = aws.client("rds"), group(aws, "mysql8.4")
    parameter = {"ParameterName": "authentication_policy", "ParameterValue": "*:mysql_native_password"}
    with pytest.raises(rds.exceptions.ClientError, match="static parameter"):
        rds.modify_db_parameter_group(DBParameterGroupName=name, Parameters=[{**parameter, "ApplyMethod": "immediate"}])
    rds.modify_db_parameter_group(
        DBParameterGroupName=name, Parameters=[{**parameter, "ApplyMethod": "pending-reboot"}]
    )
    (found,) = rds.describe_db_parameters(DBParameterGroupName=name, Source="user")["Parameters"]
    assert (found["ParameterValue"], found["Source"]) == ("*:mysql_native_password", "user")


def test_what_is_measured_is_kept(aws: Server) -> None:
    made = instance(aws, "one", EnablePerformanceInsights=True, PerformanceInsightsRetentionPeriod=7)
    assert (made["PerformanceInsightsEnabled"], made["PerformanceInsightsRetentionPeriod"]) == (True, 7)
