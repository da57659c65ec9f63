"""What settings name and the platform does not create: secrets, and security groups of database servers.

Terraform reads a secret in the last stacks only, when network and cluster have been created for half an hour.
"""

from collections.abc import Iterator

from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from modules.doctor.account import Place
from modules.doctor.finding import Finding
from modules.kubeflow.behaviours import DATABASE_USERS
from modules.kubeflow.made_database import database_users
from modules.kubeflow.program_databases import existing_server
from modules.live.aws import code_of
from modules.rules.auth import given_secrets


def secrets_exist(place: Place) -> Iterator[Finding]:
    """Each secret exists and is not about to be deleted."""
    every = sorted({arn: path for path, arn in given_secrets(place.platform)}.items())
    missing = [(arn, path) for arn, path in every if not _is_kept(place, arn)]
    for arn, path in missing:
        yield Finding(
            "error",
            f"{path}: the secret does not exist or is scheduled for deletion: {arn}",
            "create it, or `aws secretsmanager restore-secret`, or set the ARN of another one",
        )
    if every and not missing:
        yield Finding("ok", f"the secrets that settings name exist ({len(every)})")


def _is_kept(place: Place, arn: str) -> bool:
    """Whether a secret exists and is not scheduled for deletion."""
    try:
        found = place.aws.get("secretsmanager", "describe_secret", SecretId=arn)
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        return False
    return "DeletedDate" not in found


def database_groups_exist(place: Place) -> Iterator[Finding]:
    """Each security group of an existing server exists: it gets a rule for the nodes."""
    kubeflow = place.platform.kubeflow
    if kubeflow is None:
        return
    components = database_users(kubeflow)
    servers = [existing_server(kubeflow, user) for user in DATABASE_USERS if user.component in components]
    wanted = sorted({one.security_group_id for one in servers if one is not None and one.security_group_id is not None})
    if not wanted:
        return
    names = [{"Name": "group-id", "Values": wanted}]
    found = {
        one["GroupId"] for one in place.aws.get("ec2", "describe_security_groups", Filters=names)["SecurityGroups"]
    }
    if missing := [one for one in wanted if one not in found]:
        yield Finding(
            "error",
            f"security groups of database servers do not exist in {place.platform.region}: {', '.join(missing)}",
            "set security_group_id to the group of the server (`aws rds describe-db-instances`)",
        )
    else:
        yield Finding("ok", f"security groups of database servers exist ({', '.join(wanted)})")
