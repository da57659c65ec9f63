"""Names and servers of single programs: what the reader sees of wrong settings."""

from typing import Any

from modules.rules import problems_of_all
from modules.settings import (
    AuroraMysql,
    ExistingDatabase,
    InClusterDatabase,
    Platform,
    ProgramDatabase,
    ProgramDatabases,
    RdsMysql,
    Services,
)
from tests.database_ca import PEM
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import on_kubeflow

WHERE = "kubeflow.services.program_databases"
SECRET = "arn:aws:secretsmanager:us-west-2:111122223333:secret:mysql-a1B2c3"
SERVER = ExistingDatabase(host="mysql.corp.org", username="Kubeflow-User.1", password_secret_arn=SECRET)
SAME = SERVER.with_changes(host="MySQL.corp.org", username="other")
SECURE = SERVER.with_changes(ca_certificate=PEM)
ON_SERVER = ProgramDatabase(server=SERVER)


def on(database: Any = None, *, chosen: Any = None, **programs: Any) -> Platform:
    services = Services(database=database or RdsMysql(), program_databases=ProgramDatabases(**programs))
    return on_kubeflow(services=services, **chosen or {})


def named(**names: Any) -> dict[str, ProgramDatabase]:
    return {program: ProgramDatabase(database=name) for program, name in names.items()}


ROWS: Rows = {
    "names": (on(**named(katib="kubeflow", pipelines="KFP_2", ml_metadata="_mlmd")),),
    "name_of_mysql_itself": (on(**named(katib="MySQL")), f"{WHERE}.katib.database: mysql"),
    "name_that_must_be_quoted": (on(**named(pipelines="kfp-pipelines")), f"{WHERE}.pipelines.database: quote"),
    "name_with_a_digit_first": (on(**named(pipelines="2024")), f"{WHERE}.pipelines.database: starting with a letter"),
    "name_too_long": (on(**named(pipelines="a" * 65)), f"{WHERE}.pipelines.database: 1 to 64"),
    "two_programs_in_one": (
        on(**named(katib="mlpipeline")),
        f"{WHERE}.pipelines.database: katib",
    ),
    "two_programs_in_one_but_for_case": (
        on(**named(ml_metadata="Shared", model_registry="shared")),
        f"{WHERE}.model_registry.database: ml_metadata",
    ),
    "one_name_on_two_servers": (on(katib=ProgramDatabase(database="mlpipeline", server=SERVER)),),
    "one_server_by_two_names": (
        on(
            katib=ProgramDatabase(database="both", server=SERVER),
            ml_metadata=ProgramDatabase(database="both", server=SAME),
        ),
        f"{WHERE}.ml_metadata.database: katib",
    ),
    "server_of_all_and_of_one": (
        on(SERVER, katib=ProgramDatabase(database="metadb", server=SAME)),
        f"{WHERE}.ml_metadata.database: katib",
    ),
    "one_name_on_two_ports": (
        on(SERVER, katib=ProgramDatabase(database="metadb", server=SERVER.with_changes(port=3307))),
    ),
    "program_that_is_not_installed": (
        on(katib=ProgramDatabase(database="kubeflow"), chosen={"disable": ("katib",)}),
        f"{WHERE}.katib: not installed",
    ),
    "server_of_a_program_that_is_not_installed": (
        on(ml_metadata=ON_SERVER, pipelines_cache=ProgramDatabase(), chosen={"disable": ("pipelines",)}),
        f"{WHERE}.ml_metadata: pipelines is not installed",
    ),
    "in_the_cluster": (
        on(InClusterDatabase(), **named(katib="kubeflow", ml_metadata="mlmd")),
        f"{WHERE}.katib: begins empty",
        f"{WHERE}.ml_metadata: begins empty",
    ),
    "usual_names_in_the_cluster": (on(InClusterDatabase(), katib=ProgramDatabase(database=None)),),
    "server_of_all_without_programs": (
        on(AuroraMysql(), **dict.fromkeys(ProgramDatabases.model_fields, ON_SERVER)),
        "kubeflow.services.database: not used",
    ),
    "server_of_all_without_installed_programs": (
        on(katib=ON_SERVER, chosen={"disable": ("model-registry", "pipelines")}),
        "kubeflow.services.database: not used",
    ),
    "secret_elsewhere": (
        on(katib=ProgramDatabase(server=SERVER.with_changes(password_secret_arn=SECRET.replace("west", "east")))),
        f"{WHERE}.katib.server.password_secret_arn: us-east-2",
    ),
    "host_with_a_port": (
        on(katib=ProgramDatabase(server=SERVER.with_changes(host="mysql.corp.org:3306"))),
        f"{WHERE}.katib.server.host: without a port",
    ),
    "user_that_breaks_a_connection_string": (
        on(katib=ProgramDatabase(server=SERVER.with_changes(username="kube:flow@"))),
        f"{WHERE}.katib.server.username: 1 to 32",
    ),
    "certificates_of_all_that_katib_ignores": (
        on(SECURE),
        "kubeflow.services.database.ca_certificate: unencrypted",
    ),
    "certificates_that_katib_ignores": (
        on(katib=ProgramDatabase(server=SECURE)),
        f"{WHERE}.katib.server.ca_certificate: unencrypted",
    ),
    "certificates_without_katib": (on(SECURE, chosen={"disable": ("katib",)}),),
    "certificates_but_for_katib": (on(SECURE, katib=ON_SERVER),),
    "certificates_that_are_none": (
        on(SERVER.with_changes(ca_certificate="ca.pem")),
        "kubeflow.services.database.ca_certificate: BEGIN CERTIFICATE",
    ),
    "certificates_that_are_broken": (
        on(SERVER.with_changes(ca_certificate=PEM.replace("MIIB", "MIIC"))),
        "kubeflow.services.database.ca_certificate: cannot be read",
    ),
    "certificates_of_all_regions": (
        on(SERVER.with_changes(ca_certificate=PEM * 70)),
        "kubeflow.services.database.ca_certificate: one region",
    ),
    "parameters_that_ml_metadata_needs": (
        on(RdsMysql(parameters={"authentication_policy": "*:caching_sha2_password"})),
        "kubeflow.services.database.parameters[authentication_policy]: sign in",
    ),
    "parameters_without_ml_metadata": (
        on(RdsMysql(parameters={"authentication_policy": "*:caching_sha2_password"}), ml_metadata=ON_SERVER),
    ),
}


def test_what_each_platform_reports() -> None:
    assert differences(ROWS) == []


def test_certificates_are_not_repeated_in_an_error() -> None:
    (line,) = problems_of_all([on(SERVER.with_changes(ca_certificate="-----BEGIN PRIVATE KEY-----abc"))])
    assert "PRIVATE" not in line
