"""Creates the state bucket of a platform with `State.s3(create_bucket=True)`, before the first Terraform run.

It is idempotent and does not change buckets it did not create, since they may contain other states.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from cli.main_file import platforms
from cli.state_client import state_client
from modules.aws_data.regions import partition_of
from modules.errors import ProblemsError
from modules.rules import problems_of_all
from modules.settings import State
from modules.settings.state import S3State

MARK = "kubeflow-state-bucket"
"""Tag of buckets created by this command; the value is the bucket's name."""


def buckets(names: Collection[str]) -> dict[str, S3State]:
    """Buckets to create, by name; platforms can share one.

    Args:
        names: of platforms; others may belong to another account.

    Raises:
        ValueError: the settings are invalid.
    """
    found = [platform for platform in platforms() if platform.name in names]
    problems = problems_of_all(found)
    if problems:
        raise ProblemsError(problems)
    states = [platform.state for platform in found]
    return {state.bucket: state for state in states if isinstance(state, State.s3) and state.create_bucket}


def ensure(state: S3State, s3: Any) -> str:
    """Create a bucket, or update a bucket created earlier; returns a message.

    Args:
        state: state settings.
        s3: client for the bucket's region.

    Raises:
        ValueError: the bucket belongs to another owner.
    """
    made = _made(state, s3)
    for call, arguments in settings_of(state).items():
        getattr(s3, call)(Bucket=state.bucket, **arguments)
    return f"{state.bucket}: {'created' if made else 'exists, settings are up to date'}"


def _made(state: S3State, s3: Any) -> bool:
    """Create the bucket if required; whether it was created."""
    try:
        s3.head_bucket(Bucket=state.bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise ValueError(
                f"state bucket {state.bucket}: the bucket exists in another account, or access is denied; choose another name"
            ) from error
        where = (
            {} if state.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": state.region}}
        )
        s3.create_bucket(Bucket=state.bucket, ObjectOwnership="BucketOwnerEnforced", **where)
        s3.put_bucket_tagging(Bucket=state.bucket, Tagging={"TagSet": [{"Key": MARK, "Value": state.bucket}]})
        return True
    if {"Key": MARK, "Value": state.bucket} not in _tags(state.bucket, s3):
        raise ValueError(
            f"state bucket {state.bucket}: exists and was not created by this command, so it is not changed; set create_bucket=False to "
            "use it as it is, or choose another name"
        )
    return False


def _tags(bucket: str, s3: Any) -> list[dict[str, str]]:
    try:
        tags: list[dict[str, str]] = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchTagSet":
            return []
        raise
    return tags


def settings_of(state: S3State) -> Mapping[str, Mapping[str, Any]]:
    """Calls of S3 and their arguments that make a bucket fit for state: each can be made again.

    Source: https://developer.hashicorp.com/terraform/language/backend/s3#s3-bucket-permissions
    """
    arn = f"arn:{partition_of(state.region).name}:s3:::{state.bucket}"
    key = {"KMSMasterKeyID": state.kms_key_arn} if state.kms_key_arn else {}
    tls_only = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }
    closed = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return {
        "put_public_access_block": {"PublicAccessBlockConfiguration": dict.fromkeys(closed, True)},
        "put_bucket_versioning": {"VersioningConfiguration": {"Status": "Enabled"}},
        "put_bucket_encryption": {
            "ServerSideEncryptionConfiguration": {
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", **key},
                        "BucketKeyEnabled": True,
                    }
                ]
            }
        },
        "put_bucket_policy": {"Policy": json.dumps(tls_only)},
    }


def missing(names: Collection[str]) -> frozenset[str]:
    """Names of buckets that the next `deploy` creates.

    Args:
        names: of platforms.

    Raises:
        ValueError: the settings are invalid, or AWS refuses a request.
    """
    return frozenset(bucket for bucket, state in buckets(names).items() if not _exists(bucket, state))


def _exists(bucket: str, state: S3State) -> bool:
    """Whether the bucket exists; access that is denied is reported by Terraform."""
    try:
        _client(state).head_bucket(Bucket=bucket)
    except ClientError as error:
        return bool(error.response["Error"]["Code"] != "404")
    except BotoCoreError as error:
        raise ValueError(f"state bucket {bucket}: {error}") from error
    return True


def _client(state: S3State) -> Any:
    return state_client(state.region, state.assume_role_arn, state.assume_role_external_id)


def main(names: Collection[str]) -> None:
    """Create the buckets configured in `main.py`; prints nothing if there are none.

    Args:
        names: of platforms.

    Raises:
        ValueError: the settings are invalid, the bucket belongs to another owner, or AWS refuses a request.
    """
    for bucket, state in buckets(names).items():
        try:
            print(ensure(state, _client(state)))
        except (ClientError, BotoCoreError) as error:
            raise ValueError(f"state bucket {bucket}: {error}; create it, or use other credentials") from error
