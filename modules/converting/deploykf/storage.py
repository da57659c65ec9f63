"""Values of databases and object stores.

Source: https://github.com/deployKF/deployKF/tree/v0.1.5, generator/default_values.yaml
"""

from collections.abc import Mapping

from modules.converting.assume import DATABASE
from modules.converting.deploykf.parts import GENERATED, KATIB, PAGE, PIPELINES
from modules.converting.field import Entry, Field, Outcome, Table, decided, no_home, secret
from modules.settings import ExistingBucket, ExistingDatabase, InClusterDatabase, InClusterStore, RdsMysql

PROGRAM_DATABASES = "kubeflow.services.program_databases"
KATIB_DATABASE = f"{PROGRAM_DATABASES}.katib"
PROGRAMS: Mapping[str, str] = {
    "cacheDatabase": "pipelines_cache",
    "metadataDatabase": "ml_metadata",
    "pipelinesDatabase": "pipelines",
}
"""Key of `mysqlDatabases` to the program."""
USUAL_DATABASES: Mapping[str, str] = {
    "pipelines": "kfp_pipelines",
    "pipelines_cache": "kfp_cache",
    "ml_metadata": "kfp_metadata",
}
"""Program to the name of its database where the values have none. That of Katib is the same here."""
ARTIFACTS = "kubeflow.services.artifacts"


def _embedded(entry: Entry) -> Outcome:
    is_database = entry.path[1] == "deploykf_mysql"
    tool = ("kubeflow_tools", "pipelines", "mysql" if is_database else "objectStore", "useExternal")
    if entry.value is not True:
        return Outcome("maps", "is not installed")
    if entry.document.get(*tool) is True:
        return Outcome("no_home", "Pipelines uses an external one")
    if is_database and _katib_is_external(entry):
        note = f"a new server for all but Katib, which keeps its own: one in the cluster can only be for all. Its data is not carried over; {PAGE}"
        return Outcome("changed", note, matters=True, kinds={DATABASE: RdsMysql})
    setting, kind, better = (
        (DATABASE, InClusterDatabase, "RdsMysql()") if is_database else (ARTIFACTS, InClusterStore, "ArtifactBucket()")
    )
    note = f"in the cluster, on one volume without backup; {better} is better for production. Its data is not carried over; {PAGE}"
    return Outcome("changed", note, matters=True, kinds={setting: kind})


def _external_database(entry: Entry) -> Outcome:
    if entry.value is not True:
        return Outcome("maps", "see deploykf_opt.deploykf_mysql")
    if _is_apart(entry):
        return Outcome("changed", "a server of Katib alone", kinds={f"{KATIB_DATABASE}.server": ExistingDatabase})
    return Outcome("changed", f"the server of all programs. {PAGE}", kinds={DATABASE: ExistingDatabase})


def _database(setting: str) -> Field:
    def decide(entry: Entry) -> Outcome:
        if not _is_external(entry):
            return Outcome("no_home", "useExternal is not true")
        value = entry.value if setting == "port" else str(entry.value)
        if _is_apart(entry):
            return Outcome("maps", "of Katib alone", {f"{KATIB_DATABASE}.server.{setting}": value})
        return Outcome("maps", "", {f"{DATABASE}.{setting}": value}, kinds={DATABASE: ExistingDatabase})

    return decided(f"{DATABASE}.{setting}", decide)


def _password(entry: Entry) -> Outcome:
    if not _is_external(entry):
        return Outcome("no_home", "is generated, in Secrets Manager")
    server = f"{KATIB_DATABASE}.server" if _is_apart(entry) else DATABASE
    note = f"put the password into Secrets Manager, and its ARN into {server}.password_secret_arn"
    return Outcome("by_hand", note, matters=True)


def _is_external(entry: Entry) -> bool:
    return entry.document.get("kubeflow_tools", str(entry.path[1]), "mysql", "useExternal") is True


def _katib_is_external(entry: Entry) -> bool:
    tool = entry.document.get("kubeflow_tools", "katib") or {}
    return tool.get("enabled") is not False and (tool.get("mysql") or {}).get("useExternal") is True


def _is_apart(entry: Entry) -> bool:
    """Whether this is the server of Katib, and Pipelines has another one or signs in as another user."""
    if entry.path[1] != "katib":
        return False
    servers = [entry.document.get("kubeflow_tools", tool, "mysql") or {} for tool in ("pipelines", "katib")]
    if servers[0].get("useExternal") is not True:
        return entry.document.get("kubeflow_tools", "pipelines", "enabled") is not False
    pipelines, katib = (
        (one.get("host"), one.get("port") or 3306, (one.get("auth") or {}).get("username")) for one in servers
    )
    return pipelines != katib


def _database_name(entry: Entry) -> Outcome:
    if not _is_external(entry):
        return Outcome("no_home", f"MySQL in the cluster is not carried over; {PAGE}")
    program = PROGRAMS.get(str(entry.path[-1]), "katib")
    return Outcome("maps", "", {f"{PROGRAM_DATABASES}.{program}.database": str(entry.value)})


def _external_store(entry: Entry) -> Outcome:
    if entry.value is not True:
        return Outcome("maps", "see deploykf_opt.deploykf_minio")
    if _is_s3(entry):
        return Outcome("changed", "pods use a role, not keys", kinds={ARTIFACTS: ExistingBucket})
    note = f"artifacts are in S3 only: a new bucket is made, and objects must be copied to it; {PAGE}"
    return Outcome("by_hand", note, matters=True)


def _is_s3(entry: Entry) -> bool:
    host = entry.document.get("kubeflow_tools", "pipelines", "objectStore", "host") or "s3.amazonaws.com"
    return "amazonaws.com" in str(host)


def _bucket(entry: Entry) -> Outcome:
    external = entry.document.get("kubeflow_tools", "pipelines", "objectStore", "useExternal") is True
    if not external or not _is_s3(entry):
        return Outcome("no_home", "the bucket is named after the platform and the account")
    note = "new runs write below private-artifacts/<team>/; old artifacts stay where they are, and only roles with rights of your own read them"
    settings = {f"{ARTIFACTS}.name": str(entry.value)}
    return Outcome("changed", note, settings, matters=True, kinds={ARTIFACTS: ExistingBucket})


def _region(entry: Entry) -> Outcome:
    if not entry.value:
        return Outcome("maps", "is empty")
    note = "the platform is in the region of the bucket"
    return Outcome("changed", note, {"region": str(entry.value)})


FIELDS: Table = {
    **{
        f"deploykf_opt.{name}.enabled": decided("kubeflow.services", _embedded)
        for name in ("deploykf_minio", "deploykf_mysql")
    },
    **{
        f"deploykf_opt.deploykf_minio.{name}": secret(no_home(f"the object store in the cluster is upstream's; {PAGE}"))
        for name in ("persistence", "identity", "buckets", "policies")
    },
    "deploykf_opt.deploykf_minio.rootUser": GENERATED,
    **{
        f"deploykf_opt.deploykf_mysql.{name}": secret(no_home(f"MySQL in the cluster is upstream's; {PAGE}"))
        for name in ("persistence", "customUsers", "customDatabases", "configuration")
    },
    "deploykf_opt.deploykf_mysql.rootUser": GENERATED,
    "deploykf_opt.deploykf_mysql.kubeflowUser": GENERATED,
    **{
        f"{tool}.mysql.{key}": known
        for tool in (PIPELINES, KATIB)
        for key, known in {
            "useExternal": decided(DATABASE, _external_database),
            "host": _database("host"),
            "port": _database("port"),
            "auth.username": _database("username"),
            "auth.password": secret(decided(f"{DATABASE}.password_secret_arn", _password)),
            **{
                f"auth.{name}": no_home("is a Secret of the old cluster: the new one reads Secrets Manager")
                for name in ("existingSecret", "existingSecretUsernameKey", "existingSecretPasswordKey")
            },
        }.items()
    },
    f"{KATIB}.mysqlDatabase": decided(PROGRAM_DATABASES, _database_name),
    f"{PIPELINES}.mysqlDatabases.*": decided(PROGRAM_DATABASES, _database_name),
    f"{PIPELINES}.objectStore.useExternal": decided(ARTIFACTS, _external_store),
    **dict.fromkeys(
        (f"{PIPELINES}.objectStore.{name}" for name in ("host", "port", "useSSL")),
        no_home("the endpoint of S3 follows from the region"),
    ),
    f"{PIPELINES}.objectStore.auth": secret(
        no_home("pods use a role, without keys: delete the keys in IAM after the move")
    ),
    f"{PIPELINES}.bucket.name": decided(f"{ARTIFACTS}.name", _bucket),
    f"{PIPELINES}.bucket.region": decided("region", _region),
}
