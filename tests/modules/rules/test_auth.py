"""Users and kinds of authentication."""

from typing import Any

import pytest

from modules.kubeflow.chosen import chosen_components
from modules.rules import problems_of_all
from modules.settings import (
    Addons,
    Cognito,
    CognitoGroup,
    Dex,
    ExistingCognito,
    GithubConnector,
    GithubOrganization,
    LdapConnector,
    NoAuth,
    Oidc,
    OidcConnector,
    Platform,
    SamlConnector,
)
from modules.settings.section import Section
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import COPIED, NO_WAY_OUT, cluster, on_kubeflow

ADA, BOB = "ada@example.com", "bob@example.com"
SECRET = "arn:aws:secretsmanager:us-west-2:111122223333:secret:login-a1B2c3"
CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/01234567-89ab-cdef-0123-456789abcdef"
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
ISSUER = "https://login.example.com/realms/team"


def on_auth(auth: Section, **changes: Any) -> Platform:
    return on_kubeflow(auth=auth, **changes)


def on_dex(**changes: Any) -> Platform:
    return on_auth(Dex(**{"users": (ADA,), **changes}))


def on_cognito(**changes: Any) -> Platform:
    return on_auth(cognito(**changes))


def cognito(**changes: Any) -> Cognito:
    return Cognito(**{"domain_prefix": "team", "users": (ADA,), **changes})


def existing(**changes: Any) -> ExistingCognito:
    pool = {"user_pool_id": "us-west-2_AbCdEfGhI", "client_id": "abc", "domain": "login.example.com"}
    return ExistingCognito(**{**pool, **changes})


def oidc(**changes: Any) -> Oidc:
    return Oidc(**{"issuer": ISSUER, "client_id": "kubeflow", **changes})


def provider(**changes: Any) -> OidcConnector:
    usual = {"name": "team", "title": "Team", "issuer": ISSUER, "client_id": "kubeflow"}
    return OidcConnector(**{**usual, **changes})


def ldap(**changes: Any) -> LdapConnector:
    usual = {"name": "ldap", "title": "Staff", "host": "ldap.example.com", "user_base_dn": "ou=people"}
    return LdapConnector(**{**usual, **changes})


def saml(**changes: Any) -> SamlConnector:
    return SamlConnector(**{"name": "saml", "title": "Staff", "sso_url": ISSUER, "certificates": PEM, **changes})


def github(**changes: Any) -> GithubConnector:
    usual = {"name": "github", "client_id": "abc", "client_secret_arn": SECRET}
    return GithubConnector(**{**usual, "organizations": (GithubOrganization(name="team"),), **changes})


def on_connector(connector: Section) -> Platform:
    return on_dex(connectors=(connector,))


ROWS: Rows = {
    "nobody": (
        on_dex(users=()),
        "kubeflow.auth.users: default",
    ),
    "user_twice": (
        on_dex(users=("a.b@example.com", "a-b@example.com")),
        "kubeflow.auth.users: a-b-example-com",
    ),
    "connector_twice": (
        on_dex(connectors=(github(), ldap(name="github"))),
        "kubeflow.auth.connectors: github",
    ),
    "variable": (
        on_connector(ldap(user_filter="(memberOf=$HOME)")),
        "kubeflow.auth.connectors[0].user_filter: variable",
    ),
    "half_a_binding": (
        on_connector(ldap(bind_dn="cn=reader")),
        "kubeflow.auth.connectors[0].bind_dn: bind_password_secret_arn",
    ),
    "groups_that_are_not_known": (
        on_connector(saml(allowed_groups=("ml",))),
        "kubeflow.auth.connectors[0].allowed_groups: groups_attribute",
    ),
    "everybody_on_github": (
        on_connector(github(organizations=())),
        "kubeflow.auth.connectors[0].organizations: empty",
    ),
    "organization_twice": (
        on_connector(github(organizations=(GithubOrganization(name="a"), GithubOrganization(name="a")))),
        "kubeflow.auth.connectors[0].organizations: name",
    ),
    "connector_of_another_kind": (
        on_connector(oidc()),
        "kubeflow.auth.connectors[0]: section",
    ),
    "plain_ldap": (
        on_connector(ldap(host="ldap://ldap.example.com")),
        "kubeflow.auth.connectors[0].host: ldap://ldap.example.com",
    ),
    "certificates": (
        on_connector(saml(certificates="MIIB")),
        "kubeflow.auth.connectors[0].certificates: CERTIFICATE",
    ),
    "claim": (
        on_connector(provider(groups_claim="my groups")),
        "kubeflow.auth.connectors[0].groups_claim: cognito:groups",
    ),
    "client_id": (
        on_auth(oidc(client_id="my client")),
        "kubeflow.auth.client_id: provider",
    ),
    "secret": (
        on_auth(oidc(client_secret_arn="hunter2")),
        "kubeflow.auth.client_secret_arn: characters",
    ),
    "secret_elsewhere": (
        on_connector(github(client_secret_arn=SECRET.replace("us-west-2", "us-east-1"))),
        "kubeflow.auth.connectors[0].client_secret_arn: us-east-1",
    ),
    "plain_issuer": (
        on_auth(oidc(issuer="http://login.example.com")),
        "kubeflow.auth.issuer: https://login.example.com/realms/team",
    ),
    "no_id_token": (
        on_auth(oidc(scopes=("email",))),
        "kubeflow.auth.scopes: openid",
    ),
    "no_domain": (
        on_cognito(domain_prefix=None),
        "kubeflow.auth.domain_prefix: sign-in",
    ),
    "two_domains": (
        on_cognito(custom_domain="login.example.com", certificate_arn=CERTIFICATE),
        "kubeflow.auth.domain_prefix: sign-in",
    ),
    "domain_without_certificate": (
        on_cognito(domain_prefix=None, custom_domain="login.example.com"),
        "kubeflow.auth.certificate_arn: together",
    ),
    "certificate_elsewhere": (
        on_cognito(certificate_arn=CERTIFICATE.replace("us-east-1", "us-west-2")),
        "kubeflow.auth.certificate_arn: arn:aws:acm:us-west-2:111122223333:certificate/01234567-89ab-cdef-0123-456789abcdef",
    ),
    "prefix": (
        on_cognito(domain_prefix="my-cognito"),
        "kubeflow.auth.domain_prefix: my-cognito",
    ),
    "invited_twice": (
        on_cognito(users=(ADA, "ADA@example.com")),
        "kubeflow.auth.users: ada-example-com",
    ),
    "group_twice": (
        on_cognito(groups=(CognitoGroup(name="ml"), CognitoGroup(name="ml"))),
        "kubeflow.auth.groups: names",
    ),
    "group_name": (
        on_cognito(groups=(CognitoGroup(name="the team"),)),
        "kubeflow.auth.groups[0].name: letters",
    ),
    "member_twice": (
        on_cognito(groups=(CognitoGroup(name="ml", users=(ADA, ADA)),)),
        "kubeflow.auth.groups[0].users: ada",
    ),
    "member_of_nothing": (
        on_cognito(groups=(CognitoGroup(name="ml", users=(BOB,)),)),
        "kubeflow.auth.groups[0].users: pool",
    ),
    "pool_id": (
        on_auth(existing(user_pool_id="team")),
        "kubeflow.auth.user_pool_id: us-west-2_AbCdEfGhI",
    ),
    "no_cognito_there": (
        on_auth(existing()).with_changes(region="cn-north-1", cluster=cluster(addons=Addons(metrics_server=None))),
        "kubeflow.auth: cn-north-1",
    ),
    "no_way_to_cognito": (
        on_auth(cognito(), services=COPIED).with_changes(network=NO_WAY_OUT),
        "kubeflow.auth: network",
    ),
    "dex_left_out": (
        on_kubeflow(disable=("dex",)),
        "kubeflow.disable: auth=Dex",
    ),
    "another_s_oauth2_proxy": (
        on_auth(oidc(), preinstalled=("oauth2-proxy",)),
        "kubeflow.preinstalled: auth=Oidc",
    ),
    "half_of_a_sign_in_is_there": (
        on_kubeflow(preinstalled=("dex",)),
        "kubeflow.preinstalled: share",
    ),
    "machine_tokens_by_name": (
        on_kubeflow(enable=("machine-tokens",)),
        "kubeflow.enable: machine_tokens=True",
    ),
    "machine_tokens_without_a_check": (
        on_auth(NoAuth(user=ADA), machine_tokens=True),
        "kubeflow.machine_tokens: auth=NoAuth",
    ),
    "machine_tokens_without_keys": (
        on_kubeflow(machine_tokens=True, services=COPIED).with_changes(network=NO_WAY_OUT),
        "kubeflow.machine_tokens: internet",
    ),
    "fixed_user_by_name": (
        on_kubeflow(enable=("fixed-user",)),
        "kubeflow.enable: auth=NoAuth",
    ),
}


def lines(platform: Platform) -> list[str]:
    return [line.removeprefix(f"{platform.name}: ") for line in problems_of_all([platform])]


def test_rows() -> None:
    assert differences(ROWS) == []


@pytest.mark.parametrize(
    "auth",
    [
        NoAuth(user=ADA),
        Dex(users=(ADA,)),
        Dex(connectors=(provider(), ldap(bind_dn="cn=reader", bind_password_secret_arn=SECRET), saml(), github())),
        cognito(groups=(CognitoGroup(name="ml", users=(ADA,)),)),
        Cognito(custom_domain="login.example.com", certificate_arn=CERTIFICATE),
        existing(),
        oidc(client_secret_arn=SECRET, logout_url=f"{ISSUER}/logout?client_id=kubeflow"),
    ],
    ids=lambda auth: type(auth).__name__,
)
def test_what_is_right_is_taken(auth: Section) -> None:
    assert lines(on_auth(auth)) == []


def test_a_cluster_may_have_its_sign_in_already() -> None:
    assert lines(on_kubeflow(auth=None, preinstalled=("dex", "oauth2-proxy"))) == []


def test_sign_in_is_installed_by_what_it_is() -> None:
    def installed(auth: Section) -> set[str]:
        kubeflow = on_auth(auth).kubeflow
        assert kubeflow is not None
        return {one.name for one in chosen_components(kubeflow)} & {"dex", "oauth2-proxy", "fixed-user"}

    assert installed(NoAuth(user=ADA)) == {"fixed-user"}
    assert installed(Dex(users=(ADA,))) == {"dex", "oauth2-proxy"}
    assert lines(on_kubeflow(machine_tokens=True)) == []
    assert installed(cognito()) == installed(existing()) == installed(oidc()) == {"oauth2-proxy"}
