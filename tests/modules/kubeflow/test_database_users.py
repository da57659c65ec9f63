import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.kubeflow.behaviours import DATABASE_USERS
from modules.kubeflow.builtin_context import builtin_context
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.components.pipelines.behaviour import SECRETS
from modules.kubeflow.database_users import CREATE, DROP
from modules.kubeflow.derived_secrets import derived_secrets
from modules.kubeflow.lock import Entry
from modules.kubeflow.program_databases import users_of
from modules.kubeflow.selection import charts
from modules.kubeflow.variants import lock
from modules.settings import (
    Dex,
    ExistingDatabase,
    InClusterDatabase,
    Kubeflow,
    ProgramDatabase,
    ProgramDatabases,
    Services,
)
from tests.mariadb import MASTER, PASSWORD, Server, missing, server
from tests.platforms import EVERYTHING

needs_mariadb = pytest.mark.skipif(bool(missing()), reason=f"not installed: {', '.join(missing())} (mariadb-server)")
BY_NAME = {component.name: component for component in CATALOGUE}
SECRET_ARN = "arn:aws:secretsmanager:us-west-2:111122223333:secret:db-AbCdEf"


def kubeflow(version: int = 1, **settings: Any) -> Kubeflow:
    chosen = {name: settings.pop(name) for name in ("database", "program_databases") if name in settings}
    services = Services(credentials_version=version, **chosen)
    return Kubeflow(auth=Dex(users=("a@corp.org",)), services=services, **settings)


def job(component: str, version: int = 1, **settings: Any) -> dict[str, Any]:
    """Container of the Job that a component runs."""
    chosen = kubeflow(version, **settings)
    facts = builtin_context(EVERYTHING.model_copy(update={"kubeflow": chosen}), chosen)
    (chart,) = charts(BY_NAME[component], None, facts)
    objects = list(yaml.safe_load_all(chart.content or b""))
    (found,) = [one for one in objects if one["kind"] == "Job"]
    container: dict[str, Any] = found["spec"]["template"]["spec"]["containers"][0]
    return container


def passwords(version: int) -> dict[str, str]:
    return {
        f"password_{user.program}": f"{user.credential.title().replace('-', '')}{version}" for user in DATABASE_USERS
    }


def run(
    database: Server,
    folder: Path,
    component: str,
    version: int,
    secret: Mapping[str, str] | None = None,
    **settings: Any,
) -> subprocess.CompletedProcess[str]:
    """Run the script of a Job with the variables of its container; only the client's option for TLS is another."""
    container = job(component, version, **settings)
    keys = {"host": "127.0.0.1", "port": str(database.port), "username": MASTER, "password": PASSWORD}
    keys |= {**passwords(version), **(secret or {})}
    env = {
        one["name"]: one["value"] if "value" in one else keys[one["valueFrom"]["secretKeyRef"]["key"]]
        for one in container["env"]
    }
    assert env["CLIENT_OPTIONS"] == "--ssl-mode=REQUIRED"
    env |= {"CLIENT_OPTIONS": "--no-defaults", "PATH": "/usr/bin:/bin"}
    shell, option, script = container["command"]
    script = script.replace("/tmp/retired", str(folder / "retired"))
    return subprocess.run([shell, option, script], env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("mariadb")) as running:
        for user in DATABASE_USERS:
            running.query(f"CREATE DATABASE {user.database}; CREATE TABLE {user.database}.kept (id INT);")
        running.query("CREATE DATABASE modelXregistry")
        yield running


@needs_mariadb
def test_each_program_uses_its_own_database_only(database: Server, tmp_path: Path) -> None:
    done = run(database, tmp_path, CREATE, 1)
    assert done.returncode == 0, done.stderr
    for user in DATABASE_USERS:
        account = (user.name(1), passwords(1)[f"password_{user.program}"])
        database.query(f"INSERT INTO {user.database}.kept VALUES (1)", *account)
        database.query(f"CREATE DATABASE IF NOT EXISTS {user.database}", *account)
        seen = set(database.query("SHOW DATABASES", *account).split())
        assert seen - {"information_schema"} == {user.database}
        for other in ("mysql", "modelXregistry", *(one.database for one in DATABASE_USERS if one is not user)):
            with pytest.raises(PermissionError, match="denied"):
                database.query(f"CREATE TABLE {other}.stolen (id INT)", *account)


@needs_mariadb
def test_databases_of_other_names_are_granted_and_otherwise_left_alone(database: Server, tmp_path: Path) -> None:
    """As in a restored snapshot of awslabs, whose Katib has its tables in `kubeflow`."""
    database.query("CREATE DATABASE kubeflow; CREATE TABLE kubeflow.observation_logs (id INT);")
    database.query("INSERT INTO kubeflow.observation_logs VALUES (7); CREATE DATABASE kfp_pipelines;")
    structure = (  # create_time of the server's own views is the time of the query
        "SELECT table_schema, table_name, create_time FROM information_schema.tables "
        "WHERE table_schema IN ('kubeflow', 'kfp_pipelines') ORDER BY 1, 2"
    )
    before = database.query("SHOW DATABASES"), database.query(structure)
    names = ProgramDatabases(
        katib=ProgramDatabase(database="kubeflow"), pipelines=ProgramDatabase(database="kfp_pipelines")
    )
    done = run(database, tmp_path, CREATE, 5, program_databases=names)
    assert done.returncode == 0, done.stderr
    assert (database.query("SHOW DATABASES"), database.query(structure)) == before
    for program, name, usual in (("katib", "kubeflow", "katib"), ("pipelines", "kfp_pipelines", "mlpipeline")):
        account = (f"{program}_5", passwords(5)[f"password_{program}"])
        assert set(database.query("SHOW DATABASES", *account).split()) - {"information_schema"} == {name}
        with pytest.raises(PermissionError, match="denied"):
            database.query(f"CREATE TABLE {usual}.stolen (id INT)", *account)
    assert (
        database.query("SELECT id FROM kubeflow.observation_logs", "katib_5", passwords(5)["password_katib"]) == "7\n"
    )
    assert run(database, tmp_path, DROP, 5, program_databases=names).returncode == 0
    assert database.query("SHOW DATABASES") == before[0]


@needs_mariadb
def test_after_a_rotation_a_user_has_the_named_database_only(database: Server, tmp_path: Path) -> None:
    database.query("CREATE DATABASE renamed")
    renamed = ProgramDatabases(katib=ProgramDatabase(database="renamed"))

    def seen(version: int) -> set[str]:
        account = (f"katib_{version}", passwords(version)["password_katib"])
        return set(database.query("SHOW DATABASES", *account).split()) - {"information_schema"}

    run(database, tmp_path, CREATE, 6)
    run(database, tmp_path, CREATE, 6, program_databases=renamed)
    assert seen(6) == {"katib", "renamed"}
    for component in (CREATE, DROP):
        assert run(database, tmp_path, component, 7, program_databases=renamed).returncode == 0
    assert seen(7) == {"renamed"}
    with pytest.raises(PermissionError):
        seen(6)


@needs_mariadb
def test_users_of_a_program_that_moved_to_another_server_are_dropped(database: Server, tmp_path: Path) -> None:
    theirs = ExistingDatabase(host="db.corp.org", username="u", password_secret_arn=SECRET_ARN)
    moved = ProgramDatabases(katib=ProgramDatabase(server=theirs))
    run(database, tmp_path, CREATE, 1)
    assert "katib_1" in database.query("SELECT user FROM mysql.user").split()
    for component in (CREATE, DROP):
        assert run(database, tmp_path, component, 1, program_databases=moved).returncode == 0
    users = database.query("SELECT user FROM mysql.user").split()
    assert "pipelines_1" in users
    assert "katib_1" not in users
    assert database.query("SELECT COUNT(*) FROM katib.kept").strip().isdecimal()


@needs_mariadb
def test_a_second_run_changes_nothing(database: Server, tmp_path: Path) -> None:
    statement = "SELECT user, host, authentication_string FROM mysql.user ORDER BY user"
    run(database, tmp_path, CREATE, 1)
    before = database.query(statement)
    assert run(database, tmp_path, CREATE, 1).returncode == 0
    assert database.query(statement) == before


@needs_mariadb
def test_a_rotation_interrupts_no_program(database: Server, tmp_path: Path) -> None:
    old, new = ("katib_1", passwords(1)["password_katib"]), ("katib_2", passwords(2)["password_katib"])
    run(database, tmp_path, CREATE, 1)
    assert run(database, tmp_path, CREATE, 2).returncode == 0
    for account in (old, new):  # both work until every program has the new one
        database.query("SELECT * FROM katib.kept", *account)
    done = run(database, tmp_path, DROP, 2)
    assert done.returncode == 0, done.stderr
    database.query("SELECT * FROM katib.kept", *new)
    with pytest.raises(PermissionError):
        database.query("SELECT 1", *old)
    users = set(database.query("SELECT user FROM mysql.user").split())
    assert {user.name(2) for user in DATABASE_USERS} | {MASTER} <= users
    assert not {user.name(1) for user in DATABASE_USERS} & users


@needs_mariadb
def test_users_of_other_programs_stay(database: Server, tmp_path: Path) -> None:
    database.query("CREATE USER 'katib_backup'@'%'; CREATE USER 'report_1'@'%';")
    assert run(database, tmp_path, DROP, 2).returncode == 0
    assert {"katib_backup", "report_1"} <= set(database.query("SELECT user FROM mysql.user").split())


@needs_mariadb
def test_a_password_that_breaks_out_is_refused(database: Server, tmp_path: Path) -> None:
    done = run(database, tmp_path, CREATE, 3, {"password_katib": "x'; DROP DATABASE katib; --"})
    assert done.returncode == 1
    assert "letters and digits" in done.stderr
    assert "katib" in database.query("SHOW DATABASES").split()


@needs_mariadb
@pytest.mark.parametrize("component", [CREATE, DROP])
def test_a_wrong_master_password_fails_the_job(database: Server, tmp_path: Path, component: str) -> None:
    done = run(database, tmp_path, component, 1, {"password": "wrong"})
    assert done.returncode != 0
    assert "Access denied" in done.stderr


def test_passwords_are_not_in_the_command_line() -> None:
    container = job(CREATE)
    assert not any("PASSWORD" in one["name"] and "value" in one for one in container["env"])
    assert "--password" not in container["command"][2]


def test_users_fit_the_limit_of_mysql_and_are_patterns_of_shell_and_sql() -> None:
    for user in DATABASE_USERS:
        assert len(user.name(999)) <= 32
        assert user.program.replace("_", "").isalpha()
        assert user.component in BY_NAME
        assert BY_NAME[user.component].after == (CREATE,)
    assert set(BY_NAME[DROP].after) == {user.component for user in DATABASE_USERS}


@pytest.mark.parametrize("variant", ["rds", "s3-rds"])
def test_programs_of_pipelines_read_a_secret_each(variant: str) -> None:
    entry: Entry = lock().entry("pipelines", variant)
    assert {secret.name for secret in entry.secrets if "mysql" in secret.name} == set(SECRETS.values())


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, True),
        ({"database": InClusterDatabase()}, False),
        ({"disable": ("pipelines", "katib", "model-registry")}, False),
        ({"disable": ("pipelines",)}, True),
    ],
)
def test_jobs_are_there_for_a_server_of_the_platform(settings: dict[str, Any], expected: bool) -> None:
    names = [component.name for component in chosen_components(kubeflow(**settings))]
    assert ({CREATE, DROP} <= set(names)) is expected
    assert bool({CREATE, DROP} & set(names)) is expected
    if "pipelines" in names and expected:
        assert names.index(CREATE) < names.index("pipelines") < names.index(DROP)


def test_only_installed_programs_get_a_user() -> None:
    assert [user.program for user in users_of(kubeflow(), {"katib"})] == ["katib"]
    keys = derived_secrets(kubeflow(disable=("model-registry", "pipelines"))).keys[CREATE, CREATE]
    assert [key for key in keys if key.startswith("password_")] == ["password_katib"]


def test_programs_of_a_made_server_share_nothing_and_those_of_an_existing_one_a_user() -> None:
    made = derived_secrets(kubeflow(2)).keys
    assert made["pipelines", "mysql-secret"] == {"username": '"pipelines_2"', "password": "{pipelines-database}"}
    accounts = [made["pipelines", name]["password"] for name in SECRETS.values()]
    accounts += [made["katib", "katib-mysql-secrets"]["DB_PASSWORD"]]
    assert len(set(accounts)) == 4
    assert "{database}" not in accounts
    theirs = ExistingDatabase(host="db.corp.org", username="u", password_secret_arn=SECRET_ARN)
    shared = derived_secrets(kubeflow(database=theirs)).keys
    assert {shared["pipelines", name]["username"] for name in SECRETS.values()} == {"{output.database_username}"}
    assert (CREATE, CREATE) not in shared
