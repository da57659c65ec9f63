"""A client of S3 for the bucket of states, with the role that the backend assumes."""

from typing import Any

import boto3  # type: ignore[import-untyped]

SESSION = "kubeflow-aws"
"""Name of the session in CloudTrail."""


def state_client(region: str, role_arn: str | None, external_id: str | None) -> Any:
    """A client with the caller's credentials, or with those of a role.

    Args:
        region: of the bucket.
        role_arn: role to assume. None: the caller's identity.
        external_id: for assuming the role. None: no external ID.

    Raises:
        ClientError: AWS refuses to assume the role.
    """
    if role_arn is None:
        return boto3.client("s3", region_name=region)
    given = {"ExternalId": external_id} if external_id is not None else {}
    found = boto3.client("sts", region_name=region).assume_role(RoleArn=role_arn, RoleSessionName=SESSION, **given)
    keys = found["Credentials"]
    return boto3.client(
        "s3",
        region_name=region,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
