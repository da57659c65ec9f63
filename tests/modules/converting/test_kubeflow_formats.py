"""KfDef, the variables of awslabs/kubeflow-manifests and the values of deployKF, on small inputs of our own."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import kubeflow_aws
from cli.app import app
from cli.convert import main_py, markdown
from modules.converting.combine import Conversion, convert
from modules.converting.document import Document, KeyPath, dotted, read_documents
from modules.converting.draft import Draft
from modules.converting.kfctl.fields import ENTRIES, GONE, IN_CLUSTER, OPT_IN
from modules.converting.recognize import FORMATS, format_of
from modules.converting.row import Row, Rows
from modules.converting.walk import walk
from modules.kubeflow.catalogue import CATALOGUE
from modules.settings import (
    Contributor,
    Dex,
    ExistingBucket,
    ExistingCognito,
    ExistingDatabase,
    InClusterDatabase,
    InClusterStore,
    LoadBalancer,
    NodeGroup,
    Oidc,
    Platform,
    ProgramDatabase,
    ProgramDatabases,
    Quota,
    RdsMysql,
)
from tests.built_once import build
from tests.modules.converting.complete import converted as converted_files
from tests.modules.converting.format_fields import fields_of

INPUTS = Path(__file__).parent / "inputs"
NAMES = sorted(path.name for path in INPUTS.iterdir() if path.name.startswith(("kfdef", "awslabs", "deploykf")))
SECRETS = ("open-sesame", "AKIAIOSFODNN7EXAMPLE", "$2y$10$")
FORMAT_OF_FIELDS = {
    "kfctl": "kfdef-1.0-cognito.yaml",
    "awslabs": "awslabs-vanilla.tfvars",
    "deploykf": "deploykf-embedded.yaml",
}


@cache
def converted(*names: str) -> Conversion:
    return convert([INPUTS / name for name in names])


def row(name: str, key: str) -> Row:
    (found,) = [one for one in converted(name).rows if one.key.endswith(key)]
    return found


def leaves(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if not inner or not value:
        yield path
        return
    for part, item in inner:
        yield from leaves(item, (*path, part))


@pytest.mark.parametrize("name", NAMES)
def test_each_key_is_in_one_row_with_its_line(name: str) -> None:
    (document,) = read_documents(INPUTS / name)
    rows = [one for one in converted(name).rows if one.file]
    for path in leaves(document.data):
        around = {dotted(path[:length]) for length in range(1, len(path) + 1)}
        (found,) = [one for one in rows if one.key in around]
        assert 1 <= found.line <= document.line(path)


@pytest.mark.parametrize("name", NAMES)
def test_the_written_main_py_has_the_converted_settings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Platform] = []
    monkeypatch.setattr(kubeflow_aws, "synthesize", lambda *given: written.extend(given))
    exec(main_py(converted(name).platform, [INPUTS / name]), {"__name__": "__main__"})
    assert written == [converted(name).platform]


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_is_in_main_py_or_in_the_report(name: str) -> None:
    assert any(secret in (INPUTS / name).read_text() for secret in SECRETS) or name in {
        "kfdef-1.0-cognito.yaml",
        "awslabs-vanilla.tfvars",
    }
    made = converted(name)
    text = main_py(made.platform, [INPUTS / name]) + markdown(made, [INPUTS / name]) + repr(made.rows)
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize("fields", FORMAT_OF_FIELDS)
def test_each_field_of_the_format_is_known(fields: str) -> None:
    (sample,) = read_documents(INPUTS / FORMAT_OF_FIELDS[fields])
    known = format_of(sample)

    def is_known(field: str, value: Any) -> bool:
        rows = Rows()
        walk(Document("x", with_value(field, value), {}), known.table, known.source, Draft(), rows)
        return not any(one.note.startswith("unknown key") for one in rows.all())

    # a list or mapping that is empty in the source has no text as its value
    assert [one for one in fields_of(fields)["fields"] if not is_known(one, "1") and not is_known(one, None)] == []
    assert not is_known("no_such_field", "1")


def with_value(field: str, value: Any) -> dict[str, Any]:
    """A document in which one field has a value."""
    for part in reversed(field.split(".")):
        name = part.rstrip("[]")
        for _ in range(part.count("[]")):
            value = [value]
        value = {name: value}
    assert isinstance(value, dict)
    return value


def test_each_application_of_public_kfdefs_is_known() -> None:
    known = ENTRIES.keys() | OPT_IN.keys() | GONE.keys() | IN_CLUSTER.keys()
    assert set(fields_of("kfctl_applications")["fields"]) <= known


def test_applications_and_tools_become_entries_of_the_catalogue() -> None:
    default = {one.name for one in CATALOGUE if one.default}
    opt_in = {one.name for one in CATALOGUE if not one.default}
    assert {entry for entries in ENTRIES.values() for entry in entries} <= default
    assert set(OPT_IN.values()) <= opt_in


def test_formats_are_distinguished() -> None:
    for name in NAMES:
        (document,) = read_documents(INPUTS / name)
        assert len([known for known in FORMATS if known.recognizes(document)]) == 1


def kubeflow(*names: str) -> Any:
    return converted(*names).platform.kubeflow


def test_kfdef_with_cognito_keeps_the_users() -> None:
    made = kubeflow("kfdef-1.0-cognito.yaml")
    assert made.auth == ExistingCognito(
        user_pool_id="eu-west-1_AbCdEfGhI",
        client_id="1h57kf5cpq17m0eml12EXAMPLE",
        domain="ml-legacy.auth.eu-west-1.amazoncognito.com",
    )
    assert isinstance(made.exposure, LoadBalancer)
    assert (
        made.exposure.certificate_arn
        == "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"
    )
    assert made.enable == ("training-operator",)
    assert converted("kfdef-1.0-cognito.yaml").platform.name == "ml-legacy"


def test_kfdef_says_what_becomes_of_data_and_of_own_applications() -> None:
    mysql = row("kfdef-1.0-cognito.yaml", "spec.applications[2].name")
    assert (mysql.verdict, mysql.line) == ("by_hand", 17)
    assert "docs/from-kfctl.md" in mysql.note
    own = row("kfdef-1.0-cognito.yaml", "spec.applications[7].name")
    assert (own.verdict, own.matters) == ("no_home", True)
    assert "oauth2/callback" in row("kfdef-1.0-cognito.yaml", "cognitoUserPoolArn").note


def test_kfdef_with_a_local_user_and_services_outside() -> None:
    made = kubeflow("kfdef-1.2-basic.yaml")
    assert made.auth == Dex(users=("admin@example.com",))
    assert "not an e-mail address" in row("kfdef-1.2-basic.yaml", "basicAuth.username").note
    assert made.services.artifacts == ExistingBucket(name="ml-legacy-artifacts")
    assert isinstance(made.services.database, ExistingDatabase)
    assert made.services.database.host.startswith("legacy.")
    assert made.enable == ("aws-for-fluent-bit",)


def test_kfdef_with_an_identity_provider_and_a_wrong_certificate() -> None:
    made = kubeflow("kfdef-1.2-oidc.yaml")
    assert made.auth == Oidc(issuer="https://login.team.example.net/realms/ml", client_id="kubeflow")
    certificate = row("kfdef-1.2-oidc.yaml", "certArn")
    assert certificate.verdict == "by_hand"
    assert "'not-known-yet' is not the ARN of a certificate" in certificate.note
    assert "A placeholder is in its place" in certificate.note


def test_awslabs_nodes_and_names() -> None:
    made = converted("awslabs-vanilla.tfvars").platform
    assert (made.name, made.region) == ("ml-platform", "us-east-2")
    assert row("awslabs-vanilla.tfvars", "cluster_name").verdict == "by_hand"
    cpu, gpu = sorted(vars(made.cluster)["node_groups"], key=lambda group: group.name)
    assert isinstance(cpu, NodeGroup)
    assert (cpu.instance_types, cpu.disk.size_gib, cpu.min_size, cpu.max_size) == (("m5.2xlarge",), 80, 5, 10)
    assert (gpu.accelerator, gpu.disk.size_gib) == ("nvidia", 120)
    assert kubeflow("awslabs-vanilla.tfvars").enable == ("nvidia-device-plugin",)
    assert kubeflow("awslabs-vanilla.tfvars").notebooks.idle_minutes == 60
    assert "one minor version at a time" in row("awslabs-vanilla.tfvars", "eks_version").note


def test_awslabs_data_comes_along() -> None:
    made = kubeflow("awslabs-cognito-rds-s3.tfvars")
    assert isinstance(made.auth, ExistingCognito)
    assert made.auth.domain == "auth.ml.team.example.net"
    assert isinstance(made.services.artifacts, ExistingBucket)
    database = made.services.database
    assert isinstance(database, RdsMysql)
    assert (database.username, database.engine_version, database.storage_gib) == ("admin", "8.0", 40)
    assert database.snapshot_identifier == "kubeflow-before-the-move"
    assert database.multi_az is False
    programs = made.services.program_databases
    assert programs == ProgramDatabases(katib=ProgramDatabase(database="kubeflow"))
    assert row("awslabs-cognito-rds-s3.tfvars", "mlmdb_name").verdict == "maps"
    assert made.exposure.host == "kubeflow.ml.team.example.net"
    assert row("awslabs-cognito-rds-s3.tfvars", "minio_service_region").verdict == "by_hand"
    assert "unknown key" in row("awslabs-cognito-rds-s3.tfvars", "our_password").note


def test_awslabs_keeps_the_tables_of_katib_in_its_default_database(tmp_path: Path) -> None:
    text = (INPUTS / "awslabs-cognito-rds-s3.tfvars").read_text()
    line = next(one for one in text.splitlines() if one.startswith("db_name"))
    found = []
    for changed in ("", 'db_name = "katib"'):
        (tmp_path / "sample.auto.tfvars").write_text(text.replace(line, changed))
        made = convert([tmp_path / "sample.auto.tfvars"]).platform.kubeflow
        assert made is not None
        found.append(made.services.program_databases.katib.database)
    assert found == ["kubeflow", "katib"]


def test_awslabs_declarations_are_read_by_their_defaults() -> None:
    made = converted("awslabs-rds-s3.tf").platform
    assert (made.name, made.region) == ("ml", "us-west-2")
    assert isinstance(kubeflow("awslabs-rds-s3.tf").services.database, InClusterDatabase)
    assert row("awslabs-rds-s3.tf", "variable.db_class.default").verdict == "no_home"
    assert row("awslabs-rds-s3.tf", "variable.cluster_name.default").line == 5


def test_deploykf_sign_in_and_services() -> None:
    made = kubeflow("deploykf-external.yaml")
    assert made.auth.users == ("ada@team.example.net", "lin@team.example.net")
    assert [type(one).__name__ for one in made.auth.connectors] == ["LdapConnector", "GithubConnector", "OidcConnector"]
    assert (made.exposure.host, made.exposure.scheme) == ("kubeflow.team.example.net", "internet-facing")
    assert made.services.artifacts == ExistingBucket(name="ml-artifacts")
    assert (made.services.database.host, made.services.database.port) == ("mysql.team.example.net", 3307)
    programs = made.services.program_databases
    names = {
        name: getattr(programs, name).database for name in ("pipelines", "pipelines_cache", "ml_metadata", "katib")
    }
    assert names == {
        "pipelines": "kfp_pipelines",
        "pipelines_cache": "kfp_cache",
        "ml_metadata": "metadb",
        "katib": "katib",
    }
    assert programs.katib.server is not None
    assert (programs.katib.server.host, programs.katib.server.username) == ("other.team.example.net", "katib")
    assert programs.katib.server.port == 3306
    assert "katib.server.password_secret_arn" in row("deploykf-external.yaml", "katib.mysql.auth.password").note
    assert row("deploykf-external.yaml", "connectors[3].type").verdict == "by_hand"


def changed_deploykf(folder: Path, *changes: tuple[str, str]) -> Conversion:
    text = (INPUTS / "deploykf-external.yaml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "values.yaml").write_text(text)
    return convert([folder / "values.yaml"])


def test_deploykf_without_names_has_its_own_defaults_on_an_external_server(tmp_path: Path) -> None:
    names = (
        "    mysqlDatabases: {cacheDatabase: kfp_cache, metadataDatabase: metadb, pipelinesDatabase: kfp_pipelines}\n"
    )
    made = changed_deploykf(tmp_path, (names, ""))
    assert made.platform.kubeflow is not None
    programs = made.platform.kubeflow.services.program_databases
    assert [getattr(programs, name).database for name in ("pipelines", "pipelines_cache", "ml_metadata")] == [
        *("kfp_pipelines", "kfp_cache", "kfp_metadata")
    ]
    (row,) = [one for one in made.rows if one.key.endswith("ml_metadata.database")]
    assert "default of deployKF" in row.note


def test_deploykf_with_one_server_has_one_and_says_which_name_is_none(tmp_path: Path) -> None:
    made = changed_deploykf(
        tmp_path,
        (
            "other.team.example.net\n      auth: {username: katib,",
            "mysql.team.example.net\n      port: 3307\n      auth: {username: kubeflow,",
        ),
        ("kfp_pipelines", "kfp-pipelines"),
    )
    assert made.platform.kubeflow is not None
    services = made.platform.kubeflow.services
    assert services.program_databases.katib.server is None
    assert isinstance(services.database, ExistingDatabase)
    assert isinstance(services.database, ExistingDatabase)
    assert services.database.host == "mysql.team.example.net"
    (row,) = [one for one in made.rows if one.key.endswith("pipelinesDatabase")]
    assert row.verdict == "by_hand"
    assert "do not quote" in row.note


def test_deploykf_profiles_become_teams_with_groups_written_out() -> None:
    vision, speech = kubeflow("deploykf-external.yaml").teams
    assert (vision.name, vision.owner) == ("ml-vision", "ada@team.example.net")
    assert vision.contributors == (
        Contributor(user="lin@team.example.net", role="edit"),
        Contributor(user="guest@team.example.net", role="view"),
    )
    assert vision.quota == Quota(cpu=4, memory_gib=10)
    assert vision.aws.role == "arn:aws:iam::111122223333:role/vision"
    assert speech.quota == Quota(pods=100)
    assert "no node group" in row("deploykf-external.yaml", "hard.requests.nvidia.com/gpu").note
    assert row("deploykf-external.yaml", "hard.limits.cpu").verdict == "no_home"


def test_deploykf_profiles_without_an_owner_that_can_sign_in_have_none(tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    text = (INPUTS / "deploykf-external.yaml").read_text().replace("ownerEmail: ada@", "ownerEmail: gone@")
    file.write_text(text[: text.index("      connectors:")] + text[text.index("      clients:") :])
    made = convert([file])
    assert made.platform.kubeflow is not None
    vision, speech = made.platform.kubeflow.teams
    assert (vision.owner, speech.owner) == (None, None)
    assert [one.user for one in vision.contributors] == ["ada@team.example.net", "lin@team.example.net"]
    assert [one.user for one in speech.contributors] == ["lin@team.example.net"]
    (row,) = [one for one in made.rows if one.key == "kubeflow.teams[0].contributors"]
    assert row.note.startswith("guest@team.example.net cannot sign in")


def test_deploykf_notebooks() -> None:
    notebooks = kubeflow("deploykf-external.yaml").notebooks
    assert (notebooks.cpu, notebooks.memory_gib, notebooks.workspace_gib) == (2.0, 4.0, 20)
    assert (notebooks.storage_class, notebooks.idle_minutes, notebooks.devices) == ("gp3", 120, ("nvidia",))


def test_deploykf_in_the_cluster_and_without_tools() -> None:
    made = kubeflow("deploykf-embedded.yaml")
    assert (made.services.artifacts, made.services.database) == (InClusterStore(), InClusterDatabase())
    assert {"katib", "jupyter-web-app"} <= set(made.disable)
    assert row("deploykf-embedded.yaml", "spawnerFormDefaults.cpu.value").note == "notebooks is not installed"


def test_several_files_of_values_are_merged_as_helm_does(tmp_path: Path) -> None:
    base, production = tmp_path / "base.yaml", tmp_path / "production.yaml"
    base.write_text(
        """\
deploykf_core:
  deploykf_auth:
    dex:
      staticPasswords: [{email: old@example.com, password: {value: open-sesame}}]
  deploykf_istio_gateway:
    gateway: {hostname: base.example.org, tls: {enabled: true}}
kubeflow_tools:
  katib: {enabled: false}
  pipelines: {bucket: {name: base-bucket}, mysql: {useExternal: true, host: db.base.example.org, auth: {username: kf}}}
"""
    )
    production.write_text(
        """\
deploykf_core:
  deploykf_auth:
    dex:
      staticPasswords:
        - {email: new@example.org, password: {value: other}}
  deploykf_istio_gateway:
    gateway: {hostname: ml.example.org}
kubeflow_tools:
  katib: null
  pipelines: {mysql: {host: db.example.org}}
"""
    )
    made = converted_files(base, production)
    kubeflow_of = made.platform.kubeflow
    assert kubeflow_of is not None
    assert isinstance(kubeflow_of.auth, Dex)
    assert kubeflow_of.auth.users == ("new@example.org",)
    assert "katib" not in kubeflow_of.disable
    assert isinstance(kubeflow_of.services.database, ExistingDatabase)
    assert (kubeflow_of.services.database.host, kubeflow_of.services.database.username) == ("db.example.org", "kf")
    rows = {(Path(one.file).name, one.line, one.key): one for one in made.rows if one.file}
    host = "kubeflow_tools.pipelines.mysql.host"
    assert rows["base.yaml", 9, host].note == f"{production}:10 sets it, too, and the later file counts, as in Helm"
    assert rows["production.yaml", 10, host].setting == "kubeflow.services.database.host"
    assert ("base.yaml", 9, "kubeflow_tools.pipelines.mysql.auth.username") in rows
    assert "open-sesame" not in str(made.rows)


def test_the_order_of_files_of_values_decides(tmp_path: Path) -> None:
    first, second, third = (tmp_path / f"{number}.yaml" for number in (1, 2, 3))
    for file, host in ((first, "a"), (second, "b"), (third, "c")):
        file.write_text(f"deploykf_core: {{deploykf_istio_gateway: {{gateway: {{hostname: {host}.example.org}}}}}}\n")
    for order in ([first, second, third], [third, first, second]):
        made = converted_files(*order)
        assert made.platform.kubeflow is not None
        assert isinstance(made.platform.kubeflow.exposure, LoadBalancer)
        assert made.platform.kubeflow.exposure.host == f"{'abc'[int(order[-1].stem) - 1]}.example.org"
        assert [one.line for one in made.rows if one.key.endswith("hostname")] == [1, 1, 1]


def test_a_cluster_and_what_runs_on_it_make_one_platform() -> None:
    made = converted("cluster.yaml", "kfdef-1.2-oidc.yaml", "deploykf-embedded.yaml")
    assert (made.platform.name, made.platform.region) == ("ml-legacy", "us-west-2")
    assert isinstance(kubeflow("cluster.yaml", "kfdef-1.2-oidc.yaml", "deploykf-embedded.yaml").auth, Oidc)
    assert {Path(one.file).name for one in made.rows if one.file} == {
        "cluster.yaml",
        "kfdef-1.2-oidc.yaml",
        "deploykf-embedded.yaml",
    }


def test_the_command_writes_main_py_and_a_report_and_prints_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = [str(INPUTS / "cluster.yaml"), str(INPUTS / "kfdef-1.2-basic.yaml")]
    done = CliRunner().invoke(app, ["convert", *files, "--report", "report.md"])
    assert done.exit_code == 0, done.output
    assert "Must be done by hand" in done.stdout
    text = done.output + Path("main.py").read_text() + Path("report.md").read_text()
    assert 'name="ml-legacy"' in text
    assert "open-sesame" not in text


def test_a_second_document_of_a_format_is_refused() -> None:
    with pytest.raises(ValueError, match="two documents of KfDef of kfctl are two platforms"):
        converted("kfdef-1.2-oidc.yaml", "kfdef-1.2-basic.yaml")


@pytest.mark.slow
def test_they_synthesize() -> None:
    chosen = ("kfdef-1.0-cognito.yaml", "awslabs-cognito-rds-s3.tfvars", "deploykf-external.yaml")
    platforms = [converted(name).platform.with_changes(name=f"p{number}") for number, name in enumerate(chosen)]
    assert len(build(*platforms).documents) >= 3 * 5


@pytest.mark.parametrize("embedded", [True, False])
def test_deploykf_with_a_server_of_katib_alone_leaves_pipelines_off_it(tmp_path: Path, embedded: bool) -> None:
    opt = "deploykf_opt: {deploykf_mysql: {enabled: true}}\n" if embedded else ""
    katib = "{useExternal: true, host: katib.team.example.net, auth: {username: katib}}"
    text = f"{opt}kubeflow_tools:\n  pipelines: {{mysql: {{useExternal: false}}}}\n  katib: {{mysql: {katib}}}\n"
    (tmp_path / "values.yaml").write_text(text)
    made = convert([tmp_path / "values.yaml"])
    assert made.platform.kubeflow is not None
    services = made.platform.kubeflow.services
    assert isinstance(services.database, RdsMysql), "in the cluster, it would be for all programs"
    assert services.program_databases.katib.server is not None
    assert services.program_databases.katib.server.host == "katib.team.example.net"
    notes = [row.note for row in made.rows if row.key.endswith("deploykf_mysql.enabled")]
    assert [note.partition(",")[0] for note in notes] == ["a new server for all but Katib"] * embedded


def test_deploykf_with_katib_but_no_pipelines_has_its_server_for_all(tmp_path: Path) -> None:
    katib = "{useExternal: true, host: katib.team.example.net, auth: {username: katib}}"
    (tmp_path / "values.yaml").write_text(
        f"kubeflow_tools:\n  pipelines: {{enabled: false}}\n  katib: {{mysql: {katib}}}\n"
    )
    made = convert([tmp_path / "values.yaml"])
    assert made.platform.kubeflow is not None
    assert isinstance(made.platform.kubeflow.services.database, ExistingDatabase)
    assert made.platform.kubeflow.services.program_databases.katib.server is None
