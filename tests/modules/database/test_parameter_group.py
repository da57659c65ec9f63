from typing import Any

import pytest

from modules.database.parameter_group import FOR_LOGS, parameter_group, parameters_of
from modules.settings import AuroraMysql, RdsMysql
from tests.documents import at, bare_stack, synthesized

NATIVE = {"name": "authentication_policy", "value": "*:mysql_native_password", "apply_method": "pending-reboot"}


def group(settings: RdsMysql | AuroraMysql, kind: str) -> Any:
    stack = bare_stack()
    assert parameter_group(stack, platform_name="prod", settings=settings)
    return at(synthesized(stack), f"resource {kind} database")


def test_the_master_user_of_8_4_signs_in_the_way_that_ml_metadata_knows() -> None:
    for settings, kind in (
        (RdsMysql(engine_version="8.4"), "aws_db_parameter_group"),
        (AuroraMysql(engine_version="8.4.mysql_aurora.8.4.7"), "aws_rds_cluster_parameter_group"),
    ):
        assert NATIVE in group(settings, kind)["parameter"]


def test_where_that_is_the_default_it_is_not_set() -> None:
    assert parameters_of(RdsMysql(engine_version="8.0", log_exports=())) == {}
    assert parameters_of(AuroraMysql(log_exports=())) == {}


def test_a_group_of_another_family_has_another_name_and_comes_first() -> None:
    old, new = (group(RdsMysql(engine_version=track), "aws_db_parameter_group") for track in ("8.0", "8.4"))
    assert (old["name"], old["family"]) == ("prod-kubeflow-mysql8-0", "mysql8.0")
    assert (new["name"], new["family"]) == ("prod-kubeflow-mysql8-4", "mysql8.4")
    assert new["lifecycle"] == {"create_before_destroy": True}


@pytest.mark.parametrize(
    ("log", "switch"), [("slowquery", "slow_query_log"), ("general", "general_log"), ("audit", "server_audit_logging")]
)
def test_a_log_that_is_exported_is_written_to_a_file(log: str, switch: str) -> None:
    found = parameters_of(AuroraMysql(log_exports=(log,)))
    assert found[switch] == "1"
    assert log == "audit" or found["log_output"] == "FILE"


def test_every_log_that_can_be_exported_has_its_parameters() -> None:
    for settings in (RdsMysql, AuroraMysql):
        (logs, _) = settings.model_fields["log_exports"].annotation.__args__  # type: ignore[union-attr]
        assert set(logs.__args__) <= set(FOR_LOGS)


def test_the_users_own_win_and_static_ones_wait() -> None:
    own = {"slow_query_log": "0", "innodb_log_file_size": "268435456"}
    found = {one["name"]: one for one in group(RdsMysql(parameters=own), "aws_db_parameter_group")["parameter"]}
    assert (found["slow_query_log"]["value"], found["slow_query_log"]["apply_method"]) == ("0", "immediate")
    assert found["innodb_log_file_size"]["apply_method"] == "pending-reboot"
    assert list(found) == sorted(found)
