from typing import Any

import pytest

from modules.kubeflow.behaviours import DATABASE_COMPONENTS
from modules.naming import slug
from modules.settings import (
    AutoMode,
    Dex,
    ExistingDatabase,
    FargateProfile,
    FargateSelector,
    Kubeflow,
    ProgramDatabase,
    ProgramDatabases,
    RdsMysql,
    Services,
)
from tests.built_once import build
from tests.documents import GONE, at
from tests.platforms import cluster, platform, stacks_of

SECRET = "arn:aws:secretsmanager:us-west-2:111122223333:secret:mysql-a1B2c3"
EXISTING = ExistingDatabase(host="mysql.example.com", username="kubeflow", password_secret_arn=SECRET)
FARGATE = FargateProfile(name="system", selectors=(FargateSelector(namespace="kube-system"),))


def services(*, disable: tuple[str, ...] = (), cluster_: Any = None, **chosen: Any) -> Any:
    kubeflow = Kubeflow(auth=Dex(users=("ada@example.net",)), disable=disable, services=Services(**chosen))
    made = build(platform("some", kubeflow=kubeflow, cluster=cluster_ or cluster()))
    return made.documents["some-services"]


def test_the_usual_platform_has_rds_and_outputs_its_address() -> None:
    document = stacks_of("prod")["services"]
    assert at(document, "output database_host value") == "${aws_db_instance.database.address}"
    assert at(document, "output database_port value") == "3306"
    assert at(document, "output database_username value") == "kubeflow"
    assert at(document, "resource aws_db_instance database password_wo") == (
        "${ephemeral.aws_secretsmanager_secret_version.database.secret_string}"
    )


def test_the_password_is_read_by_the_version_that_is_made_here() -> None:
    for name in ("prod", "databases"):
        document = stacks_of(name)["services"]
        assert at(document, "ephemeral aws_secretsmanager_secret_version database") == {
            "secret_id": "${aws_secretsmanager_secret.database.arn}",
            "version_id": "${aws_secretsmanager_secret_version.database.version_id}",
        }


def test_its_number_is_raised_with_the_credentials() -> None:
    document = services(credentials_version=4)
    assert at(document, "resource aws_db_instance database password_wo_version") == 4
    assert at(document, "resource aws_secretsmanager_secret_version database secret_string_wo_version") == 4


def test_where_nothing_keeps_tables_there_is_no_database() -> None:
    document = services(disable=DATABASE_COMPONENTS)
    assert at(document, "resource aws_db_instance") == GONE
    assert at(document, "resource aws_secretsmanager_secret database") == GONE
    assert [at(document, f"output database_{name} value") for name in ("host", "port", "username")] == ["", "", ""]


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({}, ["database_from_nodes"]),
        ({"auto_mode": AutoMode()}, ["database_from_cluster_group", "database_from_nodes"]),
        ({"fargate_profiles": (FARGATE,)}, ["database_from_cluster_group", "database_from_nodes"]),
    ],
)
def test_whatever_carries_pods_gets_in(settings: Any, names: list[str]) -> None:
    document = services(cluster_=cluster(**settings))
    rules = at(document, "resource aws_vpc_security_group_ingress_rule")
    assert sorted(name for name in rules if name.startswith("database")) == names


def test_of_an_existing_one_nothing_is_created_but_a_rule_where_that_is_set() -> None:
    document = services(database=EXISTING)
    for kind in ("aws_db_instance", "aws_rds_cluster", "aws_vpc_security_group_ingress_rule"):
        assert at(document, f"resource {kind}") == GONE
    assert at(document, "resource aws_secretsmanager_secret database") == GONE
    assert at(document, "output database_host value") == "mysql.example.com"
    opened = services(database=EXISTING.with_changes(security_group_id="sg-0123456789abcdef0", port=3307))
    rule = at(opened, "resource aws_vpc_security_group_ingress_rule database_from_nodes")
    assert (rule["security_group_id"], rule["from_port"], rule["to_port"]) == ("sg-0123456789abcdef0", 3307, 3307)


def test_servers_of_single_programs_admit_pods_once_for_each_group_and_port() -> None:
    first, second = "sg-0123456789abcdef0", "sg-0123456789abcdef1"
    shared = EXISTING.with_changes(security_group_id=first)

    def on(group: str | None, port: int = 3306, host: str = "other.example.com") -> ProgramDatabase:
        return ProgramDatabase(server=shared.with_changes(host=host, security_group_id=group, port=port))

    programs = ProgramDatabases(
        katib=on(second),
        pipelines=on(second, host="third.example.com"),
        pipelines_cache=on(first),
        model_registry=on(first, 3307),
    )
    for database, own in ((shared, {"database_from_nodes"}), (RdsMysql(), {f"database_{slug(first)}_3306_from_nodes"})):
        document = services(database=database, program_databases=programs)
        rules = at(document, "resource aws_vpc_security_group_ingress_rule")
        own |= {
            "database_from_nodes",
            f"database_{slug(first)}_3307_from_nodes",
            f"database_{slug(second)}_3306_from_nodes",
        }
        assert {name for name in rules if name.startswith("database")} == own
        assert {rules[name]["security_group_id"] for name in own} >= {first, second}


def test_a_database_in_the_cluster_has_no_outputs() -> None:
    document = stacks_of("full")["services"]
    assert at(document, "output database_host value") == ""
    assert at(document, "resource aws_db_instance") == GONE
