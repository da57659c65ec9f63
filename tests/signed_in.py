"""An AWS account and a caller with `role/platform-admins` in it."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.stand_ins.moto_extension import Server

Caller = Callable[[str], None]
ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def create_role(aws: Server, name: str, policy: Any = ANYTHING, path: str = "/") -> str:
    """A role with one inline policy; its ARN."""
    iam = aws.client("iam")
    arn = iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(policy))
    return str(arn)


@pytest.fixture
def as_role(aws: Server, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A function that signs in with a role, by its ARN."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_MAX_ATTEMPTS": "1",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)

    def sign_in(arn: str) -> None:
        taken = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="ada")["Credentials"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", taken["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", taken["SecretAccessKey"])
        monkeypatch.setenv("AWS_SESSION_TOKEN", taken["SessionToken"])

    return sign_in


@pytest.fixture
def admin(aws: Server, as_role: Caller) -> str:
    """The ARN of the caller, the first one of every test."""
    arn = create_role(aws, "platform-admins")
    as_role(arn)
    return arn
