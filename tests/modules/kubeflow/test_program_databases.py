"""Names and servers of single programs, in Secrets and in the objects that Helm renders."""

import functools
import json
import re
from typing import Any

import pytest

from modules.aws_data.kubernetes_versions import KUBERNETES_VERSIONS
from modules.kubeflow.behaviours import BEHAVIOURS, DATABASE_USERS
from modules.kubeflow.chosen import external_services_of
from modules.kubeflow.derived_secrets import derived_secrets
from modules.kubeflow.manifest import Object
from modules.kubeflow.program_databases import with_own_databases
from modules.settings import (
    Dex,
    ExistingDatabase,
    InClusterDatabase,
    Kubeflow,
    ProgramDatabase,
    ProgramDatabases,
    RdsMysql,
    Services,
)
from modules.settings.descriptions import descriptions
from stacks.platform import Synthesized
from tests.built_once import build
from tests.database_ca import PEM
from tests.object_schemas import problems, schemas_of
from tests.platform_objects import needs_cache, releases
from tests.platforms import platform

SECRET = "arn:aws:secretsmanager:us-west-2:111122223333:secret:katib-a1B2c3"
LEGACY = ExistingDatabase(host="legacy.corp.org", port=3307, username="legacy-user", password_secret_arn=SECRET)
SECURE = LEGACY.with_changes(host="secure.corp.org", ca_certificate=PEM)
OTHERS = ProgramDatabases(
    pipelines=ProgramDatabase(database="kfp_pipelines"),
    pipelines_cache=ProgramDatabase(database="kfp_cache", server=LEGACY),
    ml_metadata=ProgramDatabase(server=SECURE),
    katib=ProgramDatabase(database="kubeflow", server=LEGACY),
    model_registry=ProgramDatabase(database="models", server=SECURE),
)
RELEASES = ("katib", "model_registry", "pipelines")


def kubeflow(database: Any = None, others: ProgramDatabases = OTHERS, **services: Any) -> Kubeflow:
    services = {"database": database or RdsMysql(), "program_databases": others, **services}
    return Kubeflow(auth=Dex(users=("ada@corp.org",)), services=Services(**services))


@functools.cache
def synthesized(delivery: str) -> Synthesized:
    return build(platform("databases", kubeflow=kubeflow(credential_delivery=delivery)))


@functools.cache
def rendered(delivery: str) -> tuple[Object, ...]:
    """Objects of the three releases with tables."""
    one = synthesized(delivery)
    document = one.documents["databases-kubeflow"]
    few = {name: document["resource"]["helm_release"][name] for name in RELEASES}
    documents = {"databases-kubeflow": {**document, "resource": {"helm_release": few}}}
    return tuple(item for release in releases(documents, one.charts) for item in release.objects)


def found(delivery: str, kind: str, name: str) -> Object:
    (one,) = [item for item in rendered(delivery) if (item["kind"], item["metadata"]["name"]) == (kind, name)]
    return one


def pod(delivery: str, deployment: str) -> Object:
    spec: Object = found(delivery, "Deployment", deployment)["spec"]["template"]
    return spec


def env(container: Object, config: Object) -> dict[str, Any]:
    """Variables, those of the ConfigMap of Pipelines as their values."""
    read = {}
    for one in container["env"]:
        key = one.get("valueFrom", {}).get("configMapKeyRef", {}).get("key")
        read[one["name"]] = one.get("value", config.get(key))
    return read


DELIVERIES = pytest.mark.parametrize("delivery", ["terraform", "csi"])


def test_settings_name_each_program_once() -> None:
    assert set(ProgramDatabases.model_fields) == {user.program for user in DATABASE_USERS}
    usual = {user.program: user.database for user in DATABASE_USERS}
    described = descriptions(ProgramDatabases)
    assert {name: text.rpartition("Usual name: ")[2].rstrip(".") for name, text in described.items()} == usual


def test_usual_names_on_one_server_need_no_other_charts() -> None:
    usual = ProgramDatabases(katib=ProgramDatabase(database="katib"), pipelines=ProgramDatabase(database="mlpipeline"))
    assert with_own_databases(kubeflow(others=usual)) == frozenset()
    assert derived_secrets(kubeflow(others=usual)) == derived_secrets(kubeflow(others=ProgramDatabases()))
    only_katib = ProgramDatabases(katib=OTHERS.katib)
    assert with_own_databases(kubeflow(others=only_katib)) == frozenset(), "its Secret has all"
    assert with_own_databases(kubeflow(InClusterDatabase())) == frozenset()


@pytest.mark.parametrize(
    ("database", "others", "components"),
    [
        (None, ProgramDatabases(ml_metadata=ProgramDatabase(database="mlmd")), {"pipelines"}),
        (None, ProgramDatabases(model_registry=ProgramDatabase(server=LEGACY)), {"model-registry"}),
        (SECURE, ProgramDatabases(katib=ProgramDatabase(server=LEGACY)), {"model-registry", "pipelines"}),
        (LEGACY, ProgramDatabases(), set()),
    ],
)
def test_a_name_a_server_or_certificates_choose_the_variant(
    database: Any, others: ProgramDatabases, components: set[str]
) -> None:
    assert external_services_of(kubeflow(database, others)).own_databases == components


def test_a_program_signs_in_to_its_own_server_by_its_user() -> None:
    keys = derived_secrets(kubeflow()).keys
    assert keys["katib", "katib-mysql-secrets"] == {
        "DB_USER": '"legacy-user"',
        "DB_PASSWORD": f"{{{SECRET}}}",
        "KATIB_MYSQL_DB_DATABASE": '"kubeflow"',
        "KATIB_MYSQL_DB_HOST": '"legacy.corp.org"',
        "KATIB_MYSQL_DB_PORT": '"3307"',
    }
    assert keys["pipelines", "mysql-secret"] == {"username": '"pipelines_1"', "password": "{pipelines-database}"}
    assert keys["pipelines", "pipelines-cache-mysql"]["username"] == '"legacy-user"'
    shared = derived_secrets(kubeflow(LEGACY.with_changes(host="other.corp.org"))).keys
    assert shared["pipelines", "mysql-secret"]["username"] == "{output.database_username}"


def test_the_job_makes_users_on_the_server_of_the_platform_only() -> None:
    keys = derived_secrets(kubeflow()).keys["database-users", "database-users"]
    assert [key for key in keys if key.startswith("password_")] == ["password_pipelines"]


@needs_cache
@DELIVERIES
def test_each_program_of_pipelines_has_its_own_server_and_database(delivery: str) -> None:
    config = found(delivery, "ConfigMap", "pipeline-install-config")["data"]
    (server,) = pod(delivery, "ml-pipeline")["spec"]["containers"]
    variables = env(server, config)
    assert [variables[f"DBCONFIG_MYSQLCONFIG_{name}"] for name in ("HOST", "PORT", "DBNAME")] == [
        *("known-at-apply", "known-at-apply", "kfp_pipelines")
    ]
    assert json.loads(variables["DBCONFIG_MYSQLCONFIG_EXTRAPARAMS"]) == {"tls": "preferred"}
    (cache,) = pod(delivery, "cache-server")["spec"]["containers"]
    variables = env(cache, config)
    assert [variables[f"DBCONFIG_{name}"] for name in ("HOST_NAME", "PORT", "DB_NAME")] == [
        *("legacy.corp.org", "3307", "kfp_cache")
    ]
    spec = pod(delivery, "metadata-grpc-deployment")["spec"]
    (metadata,), (waits, *_) = spec["containers"], spec["initContainers"]
    variables = env(metadata, config)
    assert [variables[f"MYSQL_{name}"] for name in ("HOST", "PORT", "DATABASE")] == [
        "secure.corp.org",
        "3307",
        "metadb",
    ]
    variables = env(waits, config)
    assert (variables["WAIT_HOST"], variables["WAIT_PORT"]) == ("secure.corp.org", "3307")


@needs_cache
@DELIVERIES
def test_the_model_registry_makes_and_uses_its_own(delivery: str) -> None:
    config = found(delivery, "ConfigMap", "model-registry-db-parameters")["data"]
    assert (config["MYSQL_DATABASE"], config["MYSQL_PORT"]) == ("models", "3307")
    template = pod(delivery, "model-registry-deployment")
    (server,), (first,) = template["spec"]["containers"], template["spec"]["initContainers"]
    (dsn,) = [one for one in server["args"] if "dsn" in one]
    assert dsn.endswith("@tcp(secure.corp.org:$(MYSQL_PORT))/$(MYSQL_DATABASE)?charset=utf8mb4&tls=true")
    assert first["args"][:3] == [
        *("--defaults-extra-file=/etc/database-ca/client.cnf", "--host=secure.corp.org", "--port=3307")
    ]
    assert first["args"][-1] == "--execute=CREATE DATABASE IF NOT EXISTS models"
    assert template["metadata"]["annotations"]["traffic.sidecar.istio.io/excludeOutboundPorts"] == "3307"


@needs_cache
@DELIVERIES
@pytest.mark.parametrize(
    ("program", "deployment", "trusts"),
    [
        ("pipelines", "ml-pipeline", False),
        ("pipelines-cache", "cache-server", False),
        ("ml-metadata", "metadata-grpc-deployment", True),
        ("model-registry", "model-registry-deployment", True),
    ],
)
def test_certificates_are_mounted_where_a_server_has_them(
    delivery: str, program: str, deployment: str, trusts: bool
) -> None:
    assert found(delivery, "ConfigMap", f"{program}-database-ca")["data"]["ca.pem"] == (PEM if trusts else "")
    spec = pod(delivery, deployment)["spec"]
    (volume,) = [one for one in spec["volumes"] if one["name"] == "database-ca"]
    assert volume["configMap"] == {"name": f"{program}-database-ca"}
    (container,) = spec["containers"]
    (mount,) = [one for one in container["volumeMounts"] if one["name"] == "database-ca"]
    assert (mount["mountPath"], mount["readOnly"]) == ("/etc/database-ca", True)
    if program == "ml-metadata":
        assert {"--mysql_config_sslrootcert=/etc/database-ca/ca.pem", "--mysql_config_verify_server_cert=true"} <= {
            *container["args"]
        }
    else:
        assert {one["name"]: one.get("value") for one in container["env"]}["SSL_CERT_DIR"].startswith(
            "/etc/database-ca:"
        )


@needs_cache
def test_clients_read_the_options_of_their_server() -> None:
    options = found("terraform", "ConfigMap", "model-registry-database-ca")["data"]["client.cnf"]
    assert options.splitlines() == ["[client]", "ssl-mode=VERIFY_IDENTITY", "ssl-ca=/etc/database-ca/ca.pem"]


@needs_cache
def test_without_certificates_ml_metadata_gets_none() -> None:
    plain = OTHERS.with_changes(ml_metadata=ProgramDatabase(server=LEGACY, database="mlmd"))
    one = build(platform("plain", kubeflow=kubeflow(others=plain)))
    values = one.documents["plain-kubeflow"]["locals"]["pipelines_values"]["tokens"]
    assert {name: values[f"ml_metadata_{name}"] for name in ("ca", "ca_file", "verify")} == {
        "ca": "",
        "ca_file": "",
        "verify": "false",
    }


@needs_cache
@DELIVERIES
def test_objects_are_valid_and_say_nothing_of_tokens(delivery: str) -> None:
    changed = [item for item in rendered(delivery) if item["kind"] in ("ConfigMap", "Deployment")]
    assert problems(changed, max(KUBERNETES_VERSIONS), schemas_of(())) == []
    assert re.findall(r"@@[a-z_:]+@@", json.dumps(rendered(delivery))) == []
    assert BEHAVIOURS["katib"].database_variants is False
