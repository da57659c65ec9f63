"""Credentials, account and region, each situation made real on moto."""

import pytest

from modules.doctor.finding import Finding
from modules.doctor.principal import of_arn, of_setting
from modules.doctor.sign_in import sign_in
from modules.settings import Platform
from tests.modules.doctor.found import place, said
from tests.modules.settings.valid import platform
from tests.signed_in import Caller, create_role
from tests.stand_ins.moto_extension import ACCOUNT, Server


def refused(wanted: Platform) -> str:
    found = sign_in(wanted)
    assert isinstance(found, Finding)
    assert found.severity == "error"
    return str(found)


def test_the_caller_is_named(admin: str) -> None:
    assert said("account", platform()) == [f"ok: role/platform-admins of account {ACCOUNT} is signed in to us-west-2"]


def test_no_credentials(as_role: Caller) -> None:
    assert refused(platform()) == ("prod: no AWS credentials found; sign in (`aws sso login`, AWS_PROFILE=…) and retry")


def test_no_network(admin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert refused(platform()).startswith("prod: AWS is unreachable in us-west-2 (")


def test_the_wrong_account(admin: str) -> None:
    assert said("account", platform(allowed_account_ids=("111122223333",))) == [
        f"error: these credentials belong to account {ACCOUNT}, but allowed_account_ids contains 111122223333; "
        "use others (AWS_PROFILE=…)"
    ]


def test_a_region_that_the_account_has_not_enabled(aws: Server, admin: str) -> None:
    aws.gate.disabled_regions = {"eu-south-2"}
    assert refused(platform(region="eu-south-2")) == (
        f"prod: region eu-south-2 is not enabled in account {ACCOUNT}; "
        "aws account enable-region --region-name eu-south-2   (takes minutes to hours)"
    )
    assert place(platform()).caller.name == "platform-admins", "other regions answer"


def test_invalid_credentials_are_not_taken_for_a_disabled_region(aws: Server, admin: str) -> None:
    aws.gate.disabled_regions = {"eu-south-2", "us-east-1"}
    assert refused(platform(region="eu-south-2")).startswith("prod: AWS in eu-south-2 rejects these credentials (")


def test_the_role_that_terraform_assumes(aws: Server, admin: str) -> None:
    arn = create_role(aws, "deployer", path="/ci/")
    wanted = platform(assume_role_arn=arn)
    assert place(wanted).caller.name == "deployer"
    aws.gate.denied = {("sts", "AssumeRole")}
    assert refused(wanted).startswith(f"prod: the role {arn} of assume_role_arn cannot be assumed (")


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:sts::111122223333:assumed-role/admins/ada@example.com", "role/admins"),
        ("arn:aws:iam::111122223333:role/teams/data/admins", "role/admins"),
        ("arn:aws-us-gov:iam::111122223333:user/people/ada", "user/ada"),
        ("arn:aws:iam::111122223333:root", "root"),
        ("arn:aws:sts::111122223333:federated-user/ada", "federated-user/ada"),
    ],
)
def test_arns_of_callers(arn: str, name: str) -> None:
    assert str(of_arn(arn)) == name


def test_a_session_of_identity_center_is_its_role() -> None:
    name = "AWSReservedSSO_Admins_0123456789abcdef"
    session = of_arn(f"arn:aws:sts::111122223333:assumed-role/{name}/ada")
    role = f"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/{name}"
    assert session.is_same(of_setting(role, "111122223333"))
    assert session.is_same(of_setting(f"role/{name}", "111122223333"))
    user = of_setting(f"user/{name}", "111122223333")
    assert not session.is_same(user)
    assert not user.is_same(session)
    assert not session.is_same(of_setting(f"role/{name}", "444455556666"))
    with pytest.raises(ValueError, match="not the ARN of an IAM principal"):
        of_arn("arn:aws:s3:::bucket")
