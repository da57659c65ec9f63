"""Roles of runs in HCP Terraform: which runs they trust, and what a plan may read."""

from typing import Any

import pytest

from modules.account import Account
from modules.iam.policy_engine import Request, is_allowed
from modules.iam.role import Iam
from modules.runner.hcp_roles import AUDIENCE, HcpRunnerRoles, what_a_plan_reads_besides
from modules.settings import HcpRoles
from tests.documents import GONE, at, bare_stack, synthesized

SUBJECTS = {phase: [f"organization:o:project:p:workspace:w:run_phase:{phase}"] for phase in ("plan", "apply")}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def made(hostname: str = "app.terraform.io", partition: str = "aws", **roles: Any) -> dict[str, Any]:
    stack = bare_stack()
    HcpRunnerRoles(
        stack,
        "roles",
        iam=Iam("prod", partition),
        account=Account(stack, "account", region="us-west-2"),
        hostname=hostname,
        roles=HcpRoles(**{"apply_policy_arns": (ADMINISTRATOR,), **roles}),
        subjects=SUBJECTS,
        platform_name="prod",
    )
    return synthesized(stack)


@pytest.mark.parametrize("phase", ["plan", "apply"])
def test_a_role_trusts_runs_by_their_whole_names_in_its_own_phase(phase: str) -> None:
    trust = at(made(), f"data aws_iam_policy_document hcp_{phase}_trust statement 0")
    assert trust["actions"] == ["sts:AssumeRoleWithWebIdentity"]
    assert trust["principals"] == [{"type": "Federated", "identifiers": ["${aws_iam_openid_connect_provider.hcp.arn}"]}]
    assert trust["condition"] == [
        {"test": "StringEquals", "variable": "app.terraform.io:aud", "values": [AUDIENCE]},
        {"test": "StringEquals", "variable": "app.terraform.io:sub", "values": SUBJECTS[phase]},
    ]


def test_iam_knows_the_host_for_this_audience_alone() -> None:
    provider = at(made(hostname="tfe.example.com"), "resource aws_iam_openid_connect_provider hcp")
    assert provider == {"client_id_list": [AUDIENCE], "url": "https://tfe.example.com"}
    trust = at(made(hostname="tfe.example.com"), "data aws_iam_policy_document hcp_plan_trust statement 0 condition")
    assert [one["variable"] for one in trust] == ["tfe.example.com:aud", "tfe.example.com:sub"]


def test_a_host_that_iam_knows_already_is_looked_up() -> None:
    document = made(oidc_provider="existing")
    assert at(document, "resource aws_iam_openid_connect_provider") == GONE
    identifiers = at(document, "data aws_iam_policy_document hcp_plan_trust statement 0 principals 0 identifiers")
    assert identifiers == ["${data.aws_iam_openid_connect_provider.hcp.arn}"]


def test_an_apply_has_the_rights_that_settings_name_and_no_others() -> None:
    document = made()
    attached = at(document, "resource aws_iam_role_policy_attachment")
    applies = {body["policy_arn"] for body in attached.values() if "hcp_apply" in body["role"]}
    assert applies == {ADMINISTRATOR}
    assert list(at(document, "resource aws_iam_role_policy")) == ["hcp_plan"]


def test_a_plan_reads_with_awss_own_policy_of_the_partition() -> None:
    path = "resource aws_iam_role_policy_attachment hcp_plan_ReadOnlyAccess policy_arn"
    assert at(made(partition="aws-cn"), path) == "arn:aws-cn:iam::aws:policy/ReadOnlyAccess"


class _Account:
    region, partition, account_id, dns_suffix = "us-west-2", "aws", "111122223333", "amazonaws.com"


GIVEN = "arn:aws:secretsmanager:us-west-2:444455556666:secret:login-a1B2c3"
RIGHTS = what_a_plan_reads_besides(_Account(), "prod", [GIVEN])  # type: ignore[arg-type]
OURS = "arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/first-user-AbCdEf"
THEIRS = "arn:aws:secretsmanager:us-west-2:111122223333:secret:production/first-user-AbCdEf"
KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-86ef-1234567890ab"
VIA = {"kms:ViaService": ("secretsmanager.us-west-2.amazonaws.com",)}


@pytest.mark.parametrize(
    ("request_", "allowed"),
    [
        (Request("secretsmanager:GetSecretValue", OURS), True),
        (Request("secretsmanager:GetSecretValue", THEIRS), False),
        (Request("secretsmanager:GetSecretValue", GIVEN), True),
        (Request("secretsmanager:GetSecretValue", GIVEN.replace("login", "other")), False),
        (Request("secretsmanager:PutSecretValue", OURS), False),
        (Request("secretsmanager:GetRandomPassword", "*"), True),
        (Request("kms:Decrypt", KEY, {**VIA, "kms:EncryptionContext:SecretARN": (OURS,)}), True),
        (Request("kms:Decrypt", KEY, {**VIA, "kms:EncryptionContext:SecretARN": (THEIRS,)}), False),
        (
            Request(
                "kms:Decrypt",
                KEY.replace("111122223333", "444455556666"),
                {**VIA, "kms:EncryptionContext:SecretARN": (GIVEN,)},
            ),
            True,
        ),
        (Request("kms:Decrypt", KEY, {"kms:EncryptionContext:SecretARN": (OURS,)}), False),
        (Request("kms:Decrypt", KEY), False),
    ],
)
def test_a_plan_reads_the_platforms_secrets_and_those_that_settings_name_and_no_others(
    request_: Request, allowed: bool
) -> None:
    assert is_allowed(RIGHTS, request_) is allowed
