"""Variables of the deployments vanilla, cognito, rds-s3 and cognito-rds-s3, of which each has a part.

Source: https://github.com/awslabs/kubeflow-manifests/tree/v1.7.0-aws-b1.0.3/deployments, */terraform/variables.tf
"""

from typing import Any

from modules.aws_data.mysql_engines import track_names
from modules.converting.document import Document
from modules.converting.eksctl.version import kubernetes_version
from modules.converting.field import Entry, Field, Outcome, Table, decided, no_home, same, secret
from modules.kubeflow.behaviours import DATABASE_USERS
from modules.settings import (
    ArtifactBucket,
    Disk,
    ExistingBucket,
    ExistingCognito,
    HostedZone,
    InClusterDatabase,
    LoadBalancer,
    RdsMysql,
)
from modules.settings.section import Section

CPU_GROUP = "cluster.node_groups<cpu>"
GPU_GROUP = "cluster.node_groups<gpu>"
DATABASE = "kubeflow.services.database"
PROGRAMS = "kubeflow.services.program_databases"
KATIB_DATABASE = "kubeflow"
"""Where the deployments keep Katib's tables."""
USUAL = {user.program: user.database for user in DATABASE_USERS}
ARTIFACTS = "kubeflow.services.artifacts"
SNAPSHOT = "kubeflow-before-the-move"
PAGE = "docs/from-awslabs.md has the commands"
STATIC_KEYS = secret(no_home("pods get a role, and static keys are not needed: delete them in IAM after the move"))


def flag(value: Any) -> bool:
    """A variable that is a bool, or its text.

    Raises:
        ValueError: it is something else.
    """
    if str(value).lower() not in ("true", "false"):
        raise ValueError(f"{value} is neither true nor false; write one of them")
    return str(value).lower() == "true"


def number(value: Any) -> int:
    """A variable that is a number, or its text.

    Raises:
        ValueError: it is something else.
    """
    try:
        return int(str(value))
    except ValueError as error:
        raise ValueError(f"{value} is not a whole number; write one") from error


def variable(document: Document, name: str) -> Any:
    """The value of another variable, or its default in a file of declarations; None: it has none."""
    value = document.get(name)
    return document.get("variable", name, "default") if value is None else value


def _is(entry: Entry, name: str, value: bool) -> bool:
    """Whether another variable has a value; not if no file says so."""
    return str(variable(entry.document, name)).lower() == str(value).lower()


def _gpu(entry: Entry) -> Outcome:
    if entry.value is None:
        return Outcome("maps", "no GPU nodes")
    settings = {
        f"{GPU_GROUP}.name": "gpu",
        f"{GPU_GROUP}.instance_types": (str(entry.value),),
        f"{GPU_GROUP}.accelerator": "nvidia",
        f"{GPU_GROUP}.min_size": 3,
        f"{GPU_GROUP}.desired_size": 3,
        f"{GPU_GROUP}.max_size": 5,
        "kubeflow.enable<nvidia-device-plugin>": "nvidia-device-plugin",
    }
    return Outcome(
        "changed", "the sizes are those of the deployment: 3 to 5 nodes, of which none has a taint", settings
    )


def _disk(group: str) -> Field:
    def decide(entry: Entry) -> Outcome | None:
        if group == GPU_GROUP and variable(entry.document, "node_instance_type_gpu") is None:
            return Outcome("no_home", "there are no GPU nodes")
        return Outcome("maps", "", {f"{group}.disk": Disk(size_gib=number(entry.value))})

    return decided(f"{group.replace('<cpu>', '[]').replace('<gpu>', '[]')}.disk.size_gib", decide)


def _use_rds(entry: Entry) -> Outcome:
    if flag(entry.value):
        note = (
            f"the tables come with the snapshot {SNAPSHOT}: make it, encrypted with a key of yours, and set kms_key_arn to that key, or remove both "
            f"for an empty database; {PAGE}"
        )
        return Outcome(
            "changed", note, {f"{DATABASE}.snapshot_identifier": SNAPSHOT}, matters=True, kinds={DATABASE: RdsMysql}
        )
    note = f"MySQL in the cluster; its tables are not carried over, and RdsMysql() is better for production; {PAGE}"
    return Outcome("changed", note, matters=True, kinds={DATABASE: InClusterDatabase})


def _rds(setting: str, value: Any = number, note: str = "") -> Field:
    """A setting of the database, where there is one."""

    def decide(entry: Entry) -> Outcome:
        if _is(entry, "use_rds", False):
            return Outcome("no_home", "use_rds is false: there is no RDS instance")
        made = value(entry.value)
        return Outcome("changed" if note else "maps", note, {f"{DATABASE}.{setting}": made}, kinds={DATABASE: RdsMysql})

    return decided(f"{DATABASE}.{setting}", decide, note)


def _database_name(program: str, default: str, note: str = "") -> Field:
    """The database of one program, which comes with the snapshot.

    Args:
        program: setting of the program.
        default: name that the deployments give it.
        note: for the report.
    """
    setting = f"{PROGRAMS}.{program}.database"

    def decide(entry: Entry) -> Outcome:
        if _is(entry, "use_rds", False):
            return Outcome("no_home", "use_rds is false: there is no RDS instance")
        if entry.value == USUAL.get(program) == default:
            return Outcome("maps", "is the usual name here, too")
        return Outcome("maps", note, {setting: str(entry.value)}, kinds={DATABASE: RdsMysql})

    return decided(setting, decide, note)


def _engine_version(value: Any) -> str:
    """The track of a version: 8.0 of 8.0.34."""
    track = ".".join(str(value).split(".")[:2])
    if track not in track_names("mysql"):
        raise ValueError(
            f"MySQL {value} is not supported by Kubeflow here; upgrade the instance to {' or '.join(track_names('mysql'))} "
            "before the snapshot"
        )
    return track


def _use_s3(entry: Entry) -> Outcome:
    if flag(entry.value):
        note = (
            "the existing bucket, whose name begins with kf-artifact-store-: aws s3 ls. New runs write below private-artifacts/<team>/; old "
            f"artifacts can be read only with rights of your own; {PAGE}"
        )
        settings = {f"{ARTIFACTS}.name": "kf-artifact-store-replace-me"}
        return Outcome("by_hand", note, settings, matters=True, kinds={ARTIFACTS: ExistingBucket})
    note = f"MinIO in the cluster becomes a bucket; its artifacts are not carried over; {PAGE}"
    return Outcome("changed", note, matters=True, kinds={ARTIFACTS: ArtifactBucket})


def _empty_on_destroy(entry: Entry) -> Outcome:
    if _is(entry, "use_s3", True):
        return Outcome("no_home", "an existing bucket is never destroyed")
    settings = {f"{ARTIFACTS}.empty_on_destroy": flag(entry.value)}
    return Outcome("maps", "", settings, kinds={ARTIFACTS: ArtifactBucket})


def _bucket_region(entry: Entry) -> Outcome:
    if entry.value in (None, variable(entry.document, "cluster_region")):
        return Outcome("maps", "the bucket is in the platform's region")
    note = f"the bucket must be in the platform's region: copy it from {entry.value} (aws s3 sync)"
    return Outcome("by_hand", note, matters=True)


def _use_cognito(entry: Entry) -> Outcome:
    if not flag(entry.value):
        return Outcome("maps", "users sign in by Dex")
    return Outcome(
        "changed", "the existing user pool is used, so that the users stay", kinds={"kubeflow.auth": ExistingCognito}
    )


def _user_pool(entry: Entry) -> Outcome:
    if _is(entry, "use_cognito", False):
        return Outcome("no_home", "use_cognito is false: there is no user pool")
    note = (
        f"the users are in the existing pool {entry.value}: set its id (aws cognito-idp list-user-pools --max-results 60), client_id and "
        "client_secret_arn, and add the callback https://<host>/oauth2/callback to the client"
    )
    zone = variable(entry.document, "aws_route53_subdomain_zone_name")
    settings = {"kubeflow.auth.domain": f"auth.{zone}"} if zone else {}
    return Outcome("by_hand", note, settings, matters=True, kinds={"kubeflow.auth": ExistingCognito})


def _subdomain(entry: Entry) -> Outcome:
    zone = str(entry.value)
    settings = {"kubeflow.exposure.host": f"kubeflow.{zone}"}
    kinds: dict[str, type[Section]] = {"kubeflow.exposure": LoadBalancer}
    if not _is(entry, "create_subdomain", False):
        settings["kubeflow.exposure.zone.name"] = zone
        kinds["kubeflow.exposure.zone"] = HostedZone
        note = (
            "the zone is made, and its name servers must be entered in the parent zone. While the old zone of this name exists, use "
            'zone=ExistingZone(zone_id="Z…") instead: aws route53 list-hosted-zones-by-name'
        )
        return Outcome("changed", note, settings, matters=True, kinds=kinds)
    note = (
        f'set zone=ExistingZone(zone_id="Z…") with the id of {zone} (aws route53 list-hosted-zones-by-name), and remove certificate_arn; '
        "until then the certificate is a placeholder"
    )
    return Outcome("by_hand", note, settings, matters=True, kinds=kinds)


def _root_zone(entry: Entry) -> Outcome:
    note = (
        f"set HostedZone.parent_zone_id to the id of {entry.value} (aws route53 list-hosted-zones-by-name): the delegation is then made as "
        "well. Without it, enter the name servers there yourself"
    )
    return Outcome("by_hand", note, matters=True)


def _scheme(entry: Entry) -> Outcome:
    settings = {"kubeflow.exposure.scheme": str(entry.value)}
    return Outcome("maps", "", settings, kinds={"kubeflow.exposure": LoadBalancer})


def _idle(entry: Entry) -> Outcome:
    if not _is(entry, "notebook_enable_culling", True):
        return Outcome("no_home", "culling is off")
    return Outcome("maps", "", {"kubeflow.notebooks.idle_minutes": number(entry.value)})


def _check(entry: Entry) -> Outcome:
    if not _is(entry, "notebook_enable_culling", True):
        return Outcome("no_home", "culling is off")
    return Outcome("maps", "", {"kubeflow.notebooks.idle_check_minutes": number(entry.value)})


def _culling(entry: Entry) -> Outcome:
    if not flag(entry.value):
        return Outcome("maps", "is the default: notebooks are not stopped")
    minutes = variable(entry.document, "notebook_cull_idle_time")
    return Outcome("maps", "", {"kubeflow.notebooks.idle_minutes": number(minutes or 30)})


def _instance_type(value: Any) -> tuple[str, ...]:
    return (str(value),)


VARIABLES: Table = {
    "cluster_name": same("name", str),
    "cluster_region": same("region", str),
    "eks_version": decided("cluster.kubernetes_version", kubernetes_version),
    "node_instance_type": same(f"{CPU_GROUP}.instance_types", _instance_type),
    "node_instance_type_gpu": decided("cluster.node_groups[].instance_types", _gpu),
    "node_disk_size_cpu": _disk(CPU_GROUP),
    "node_disk_size_gpu": _disk(GPU_GROUP),
    "use_rds": decided(DATABASE, _use_rds),
    "use_s3": decided(ARTIFACTS, _use_s3),
    "use_cognito": decided("kubeflow.auth", _use_cognito),
    "pipeline_s3_credential_option": no_home("pods always get a role; the static keys of the old users can be deleted"),
    "enable_aws_telemetry": no_home("there is no usage report"),
    "kf_helm_repo_path": no_home("charts are made by synthesis"),
    "db_name": _database_name("katib", KATIB_DATABASE, "awslabs keeps Katib's tables in it"),
    "mlmdb_name": _database_name("ml_metadata", "metadb"),
    "db_username": _rds("username", str),
    "db_password": no_home(
        "the password is generated, in Secrets Manager, also for a restored snapshot", matters=False
    ),
    "generate_db_password": no_home("the password is always generated"),
    "db_class": _rds("instance_class", str),
    "db_allocated_storage": _rds("storage_gib"),
    "max_allocated_storage": _rds("max_storage_gib"),
    "mysql_engine_version": _rds("engine_version", _engine_version, "AWS chooses the patch, and raises it"),
    "backup_retention_period": _rds("backup_days"),
    "storage_type": no_home("storage is gp3"),
    "deletion_protection": same("deletion_protection", flag, "for all that holds data, not only for the database"),
    "publicly_accessible": no_home("the database is in private subnets"),
    "multi_az": _rds("multi_az", flag),
    "minio_service_region": decided("", _bucket_region),
    "minio_service_host": no_home("the endpoint of S3 follows from the region"),
    "minio_aws_access_key_id": STATIC_KEYS,
    "minio_aws_secret_access_key": STATIC_KEYS,
    "secret_recovery_window_in_days": same("kubeflow.services.credential_recovery_days", number),
    "force_destroy_s3_bucket": decided("kubeflow.services.artifacts.empty_on_destroy", _empty_on_destroy),
    "cognito_user_pool_name": decided("kubeflow.auth.user_pool_id", _user_pool),
    "aws_route53_root_zone_name": decided("kubeflow.exposure.zone.parent_zone_id", _root_zone),
    "aws_route53_subdomain_zone_name": decided("kubeflow.exposure.zone.name", _subdomain),
    "create_subdomain": Field("maps", "kubeflow.exposure.zone", "decides between a new and an existing zone"),
    "load_balancer_scheme": decided("kubeflow.exposure.scheme", _scheme),
    "notebook_enable_culling": decided("kubeflow.notebooks.idle_minutes", _culling),
    "notebook_cull_idle_time": decided("kubeflow.notebooks.idle_minutes", _idle),
    "notebook_idleness_check_period": decided("kubeflow.notebooks.idle_check_minutes", _check),
}
"""By the names of variables."""
DECLARATION = no_home("declares the variable; its default is read")
FIELDS: Table = {
    **VARIABLES,
    **{f"variable.{name}.default": known for name, known in VARIABLES.items()},
    **{
        f"variable.{name}.{part}": DECLARATION
        for name in VARIABLES
        for part in ("description", "type", "validation", "sensitive", "nullable")
    },
}
"""Of a file with values, and of one with declarations."""
