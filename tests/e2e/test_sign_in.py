"""A user pool with the real Terraform: made, changed in place, taken away; and nothing secret in its state."""

import json
from pathlib import Path
from typing import Any

import pytest

from modules.settings import Cognito, CognitoGroup, Platform, State
from tests.e2e.stage import small, stage
from tests.platforms import ONLY_SIGN_IN
from tests.stand_ins.moto_extension import Server
from tests.terraform import Terraform, TerraformError

pytestmark = pytest.mark.terraform
ADA, BOB = "ada@team.example.net", "bob@team.example.net"
POOL = Cognito(domain_prefix="team-kubeflow", users=(ADA, BOB), groups=(CognitoGroup(name="ml", users=(ADA,)),))
NEXT = POOL.with_changes(
    mfa="required",
    password_length=20,
    temporary_password_days=1,
    id_token_minutes=30,
    threat_protection="audit",
    users=(ADA,),
    groups=(CognitoGroup(name="ml", users=(ADA,)), CognitoGroup(name="admins")),
)
OURS = ("aws_cognito_", "ephemeral.")


def platform(auth: Cognito, **changes: Any) -> Platform:
    """Its services stack alone: outputs of earlier stacks are variables."""
    return small("pool", state=State.none(), kubeflow=ONLY_SIGN_IN.with_changes(auth=auth), **changes)


def services(folder: Path, aws: Server, auth: Cognito, **changes: Any) -> Terraform:
    stack = stage(folder, aws, platform(auth, **changes))["pool-services"]
    stack.set_variables(
        cluster_name="pool",
        oidc_provider_arn="arn:aws:iam::123456789012:oidc-provider/made.up/id/0",
        oidc_issuer_host="made.up/id/0",
    )
    return stack


def secret_values(stack: Terraform) -> dict[str, Any]:
    """Attributes in the state that the provider calls sensitive, with their values."""
    root = json.loads(stack.run("show", "-json"))["values"]["root_module"]
    return {
        f"{resource['address']}.{name}": resource["values"].get(name)
        for resource in root["resources"]
        for name, sensitive in resource["sensitive_values"].items()
        if sensitive is True
    }


def test_a_user_pool_from_the_first_apply_to_its_end(aws: Server, tmp_path: Path) -> None:
    stack = services(tmp_path, aws, POOL)
    stack.apply()
    assert stack.plan().is_empty, stack.plan().explain()
    made, cognito = stack.output(), aws.client("cognito-idp")
    pool = made["user_pool_id"]
    assert made["oidc_issuer"] == f"https://cognito-idp.us-west-2.amazonaws.com/{pool}"
    assert made["cognito_domain"] == "team-kubeflow.auth.us-west-2.amazoncognito.com"
    client = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=made["oidc_client_id"])["UserPoolClient"]
    assert "ClientSecret" not in client
    assert client["CallbackURLs"] == ["http://localhost:8080/oauth2/callback"]
    assert client["LogoutURLs"] == ["http://localhost:8080/"]
    people = {
        next(one["Value"] for one in user["Attributes"] if one["Name"] == "email"): user["UserStatus"]
        for user in cognito.list_users(UserPoolId=pool)["Users"]
    }
    assert people == {ADA: "FORCE_CHANGE_PASSWORD", BOB: "FORCE_CHANGE_PASSWORD"}

    found = secret_values(stack)
    assert "aws_cognito_user_pool_client.dashboard.client_secret" in found
    assert {name: value for name, value in found.items() if value not in (None, "")} == {}

    stack = services(tmp_path, aws, NEXT)
    plan = stack.plan()
    assert {address: action for address, action in plan.actions.items() if address.startswith(OURS)} == {
        "aws_cognito_user_pool.users": "update",
        "aws_cognito_user_pool_client.dashboard": "update",
        "aws_cognito_user.bob_team_example_net": "delete",
        "aws_cognito_user_group.admins": "create",
    }, plan.explain()
    stack.apply(plan=plan)
    assert stack.plan().is_empty, stack.plan().explain()
    assert cognito.describe_user_pool(UserPoolId=pool)["UserPool"]["MfaConfiguration"] == "ON"

    stack.destroy()
    assert cognito.list_user_pools(MaxResults=10)["UserPools"] == []


def test_a_protected_pool_is_not_destroyed(aws: Server, tmp_path: Path) -> None:
    stack = services(tmp_path, aws, POOL, deletion_protection=True)
    stack.apply("-target=aws_cognito_user_pool.users")
    with pytest.raises(TerraformError, match=r"Instance cannot be destroyed"):
        stack.plan("-destroy")
    (pool,) = aws.client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"]
    described = aws.client("cognito-idp").describe_user_pool(UserPoolId=pool["Id"])["UserPool"]
    assert described["DeletionProtection"] == "ACTIVE"
