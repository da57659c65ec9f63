"""Values that each kind of authentication gives to the charts, and the table of kinds."""

from types import NoneType
from typing import Any, get_args

import pytest

from modules.kubeflow.auth.dex_config import dex_users, password_key
from modules.kubeflow.auth.existing_cognito import CognitoClient, ExistingCognitoStrategy
from modules.kubeflow.auth.kinds import KINDS, strategy_of
from modules.kubeflow.auth.oidc import refresh
from modules.settings import (
    Cognito,
    Dex,
    ExistingCognito,
    GithubConnector,
    GithubOrganization,
    Kubeflow,
    LdapConnector,
    LoadBalancer,
    NoAuth,
    Oidc,
    OidcConnector,
    SamlConnector,
)
from modules.settings.auth import AnyAuth

ADA = "ada@team.example.net"
SECRET = "arn:aws:secretsmanager:us-west-2:111122223333:secret:login-a1B2c3"
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
ISSUER = "https://login.example.net/realms/team"
PUBLIC = LoadBalancer(
    host="kubeflow.example.net",
    allowed_cidrs=("10.0.0.0/8",),
    certificate_arn="arn:aws:acm:us-west-2:111122223333:certificate/01234567-89ab-cdef-0123-456789abcdef",
)
EVERY_CONNECTOR = Dex(
    connectors=(
        OidcConnector(name="login", title="Login", issuer=ISSUER, client_id="kubeflow", client_secret_arn=SECRET),
        OidcConnector(name="public", title="Login", issuer=ISSUER, client_id="kubeflow"),
        LdapConnector(
            name="ldap",
            title="Staff",
            host="ldap.example.net",
            bind_dn="cn=reader",
            bind_password_secret_arn=SECRET,
            user_base_dn="ou=people",
        ),
        SamlConnector(name="saml", title="Staff", sso_url=ISSUER, certificates=PEM),
        GithubConnector(
            name="github", client_id="abc", client_secret_arn=SECRET, organizations=(GithubOrganization(name="team"),)
        ),
    )
)


def sign_in_tokens(kubeflow: Kubeflow) -> dict[str, Any]:
    """Tokens of a platform whose services stack gives each output by its name."""
    return strategy_of(kubeflow.auth).tokens(kubeflow.exposure.url, "<{}>".format)


def test_every_kind_of_the_settings_has_a_strategy() -> None:
    assert {get_args(kind)[0] for kind in get_args(get_args(AnyAuth)[0])} == set(KINDS) - {NoneType}


def test_dex_is_known_by_the_address_that_browsers_see() -> None:
    """Its connectors lead users back to this address, and refuse to be given another."""
    here = sign_in_tokens(Kubeflow(auth=Dex(users=(ADA,))))
    there = sign_in_tokens(Kubeflow(auth=Dex(users=(ADA,)), exposure=PUBLIC))
    assert (here["oidc_issuer"], here["secure_cookie"]) == ("http://localhost:8080/dex", "false")
    assert (there["oidc_issuer"], there["secure_cookie"]) == ("https://kubeflow.example.net/dex", "true")
    people = sign_in_tokens(Kubeflow(auth=EVERY_CONNECTOR, exposure=PUBLIC))["dex_people"].content
    back = {one["type"]: one["config"].get("redirectURI") for one in people["connectors"]}
    callback = "https://kubeflow.example.net/dex/callback"
    assert back == {"oidc": callback, "ldap": None, "saml": callback, "github": callback}


def test_no_secret_is_in_the_configuration_of_dex() -> None:
    people = dex_users(EVERY_CONNECTOR.with_changes(users=(ADA,)), "https://x.example.net/dex/callback").content
    secrets = {
        one["id"]: value
        for one in people["connectors"]
        for key, value in one["config"].items()
        if key in ("clientSecret", "bindPW")
    }
    assert secrets == {"login": "$SECRET_LOGIN", "ldap": "$SECRET_LDAP", "github": "$SECRET_GITHUB"}
    (user,) = people["staticPasswords"]
    assert user["hashFromEnv"] == password_key(ADA) == "HASH_ADA_TEAM_EXAMPLE_NET"
    assert "hash" not in user


def test_no_setting_of_dex_is_insecure() -> None:
    people = dex_users(EVERY_CONNECTOR, "https://x.example.net/dex/callback").content
    assert [key for one in people["connectors"] for key in one["config"] if key.startswith("insecure")] == []
    assert people["enablePasswordDB"] is False


def test_a_client_without_a_secret_identifies_itself_in_the_body() -> None:
    people = dex_users(EVERY_CONNECTOR, "https://x.example.net/dex/callback").content
    public = next(one["config"] for one in people["connectors"] if one["id"] == "public")
    assert (public["basicAuthUnsupported"], public["pkceChallenge"]) == (True, "S256")
    assert "clientSecret" not in public


def test_users_keep_their_id() -> None:
    """Dex makes the subject of tokens of it."""
    first, again = (dex_users(Dex(users=users), "").content for users in ((ADA,), ("bob@example.net", ADA)))
    assert first["staticPasswords"][0] == again["staticPasswords"][1]


def test_log_out_of_cognito_goes_on_to_cognito_and_back() -> None:
    found = sign_in_tokens(Kubeflow(auth=Cognito(domain_prefix="team"), exposure=PUBLIC))
    assert found["logout_url"] == (
        "/oauth2/sign_out?rd=https%3A%2F%2F<cognito_domain>%2Flogout%3Fclient_id%3D<oidc_client_id>"
        "%26logout_uri%3Dhttps%253A%252F%252Fkubeflow.example.net%252F"
    )
    assert found["oidc_whitelist"] == '["<cognito_domain>"]'
    assert (found["oidc_groups_claim"], found["oidc_scope"]) == ("cognito:groups", "openid email profile")


def test_log_out_of_a_provider_goes_on_only_where_settings_say_so() -> None:
    plain = Oidc(issuer=ISSUER, client_id="kubeflow")
    here, there = (
        sign_in_tokens(Kubeflow(auth=auth)) for auth in (plain, plain.with_changes(logout_url=f"{ISSUER}:8443/out?a=b"))
    )
    assert (here["logout_url"], here["oidc_whitelist"]) == ("/oauth2/sign_out", "[]")
    assert (
        there["logout_url"]
        == "/oauth2/sign_out?rd=https%3A%2F%2Flogin.example.net%2Frealms%2Fteam%3A8443%2Fout%3Fa%3Db"
    )


def test_an_existing_pool_is_where_its_id_says() -> None:
    auth = ExistingCognito(user_pool_id="eu-west-1_AbC", client_id="abc", domain="login.example.net")
    assert ExistingCognitoStrategy(auth).client() == CognitoClient(
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC", "abc", "login.example.net"
    )


def test_without_sign_in_nothing_but_the_log_out_is_set() -> None:
    assert sign_in_tokens(Kubeflow(auth=NoAuth(user=ADA))) == {"logout_url": "/"}
    assert sign_in_tokens(Kubeflow(preinstalled=("dex", "oauth2-proxy"))) == {"logout_url": "/oauth2/sign_out"}


@pytest.mark.parametrize("minutes", [2, 60, 1440])
def test_sessions_are_renewed_before_their_token_ends(minutes: int) -> None:
    seconds = int(refresh(minutes).removesuffix("s"))
    assert 0 < seconds < minutes * 60
    assert seconds < 24 * 3600  # or oauth2-proxy does not start: cookie_refresh must be less than cookie_expire
