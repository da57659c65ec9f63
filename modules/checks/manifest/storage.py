"""Whether pods may read the S3 addresses that a manifest names, by the team's role."""

import re
from collections.abc import Iterator, Sequence

from modules.checks.admission.problem import Path, Problem
from modules.checks.admission.templates.template import Template
from modules.checks.manifest import kinds
from modules.checks.manifest.files import Document
from modules.checks.manifest.target import Target
from modules.checks.manifest.texts import all_of
from modules.iam.policy_engine import Request, is_allowed
from modules.teams.names import SERVICE_ACCOUNT

_ADDRESS = re.compile(r"\bs3[an]?://([^\s/\"'`,;)}]+)(?:/([^\s\"'`,;)}]*))?")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
"""Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""
_VARIABLE = re.compile(r"[$@{<]")
"""A part that is known when the pod runs: `$(NAME)`, `${NAME}`, `{{…}}`, `@@name@@`."""


def of_addresses(one: Document, templates: Sequence[Template], target: Target) -> Iterator[Problem]:
    """S3 addresses that the pods of an object name and may not read.

    Args:
        one: the object.
        templates: of its pods.
        target: the team.
    """
    accounts = {_account(template) for template in templates} or {"default"}
    for path, text in all_of(one.body):
        for found in _ADDRESS.finditer(text):
            bucket, key = found[1], found[2] or ""
            if _VARIABLE.search(bucket):
                continue
            if not _BUCKET.fullmatch(bucket):
                yield Problem(
                    kinds.BAD_BUCKET, path, f"{found[0]}: {bucket} is not a bucket name", kinds.BAD_BUCKET.fix
                )
            else:
                yield from _read(bucket, _VARIABLE.split(key)[0], accounts, path, target)


def _account(template: Template) -> str:
    return template.spec.get("serviceAccountName") or template.spec.get("serviceAccount") or "default"


def _read(bucket: str, key: str, accounts: set[str], path: Path, target: Target) -> Iterator[Problem]:
    where = f"s3://{bucket}/{key}"
    if target.kubeflow.team_defaults.aws_identity == "node_role":
        yield Problem(kinds.ROLE_UNKNOWN, path, f"{where}: pods of teams use the node role")
        return
    if without := sorted(accounts - {SERVICE_ACCOUNT}):
        text = f"{where}: service account {', '.join(without)} has no role in AWS"
        yield Problem(kinds.NO_ACCESS, path, text, f"use serviceAccountName: {SERVICE_ACCOUNT}")
        return
    arn = f"arn:{target.platform.partition}:s3:::{bucket}/{key.rstrip('*')}"
    if is_allowed(target.statements, Request("s3:GetObject", arn)):
        return
    if target.team.aws.policy_arns:
        names = ", ".join(target.team.aws.policy_arns)
        yield Problem(kinds.ROLE_UNKNOWN, path, f"{where}: whether {names} allows to read it")
        return
    text = f"{where}: the role of team {target.team.name} does not allow s3:GetObject"
    yield Problem(kinds.NO_ACCESS, path, text, f"use a key below {target.prefix}, or add statements to Team.aws")
