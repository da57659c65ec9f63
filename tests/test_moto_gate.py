"""Faults that tests inject into moto, with boto3; tests/e2e/test_faults.py injects them under the real Terraform."""

import json
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest  # type: ignore[import-untyped]
from botocore.httpsession import URLLib3Session  # type: ignore[import-untyped]

from tests.stand_ins.moto_extension import Server
from tests.test_moto_extension import REGION

LISTS_BUCKETS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}],
    }
)


def test_a_fault_answers_before_anything_is_done(aws: Server) -> None:
    ec2 = aws.client("ec2")
    aws.gate.fail_nth(2)
    ec2.create_vpc(CidrBlock="10.1.0.0/16")
    with pytest.raises(ec2.exceptions.ClientError, match=r"UnauthorizedOperation.*injected fault: ec2 CreateVpc"):
        ec2.create_vpc(CidrBlock="10.2.0.0/16")
    ec2.create_vpc(CidrBlock="10.3.0.0/16")
    made = [vpc["CidrBlock"] for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]
    assert made == ["10.1.0.0/16", "10.3.0.0/16"]
    assert [call.operation for call in aws.gate.creates] == ["CreateVpc", "CreateVpc"]


def test_an_outage_refuses_all_that_creates_and_nothing_that_reads_or_removes(aws: Server) -> None:
    iam = aws.client("iam")
    aws.gate.fail_nth(2, and_all_after=True)
    iam.create_user(UserName="a")
    for name in "bc":
        with pytest.raises(iam.exceptions.ClientError, match="injected fault"):
            iam.create_user(UserName=name)
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["a"]
    iam.delete_user(UserName="a")
    assert [call.operation for call in aws.gate.calls] == ["CreateUser", "DeleteUser"]
    assert [call.operation for call in aws.gate.refused] == ["CreateUser", "CreateUser"]


def test_a_request_that_an_sdk_repeats_gets_its_first_answer(aws: Server) -> None:
    iam = aws.client("iam")
    sent: list[AWSPreparedRequest] = []
    iam.meta.events.register("before-send.iam", lambda request, **_: sent.append(request))
    made = iam.create_user(UserName="a")["User"]["UserId"]
    (first,) = sent
    again = URLLib3Session().send(first)
    assert again.status_code == 200
    assert made in again.text
    assert [call.operation for call in aws.gate.calls] == ["CreateUser"]
    with pytest.raises(iam.exceptions.EntityAlreadyExistsException):
        iam.create_user(UserName="a")


def test_a_refused_request_that_an_sdk_repeats_is_refused_again(aws: Server) -> None:
    iam = aws.client("iam")
    sent: list[AWSPreparedRequest] = []
    iam.meta.events.register("before-send.iam", lambda request, **_: sent.append(request))
    aws.gate.fail_nth(1)
    with pytest.raises(iam.exceptions.ClientError, match="injected fault"):
        iam.create_user(UserName="a")
    (first,) = sent
    again = URLLib3Session().send(first)
    assert "injected fault" in again.text
    assert [call.operation for call in aws.gate.refused] == ["CreateUser"]
    iam.create_user(UserName="a")
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["a"]


def test_a_fault_can_be_aimed_at_one_call(aws: Server) -> None:
    iam = aws.client("iam")
    aws.gate.fail_once("iam", "CreateUser", containing="UserName=b")
    iam.create_user(UserName="a")
    with pytest.raises(iam.exceptions.ClientError, match="injected fault"):
        iam.create_user(UserName="b")
    iam.create_user(UserName="b")


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "code"),
    [
        ("iam", "create_user", {"UserName": "x"}, "AccessDenied"),
        ("s3", "create_bucket", {"Bucket": "x-y-z", "CreateBucketConfiguration": {"LocationConstraint": REGION}}, "AccessDenied"),
        ("kms", "create_key", {}, "AccessDeniedException"),
        ("efs", "create_file_system", {}, "AccessDeniedException"),
    ],
)  # fmt: skip
def test_a_fault_speaks_the_protocol_of_its_service(
    aws: Server, service: str, operation: str, arguments: dict[str, Any], code: str
) -> None:
    client = aws.client(service)
    aws.gate.fail_nth(1)
    with pytest.raises(client.exceptions.ClientError, match="injected fault") as refused:
        getattr(client, operation)(**arguments)
    assert refused.value.response["Error"]["Code"] == code
    getattr(client, operation)(**arguments)
