"""The user pool of a platform."""

from typing import Any

import pytest

from modules.auth.cognito import CognitoSignIn
from modules.settings import Cognito, CognitoGroup
from tests.contexts import context_of
from tests.documents import bare_stack, exactly, synthesized

ADA = "ada@example.com"
URL = "https://kubeflow.example.com"


def pool(url: str = URL, protect: bool = True, **settings: Any) -> dict[str, Any]:
    stack = bare_stack()
    CognitoSignIn(
        stack,
        "cognito",
        context=context_of(stack, protect=protect),
        settings=Cognito(**{"domain_prefix": "team", **settings}),
        url=url,
    )
    found: dict[str, Any] = synthesized(stack)["resource"]
    return found


def test_the_client_has_no_secret_and_one_way_in() -> None:
    client = pool()["aws_cognito_user_pool_client"]["dashboard"]
    assert client["generate_secret"] is False
    assert (client["allowed_oauth_flows"], client["explicit_auth_flows"]) == (["code"], ["ALLOW_REFRESH_TOKEN_AUTH"])
    assert client["callback_urls"] == [f"{URL}/oauth2/callback"]
    assert client["logout_urls"] == [f"{URL}/"]
    # the scope with which users could change their own address is not among them
    assert client["allowed_oauth_scopes"] == ["email", "openid", "profile"]


def test_only_invited_users_have_an_account() -> None:
    made = pool(users=(ADA,))
    users = made["aws_cognito_user_pool"]["users"]
    assert users["admin_create_user_config"]["allow_admin_create_user_only"] is True
    assert users["username_configuration"] == {"case_sensitive": False}
    assert users["user_attribute_update_settings"] == {"attributes_require_verification_before_update": ["email"]}
    invited = made["aws_cognito_user"]["ada_example_com"]
    assert not {"password", "temporary_password"} & set(invited)
    assert invited["attributes"] == {"email": ADA, "email_verified": "true"}


def test_the_invitation_holds_what_cognito_requires() -> None:
    template = pool()["aws_cognito_user_pool"]["users"]["admin_create_user_config"]["invite_message_template"]
    for text in (template["email_message"], template["sms_message"]):
        assert "{username}" in text
        assert "{####}" in text
    assert URL in template["email_message"]


@pytest.mark.parametrize(("protect", "deletion"), [(True, "ACTIVE"), (False, "INACTIVE")])
def test_accounts_are_protected_as_settings_say(protect: bool, deletion: str) -> None:
    users = pool(protect=protect)["aws_cognito_user_pool"]["users"]
    assert users["deletion_protection"] == deletion
    assert users["lifecycle"] == {"prevent_destroy": protect}


def test_groups_have_their_members() -> None:
    made = pool(users=(ADA,), groups=(CognitoGroup(name="ML.team", users=(ADA,)),))
    assert made["aws_cognito_user_group"]["ml_team"]["name"] == "ML.team"
    assert made["aws_cognito_user_in_group"]["ml_team_ada_example_com"]["username"] == (
        "${aws_cognito_user.ada_example_com.username}"
    )


def test_without_a_second_factor_none_is_set_up() -> None:
    users = pool(mfa="off")["aws_cognito_user_pool"]["users"]
    assert users["mfa_configuration"] == "OFF"
    assert "software_token_mfa_configuration" not in users


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "team.auth.eu-west-1.amazoncognito.com"),
        ("us-gov-west-1", "team.auth-fips.us-gov-west-1.amazoncognito.com"),
    ],
)
def test_the_sign_in_page_is_where_the_region_has_it(region: str, host: str) -> None:
    stack = bare_stack()
    made = CognitoSignIn(
        stack,
        "cognito",
        context=context_of(stack, region=region),
        settings=Cognito(domain_prefix="team"),
        url=URL,
    )
    assert made.domain == host


def test_a_callback_over_plain_http_is_refused() -> None:
    with pytest.raises(
        ValueError,
        match=exactly(
            "http://kubeflow.example.com: Cognito redirects only to https, or to http://localhost; set such a URL"
        ),
    ):
        pool(url="http://kubeflow.example.com")
    assert pool(url="http://localhost:8080")
