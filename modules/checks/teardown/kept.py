"""What a destroy leaves by configuration, and what it does not delete while it holds something."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.checks.finding import Kind
from modules.checks.teardown import kinds
from modules.checks.teardown.facts import Facts, Resource
from modules.kubeflow.program_databases import other_servers
from modules.settings.state import HcpState, NoState, S3State

Body = Mapping[str, Any]
EFS_BACKUP_DAYS = 35
"""Source: https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html"""
KMS_DEFAULT_DAYS = 30
"""Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html"""
SECRET_DEFAULT_DAYS = 30
"""Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html"""


@dataclass(frozen=True)
class Kept:
    """One thing that remains after a destroy, or prevents it."""

    kind: Kind
    where: str
    """`<stack>/<address>`, or where it is."""
    what: str
    until: str


@dataclass(frozen=True)
class Rule:
    """Resources of a Terraform type that leave something."""

    kind: Kind
    type: str
    """Terraform type."""
    name: str
    """Argument that names the resource in AWS."""
    until: Callable[[Body], str]
    """How long it remains; empty: not at all."""


def _days_of_key(body: Body) -> str:
    return f"{body.get('deletion_window_in_days', KMS_DEFAULT_DAYS)} days after the destroy"


def _days_of_secret(body: Body) -> str:
    days = body.get("recovery_window_in_days", SECRET_DEFAULT_DAYS)
    return f"{days} days after the destroy" if days else ""


def _snapshot(body: Body) -> str:
    return "" if body.get("skip_final_snapshot") else "you delete it"


def _efs_backup(body: Body) -> str:
    enabled = body["backup_policy"].get("status") == "ENABLED"
    return f"{EFS_BACKUP_DAYS} days after each backup" if enabled else ""


RULES = (
    Rule(kinds.BUCKETS, "aws_s3_bucket", "bucket", lambda body: "" if body.get("force_destroy") else "you empty it"),
    Rule(
        kinds.REPOSITORIES,
        "aws_ecr_repository",
        "name",
        lambda body: "" if body.get("force_delete") else "you empty it",
    ),
    Rule(
        kinds.VAULTS,
        "aws_backup_vault",
        "name",
        lambda body: "" if body.get("force_destroy") else "its last recovery point ends, or you delete them",
    ),
    Rule(kinds.KEYS, "aws_kms_key", "description", _days_of_key),
    Rule(kinds.SECRETS, "aws_secretsmanager_secret", "name", _days_of_secret),
    Rule(kinds.SNAPSHOTS, "aws_db_instance", "final_snapshot_identifier", _snapshot),
    Rule(kinds.SNAPSHOTS, "aws_rds_cluster", "final_snapshot_identifier", _snapshot),
    Rule(kinds.BACKUPS, "aws_efs_backup_policy", "file_system_id", _efs_backup),
    Rule(
        kinds.BACKUPS,
        "aws_fsx_lustre_file_system",
        "storage_capacity",
        lambda body: "" if body.get("skip_final_backup") else "you delete it",
    ),
)
"""Arguments of Terraform types that decide what remains. The defaults are those of the AWS provider."""
STORAGE_CLASSES = {"default-storage-class": "gp3", "efs-storage-class": "efs"}
"""Component to its StorageClass, whose volumes the deletion protection decides about."""


def kept(facts: Facts) -> Iterator[Kept]:
    """All that remains after a destroy by configuration."""
    for rule in RULES:
        for one in facts.of(rule.type):
            if until := rule.until(one.body):
                yield Kept(rule.kind, one.address, _named(rule, one), until)
    yield from _volumes(facts)
    yield from _state(facts)
    yield from _existing(facts)


def _named(rule: Rule, one: Resource) -> str:
    if rule.type == "aws_efs_backup_policy":
        return "recovery points in the default vault of AWS Backup"
    if rule.type == "aws_fsx_lustre_file_system":
        return "final backup"
    return one.text(rule.name)


def _volumes(facts: Facts) -> Iterator[Kept]:
    for component, name in STORAGE_CLASSES.items():
        if component not in facts.components:
            continue
        policy = "Retain" if facts.platform.deletion_protection else "Delete, for volumes created from now on"
        yield Kept(kinds.VOLUMES_KEPT, f"StorageClass {name}", f"reclaim policy {policy}", "you delete them")


def _state(facts: Facts) -> Iterator[Kept]:
    state = facts.platform.state
    if isinstance(state, NoState):
        return
    what = "state file"
    if isinstance(state, S3State | HcpState):
        what = "object in the state bucket" if isinstance(state, S3State) else "workspace"
    for stack in facts.stacks:
        layer = stack.removeprefix(f"{facts.platform.name}-")
        yield Kept(kinds.STATE, state.address(facts.platform.name, layer), what, "you delete it")


def _existing(facts: Facts) -> Iterator[Kept]:
    """Sections of the settings with a name `Existing…`."""
    platform, services = facts.platform, facts.kubeflow.services
    every: list[object] = [platform.network, platform.cluster]
    if platform.kubeflow is not None:
        exposure = facts.kubeflow.exposure
        every += [services.artifacts, services.database, services.efs, services.fsx, services.metrics]
        every += other_servers(facts.kubeflow, facts.components).values()
        every += [facts.kubeflow.auth, exposure, getattr(exposure, "zone", None), getattr(exposure, "waf", None)]
    for name in dict.fromkeys(type(one).__name__ for one in every):
        if name.startswith("Existing"):
            yield Kept(kinds.EXISTING, name, "not part of any stack", "it is not touched")
