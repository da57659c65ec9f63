"""Dex's users and connectors in its configuration format, and the names of credentials that must not appear in it.

Source: https://dexidp.io/docs/configuration/, https://dexidp.io/docs/connectors/; variables are expanded by
`expandEnvInMap` in cmd/dex/config.go of dex v2.45.0; `hashFromEnv` is in the same file.
"""

import base64
import uuid
from collections.abc import Mapping
from typing import Any

from modules.kubeflow.encoded_text import EncodedText
from modules.settings.auth import Dex, user_slug
from modules.settings.connectors import Connector, GithubConnector, LdapConnector, OidcConnector, SamlConnector


def password_credential(email: str) -> str:
    """Credential name of a local user's password."""
    return f"user-{user_slug(email)}"


def password_key(email: str) -> str:
    """Environment variable with the hash of a local user's password."""
    return f"HASH_{user_slug(email).replace('-', '_').upper()}"


def secret_key(connector: Connector) -> str:
    """Environment variable with a connector's secret."""
    return f"SECRET_{connector.name.replace('-', '_').upper()}"


def secret_arn(connector: Connector) -> str | None:
    """ARN of a connector's secret; None if it has none."""
    match connector:
        case OidcConnector() | GithubConnector():
            return connector.client_secret_arn
        case LdapConnector():
            return connector.bind_password_secret_arn
        case SamlConnector():
            return None


def dex_users(auth: Dex, callback: str) -> EncodedText:
    """YAML of Dex's local users and connectors. Passwords and secrets are references to environment variables.

    Args:
        auth: Dex settings.
        callback: Dex's redirect URI for connectors.
    """
    content = {
        "enablePasswordDB": bool(auth.users),
        "staticPasswords": [
            {
                "email": email,
                "hashFromEnv": password_key(email),
                "username": email.partition("@")[0],
                "userID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{email}")),
            }
            for email in auth.users
        ],
        "connectors": [
            {
                "type": TYPES[type(connector)],
                "id": connector.name,
                "name": connector.title,
                "config": config_of(connector, callback),
            }
            for connector in auth.connectors
        ],
    }
    return EncodedText(content, "yaml")


TYPES: Mapping[type, str] = {
    OidcConnector: "oidc",
    LdapConnector: "ldap",
    SamlConnector: "saml",
    GithubConnector: "github",
}


def config_of(connector: Connector, callback: str) -> dict[str, Any]:
    """A connector in Dex's format, without unset fields."""
    match connector:
        case OidcConnector():
            found = _oidc(connector)
        case LdapConnector():
            return _present(_ldap(connector))
        case SamlConnector():
            found = _saml(connector)
        case GithubConnector():
            found = _github(connector)
    return _present({**found, "redirectURI": callback})


def _oidc(connector: OidcConnector) -> dict[str, Any]:
    public = connector.client_secret_arn is None
    return {
        "issuer": connector.issuer,
        "clientID": connector.client_id,
        "clientSecret": _variable(connector) if not public else None,
        # a public client sends its id in the request body, not in a header
        "basicAuthUnsupported": True if public else None,
        "pkceChallenge": "S256",
        "scopes": list(connector.scopes),
        "insecureSkipEmailVerified": connector.trust_unverified_email or None,
        "insecureEnableGroups": connector.groups_claim is not None or None,
        "claimMapping": _present({"email": connector.email_claim, "groups": connector.groups_claim}),
        "overrideClaimMapping": True,
    }


def _ldap(connector: LdapConnector) -> dict[str, Any]:
    groups = None
    if connector.group_base_dn is not None:
        groups = {
            "baseDN": connector.group_base_dn,
            "filter": connector.group_filter,
            "userMatchers": [
                {"userAttr": connector.group_user_attribute, "groupAttr": connector.group_member_attribute}
            ],
            "nameAttr": connector.group_name_attribute,
        }
    return {
        "host": connector.host,
        "startTLS": connector.start_tls or None,
        "rootCAData": _base64(connector.root_ca),
        "bindDN": connector.bind_dn,
        "bindPW": _variable(connector) if connector.bind_password_secret_arn is not None else None,
        "userSearch": {
            "baseDN": connector.user_base_dn,
            "filter": connector.user_filter,
            "username": connector.username_attribute,
            "idAttr": connector.id_attribute,
            "emailAttr": connector.email_attribute,
            "nameAttr": connector.display_name_attribute,
        },
        "groupSearch": groups,
    }


def _saml(connector: SamlConnector) -> dict[str, Any]:
    return {
        "ssoURL": connector.sso_url,
        "caData": _base64(connector.certificates),
        "entityIssuer": connector.entity_issuer,
        "ssoIssuer": connector.sso_issuer,
        "usernameAttr": connector.username_attribute,
        "emailAttr": connector.email_attribute,
        "groupsAttr": connector.groups_attribute,
        "allowedGroups": list(connector.allowed_groups) or None,
        "nameIDPolicyFormat": connector.name_id_format,
    }


def _github(connector: GithubConnector) -> dict[str, Any]:
    return {
        "clientID": connector.client_id,
        "clientSecret": _variable(connector),
        "orgs": [_present({"name": one.name, "teams": list(one.teams) or None}) for one in connector.organizations],
        "hostName": connector.host,
        "teamNameField": connector.team_names,
        "loadAllGroups": connector.all_groups or None,
    }


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _base64(text: str | None) -> str | None:
    return None if text is None else base64.b64encode(text.encode()).decode()


def _variable(connector: Connector) -> str:
    return f"${secret_key(connector)}"
