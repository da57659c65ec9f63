"""What the settings of sign-in do. Of the text of Dex's users and connectors, `dex_people` is compared by its content."""

import base64
from collections.abc import Mapping
from typing import Any

from modules.settings import (
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
from tests.documents import GONE
from tests.effects import READY, Effect, Expected
from tests.platforms import ONLY_SIGN_IN

ADA, BOB = "ada@example.com", "bob@example.com"
PEM, NEXT_PEM = ("-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n" for text in ("MIIB", "MIIC"))
CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/01234567-89ab-cdef-0123-456789abcdef"
ISSUER, NEXT_ISSUER = "https://login.example.com/realms/team", "https://login.example.com/realms/next"
HOLDER = "kubeflow values dex tokens dex_people"
CONNECTOR = f"{HOLDER} connectors 0"
CONFIG = f"{CONNECTOR} config"
PROXY = "kubeflow values oauth2_proxy tokens"
KEYS = "kubeflow resource kubernetes_secret_v1"
POOL = "services resource aws_cognito_user_pool users"
CLIENT = "services resource aws_cognito_user_pool_client dashboard"
DOMAIN = "services resource aws_cognito_user_pool_domain users domain"


def secret(name: str) -> str:
    return f"arn:aws:secretsmanager:us-west-2:111122223333:secret:{name}-a1B2c3"


def read(name: str) -> str:
    return f"${{ephemeral.aws_secretsmanager_secret_version.external_{name}_a1B2c3.secret_string}}"


def platform(auth: Section) -> Platform:
    return READY.with_changes(kubeflow=ONLY_SIGN_IN.with_changes(auth=auth))


def changed(auth: Section, does: Mapping[str, Expected], **changes: Any) -> Effect:
    return Effect(platform(auth.with_changes(**changes)), does, platform(auth))


def connector(one: Section, does: Mapping[str, Expected], **changes: Any) -> Effect:
    """A change of the one connector that Dex has."""
    old, new = (Dex(connectors=(each,)) for each in (one, one.with_changes(**changes)))
    return Effect(platform(new), does, platform(old))


LOCAL = Dex(users=(ADA,))
PROVIDER = OidcConnector(name="login", title="Login", issuer=ISSUER, client_id="kubeflow")
LDAP = LdapConnector(
    name="ldap",
    title="Staff",
    host="ldap.example.com",
    bind_dn="cn=reader",
    bind_password_secret_arn=secret("ldap"),
    user_base_dn="ou=people",
    group_base_dn="ou=groups",
)
SAML = SamlConnector(name="saml", title="Staff", sso_url=ISSUER, certificates=PEM, groups_attribute="groups")
GITHUB = GithubConnector(
    name="github",
    client_id="abc",
    client_secret_arn=secret("github"),
    organizations=(GithubOrganization(name="team"),),
)
MADE = Cognito(domain_prefix="team", users=(ADA, BOB), groups=(CognitoGroup(name="ml", users=(ADA,)),))
EXISTING = ExistingCognito(user_pool_id="us-west-2_AbCdEfGhI", client_id="abc", domain="login.example.com")
PLAIN = Oidc(issuer=ISSUER, client_id="kubeflow")

EFFECTS = (
    Effect(
        READY.with_changes(kubeflow=ONLY_SIGN_IN.with_changes(auth=LOCAL, machine_tokens=True)),
        {
            "Kubeflow.machine_tokens": {
                "kubeflow chart machine_tokens RequestAuthentication/machine-tokens spec jwtRules 0 audiences 0": "pipelines.kubeflow.org"
            }
        },
        platform(LOCAL),
    ),
    Effect(
        platform(NoAuth(user=ADA)),
        {
            "Kubeflow.auth": {
                "kubeflow resource helm_release oauth2_proxy": GONE,
                "kubeflow resource helm_release fixed_user namespace": "istio-system",
                "kubeflow values central_dashboard tokens logout_url": "/",
            }
        },
        platform(LOCAL),
    ),
    changed(
        NoAuth(user=ADA),
        {
            "NoAuth.user": {
                "kubeflow chart fixed_user EnvoyFilter/fixed-user spec configPatches 0 patch value request_headers_to_add 0 header value": BOB
            }
        },
        user=BOB,
    ),
    changed(
        LOCAL,
        {
            "Dex.users": {
                f"{HOLDER} staticPasswords 0 email": BOB,
                f"{HOLDER} staticPasswords 0 hashFromEnv": "HASH_BOB_EXAMPLE_COM",
                "services resource aws_secretsmanager_secret user_bob_example_com name": "base/user-bob-example-com",
                f"{KEYS} dex_dex_passwords data_wo": {
                    "HASH_BOB_EXAMPLE_COM": "${bcrypt(ephemeral.aws_secretsmanager_secret_version.user_bob_example_com.secret_string)}"
                },
            },
            "Dex.connectors": {f"{CONNECTOR} type": "oidc"},
        },
        users=(BOB,),
        connectors=(PROVIDER,),
    ),
    connector(
        PROVIDER,
        {
            "OidcConnector.name": {f"{CONNECTOR} id": "next"},
            "OidcConnector.title": {f"{CONNECTOR} name": "Next"},
            "OidcConnector.issuer": {f"{CONFIG} issuer": NEXT_ISSUER},
            "OidcConnector.client_id": {f"{CONFIG} clientID": "next"},
            "OidcConnector.client_secret_arn": {
                f"{CONFIG} clientSecret": "$SECRET_NEXT",
                f"{CONFIG} basicAuthUnsupported": GONE,
                f"{KEYS} dex_dex_connectors data_wo SECRET_NEXT": read("login"),
            },
            "OidcConnector.scopes": {f"{CONFIG} scopes": ["email", "groups"]},
            "OidcConnector.email_claim": {f"{CONFIG} claimMapping email": "mail"},
            "OidcConnector.groups_claim": {
                f"{CONFIG} claimMapping groups": "roles",
                f"{CONFIG} insecureEnableGroups": True,
            },
            "OidcConnector.trust_unverified_email": {f"{CONFIG} insecureSkipEmailVerified": True},
        },
        name="next",
        title="Next",
        issuer=NEXT_ISSUER,
        client_id="next",
        client_secret_arn=secret("login"),
        scopes=("email", "groups"),
        email_claim="mail",
        groups_claim="roles",
        trust_unverified_email=True,
    ),
    connector(
        LDAP,
        {
            "LdapConnector.name": {f"{CONNECTOR} id": "next"},
            "LdapConnector.title": {f"{CONNECTOR} name": "Next"},
            "LdapConnector.host": {f"{CONFIG} host": "ldap.example.com:3269"},
            "LdapConnector.start_tls": {f"{CONFIG} startTLS": True},
            "LdapConnector.root_ca": {f"{CONFIG} rootCAData": base64.b64encode(PEM.encode()).decode()},
            "LdapConnector.bind_dn": {f"{CONFIG} bindDN": "cn=next"},
            "LdapConnector.bind_password_secret_arn": {
                f"{CONFIG} bindPW": "$SECRET_NEXT",
                f"{KEYS} dex_dex_connectors data_wo SECRET_NEXT": read("next"),
            },
            "LdapConnector.user_base_dn": {f"{CONFIG} userSearch baseDN": "ou=staff"},
            "LdapConnector.user_filter": {f"{CONFIG} userSearch filter": "(objectClass=user)"},
            "LdapConnector.username_attribute": {f"{CONFIG} userSearch username": "sAMAccountName"},
            "LdapConnector.id_attribute": {f"{CONFIG} userSearch idAttr": "objectGUID"},
            "LdapConnector.email_attribute": {f"{CONFIG} userSearch emailAttr": "email"},
            "LdapConnector.display_name_attribute": {f"{CONFIG} userSearch nameAttr": "displayName"},
            "LdapConnector.group_base_dn": {f"{CONFIG} groupSearch baseDN": "ou=teams"},
            "LdapConnector.group_filter": {f"{CONFIG} groupSearch filter": "(objectClass=group)"},
            "LdapConnector.group_member_attribute": {f"{CONFIG} groupSearch userMatchers 0 groupAttr": "memberUid"},
            "LdapConnector.group_user_attribute": {f"{CONFIG} groupSearch userMatchers 0 userAttr": "uid"},
            "LdapConnector.group_name_attribute": {f"{CONFIG} groupSearch nameAttr": "ou"},
        },
        name="next",
        title="Next",
        host="ldap.example.com:3269",
        start_tls=True,
        root_ca=PEM,
        bind_dn="cn=next",
        bind_password_secret_arn=secret("next"),
        user_base_dn="ou=staff",
        user_filter="(objectClass=user)",
        username_attribute="sAMAccountName",
        id_attribute="objectGUID",
        email_attribute="email",
        display_name_attribute="displayName",
        group_base_dn="ou=teams",
        group_filter="(objectClass=group)",
        group_member_attribute="memberUid",
        group_user_attribute="uid",
        group_name_attribute="ou",
    ),
    connector(
        SAML,
        {
            "SamlConnector.name": {f"{CONNECTOR} id": "next"},
            "SamlConnector.title": {f"{CONNECTOR} name": "Next"},
            "SamlConnector.sso_url": {f"{CONFIG} ssoURL": NEXT_ISSUER},
            "SamlConnector.certificates": {f"{CONFIG} caData": base64.b64encode(NEXT_PEM.encode()).decode()},
            "SamlConnector.entity_issuer": {f"{CONFIG} entityIssuer": "kubeflow"},
            "SamlConnector.sso_issuer": {f"{CONFIG} ssoIssuer": ISSUER},
            "SamlConnector.username_attribute": {f"{CONFIG} usernameAttr": "displayName"},
            "SamlConnector.email_attribute": {f"{CONFIG} emailAttr": "mail"},
            "SamlConnector.groups_attribute": {f"{CONFIG} groupsAttr": "roles"},
            "SamlConnector.allowed_groups": {f"{CONFIG} allowedGroups": ["ml"]},
            "SamlConnector.name_id_format": {f"{CONFIG} nameIDPolicyFormat": "emailAddress"},
        },
        name="next",
        title="Next",
        sso_url=NEXT_ISSUER,
        certificates=NEXT_PEM,
        entity_issuer="kubeflow",
        sso_issuer=ISSUER,
        username_attribute="displayName",
        email_attribute="mail",
        groups_attribute="roles",
        allowed_groups=("ml",),
        name_id_format="emailAddress",
    ),
    connector(
        GITHUB,
        {
            "GithubConnector.name": {f"{CONNECTOR} id": "next"},
            "GithubConnector.title": {f"{CONNECTOR} name": "Next"},
            "GithubConnector.client_id": {f"{CONFIG} clientID": "next"},
            "GithubConnector.client_secret_arn": {f"{KEYS} dex_dex_connectors data_wo SECRET_NEXT": read("next")},
            "GithubConnector.organizations": {f"{CONFIG} orgs": [{"name": "next", "teams": ["ml"]}]},
            "GithubOrganization.name": {f"{CONFIG} orgs 0 name": "next"},
            "GithubOrganization.teams": {f"{CONFIG} orgs 0 teams": ["ml"]},
            "GithubConnector.host": {f"{CONFIG} hostName": "git.example.com"},
            "GithubConnector.team_names": {f"{CONFIG} teamNameField": "both"},
            "GithubConnector.all_groups": {f"{CONFIG} loadAllGroups": True},
        },
        name="next",
        title="Next",
        client_id="next",
        client_secret_arn=secret("next"),
        organizations=(GithubOrganization(name="next", teams=("ml",)),),
        host="git.example.com",
        team_names="both",
        all_groups=True,
    ),
    changed(
        MADE,
        {
            "Cognito.domain_prefix": {
                DOMAIN: "next",
                "services output cognito_domain value": "next.auth.us-west-2.amazoncognito.com",
            },
            "Cognito.users": {"services resource aws_cognito_user bob_example_com": GONE},
            "Cognito.groups": {"services resource aws_cognito_user_group next name": "next"},
            "CognitoGroup.name": {"services resource aws_cognito_user_group next name": "next"},
            "CognitoGroup.users": {
                "services resource aws_cognito_user_in_group next_ada_example_com group_name": "${aws_cognito_user_group.next.name}"
            },
            "Cognito.self_sign_up": {f"{POOL} admin_create_user_config allow_admin_create_user_only": False},
            "Cognito.mfa": {f"{POOL} mfa_configuration": "ON"},
            "Cognito.password_length": {f"{POOL} password_policy minimum_length": 20},
            "Cognito.temporary_password_days": {f"{POOL} password_policy temporary_password_validity_days": 1},
            "Cognito.threat_protection": {
                f"{POOL} user_pool_add_ons advanced_security_mode": "ENFORCED",
                f"{POOL} user_pool_tier": "PLUS",
            },
            "Cognito.id_token_minutes": {f"{CLIENT} id_token_validity": 30, f"{PROXY} oidc_refresh": "1440s"},
        },
        domain_prefix="next",
        users=(ADA,),
        groups=(CognitoGroup(name="next", users=(ADA,)),),
        self_sign_up=True,
        mfa="required",
        password_length=20,
        temporary_password_days=1,
        threat_protection="enforced",
        id_token_minutes=30,
    ),
    changed(
        MADE,
        {
            "Cognito.custom_domain": {DOMAIN: "login.example.com"},
            "Cognito.certificate_arn": {
                "services resource aws_cognito_user_pool_domain users certificate_arn": CERTIFICATE,
                "services output cognito_domain_target value": "${aws_cognito_user_pool_domain.users.cloudfront_distribution}",
            },
        },
        domain_prefix=None,
        custom_domain="login.example.com",
        certificate_arn=CERTIFICATE,
    ),
    changed(
        EXISTING,
        {
            "ExistingCognito.user_pool_id": {
                f"{PROXY} oidc_issuer": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Next"
            },
            "ExistingCognito.client_id": {
                f"{PROXY} oidc_audiences": ["next"],
                f"{KEYS} oauth2_proxy_oauth2_proxy data_wo client-id": '${"next"}',
            },
            "ExistingCognito.client_secret_arn": {
                f"{KEYS} oauth2_proxy_oauth2_proxy data_wo client-secret": read("client")
            },
            "ExistingCognito.domain": {f"{PROXY} oidc_whitelist": '["next.example.com"]'},
            "ExistingCognito.id_token_minutes": {f"{PROXY} oidc_refresh": "240s"},
        },
        user_pool_id="eu-west-1_Next",
        client_id="next",
        client_secret_arn=secret("client"),
        domain="next.example.com",
        id_token_minutes=5,
    ),
    changed(
        PLAIN,
        {
            "Oidc.issuer": {f"{PROXY} oidc_issuer": NEXT_ISSUER},
            "Oidc.client_id": {f"{KEYS} oauth2_proxy_oauth2_proxy data_wo client-id": '${"next"}'},
            "Oidc.client_secret_arn": {f"{KEYS} oauth2_proxy_oauth2_proxy data_wo client-secret": read("client")},
            "Oidc.title": {f"{PROXY} oidc_title": 'the \\"Team\\"'},
            "Oidc.scopes": {f"{PROXY} oidc_scope": "openid email"},
            "Oidc.email_claim": {f"{PROXY} oidc_email_claim": "mail"},
            "Oidc.groups_claim": {f"{PROXY} oidc_groups_claim": "roles"},
            "Oidc.logout_url": {
                f"{PROXY} oidc_whitelist": '["login.example.com"]',
                "kubeflow values central_dashboard tokens logout_url": "/oauth2/sign_out?rd=https%3A%2F%2Flogin.example.com%2Frealms%2Fnext%2Flogout%3Fa%3Db",
            },
            "Oidc.extra_audiences": {f"{PROXY} oidc_audiences": ["next", "programs"]},
            "Oidc.id_token_minutes": {f"{PROXY} oidc_refresh": "96s"},
        },
        issuer=NEXT_ISSUER,
        client_id="next",
        client_secret_arn=secret("client"),
        title='the "Team"',
        scopes=("openid", "email"),
        email_claim="mail",
        groups_claim="roles",
        logout_url=f"{NEXT_ISSUER}/logout?a=b",
        extra_audiences=("programs",),
        id_token_minutes=2,
    ),
)
