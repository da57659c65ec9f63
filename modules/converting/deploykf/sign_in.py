"""Users and identity providers of deployKF: Dex's static passwords and connectors.

Source: https://dexidp.io/docs/connectors/
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from modules.converting.field import Entry, Outcome
from modules.settings import Dex, GithubConnector, GithubOrganization, LdapConnector, OidcConnector, SamlConnector
from modules.settings.section import Section

ITEM = "kubeflow.auth.connectors[]"
KINDS: Mapping[str, type[Section]] = {
    **dict.fromkeys(("oidc", "google", "microsoft", "gitlab"), OidcConnector),
    "ldap": LdapConnector,
    "saml": SamlConnector,
    "github": GithubConnector,
}
"""Type of a connector of Dex to the section that it becomes."""
SETTINGS: Mapping[str, Mapping[str, str]] = {
    "oidc": {
        "issuer": "issuer",
        "clientID": "client_id",
        "scopes": "scopes",
        "insecureSkipEmailVerified": "trust_unverified_email",
    },
    "google": {"clientID": "client_id"},
    "microsoft": {"clientID": "client_id"},
    "gitlab": {"clientID": "client_id", "baseURL": "issuer"},
    "github": {
        "clientID": "client_id",
        "hostName": "host",
        "teamNameField": "team_names",
        "loadAllGroups": "all_groups",
    },
    "ldap": {
        "host": "host",
        "startTLS": "start_tls",
        "bindDN": "bind_dn",
        "rootCAData": "root_ca",
        "userSearch.baseDN": "user_base_dn",
        "userSearch.filter": "user_filter",
        "userSearch.username": "username_attribute",
        "userSearch.idAttr": "id_attribute",
        "userSearch.emailAttr": "email_attribute",
        "userSearch.nameAttr": "display_name_attribute",
        "groupSearch.baseDN": "group_base_dn",
        "groupSearch.filter": "group_filter",
        "groupSearch.nameAttr": "group_name_attribute",
    },
    "saml": {
        "ssoURL": "sso_url",
        "caData": "certificates",
        "entityIssuer": "entity_issuer",
        "ssoIssuer": "sso_issuer",
        "usernameAttr": "username_attribute",
        "emailAttr": "email_attribute",
        "groupsAttr": "groups_attribute",
        "allowedGroups": "allowed_groups",
        "nameIDPolicyFormat": "name_id_format",
    },
}
"""Type of a connector to its keys and the settings that they become."""
ISSUERS: Mapping[str, str] = {"google": "https://accounts.google.com", "gitlab": "https://gitlab.com"}
"""Type of a connector whose issuer has one address."""
WITHOUT_SETTING = Outcome("no_home", "the connector of this type has no setting here")
SECRETS = ("clientSecret", "bindPW")
REPLACED: Mapping[str, str] = {
    "redirectURI": "follows from the host: https://<host>/dex/callback; enter it at the identity provider",
    "insecureNoSSL": "LDAP without TLS is not supported: use LDAPS or start_tls",
    "insecureSkipVerify": "certificates are always verified: set root_ca",
    "useLoginAsID": "the e-mail address is the id of a user",
    "getUserInfo": "claims are read from the ID token",
    "insecureEnableGroups": "groups_claim enables groups",
}
"""Key of any connector without a setting to the reason."""


def static_user(entry: Entry) -> Outcome:
    """A local user of Dex."""
    email = str(entry.value).lower()
    note = "has a new, generated password in Secrets Manager"
    return Outcome("changed", note, {f"kubeflow.auth.users<{email}>": email}, kinds={"kubeflow.auth": Dex})


def connector_type(entry: Entry) -> Outcome:
    """The class of a connector, with the issuer that its type implies."""
    name = str(entry.value)
    if name not in KINDS:
        note = f"Dex's connector {name} has no setting here; use OIDC or SAML of the same identity provider"
        return Outcome("by_hand", note, matters=True)
    settings = {}
    if name == "microsoft":
        tenant = entry.of_item("config", "tenant") or "common"
        settings[f"{ITEM}.issuer"] = f"https://login.microsoftonline.com/{tenant}/v2.0"
    elif name in ISSUERS and not entry.of_item("config", "baseURL"):
        settings[f"{ITEM}.issuer"] = ISSUERS[name]
    note = "" if name in ("oidc", "ldap", "saml", "github") else "by OpenID Connect"
    return Outcome("changed" if note else "maps", note, settings, kinds={"kubeflow.auth": Dex, ITEM: KINDS[name]})


def connector_text(entry: Entry) -> Outcome:
    """The id or the name of a connector."""
    if str(entry.of_item("type")) not in KINDS:
        return WITHOUT_SETTING
    setting = "name" if entry.path[-1] == "id" else "title"
    return Outcome("maps", "", {f"{ITEM}.{setting}": str(entry.value)})


def connector_key(entry: Entry) -> Outcome:
    """One key of a connector's configuration."""
    kind, key = str(entry.of_item("type")), ".".join(map(str, entry.path[entry.path.index("config") + 1 :]))
    if kind not in KINDS:
        return WITHOUT_SETTING
    if key in SECRETS:
        setting = "bind_password_secret_arn" if key == "bindPW" else "client_secret_arn"
        return Outcome("by_hand", f"put the secret into Secrets Manager, and its ARN into {setting}", matters=True)
    if key in REPLACED:
        return Outcome("no_home", REPLACED[key])
    if key == "tenant" and kind == "microsoft":
        return Outcome("maps", "is part of the issuer")
    if key in ("orgs", "org") and kind == "github":
        return _organizations(entry)
    if key == "claimMapping":
        return _claims(entry)
    if key == "groupSearch.userMatchers" and isinstance(entry.value, list) and len(entry.value) == 1:
        user, group = (str(entry.value[0].get(name)) for name in ("userAttr", "groupAttr"))
        return Outcome("maps", "", {f"{ITEM}.group_user_attribute": user, f"{ITEM}.group_member_attribute": group})
    if key not in SETTINGS[kind]:
        return Outcome("no_home", f"the connector {kind} has no such setting here", matters=True)
    setting = SETTINGS[kind][key]
    return Outcome("maps", "", {f"{ITEM}.{setting}": _value(setting, entry.value)})


def _value(setting: str, value: Any) -> Any:
    if setting in ("root_ca", "certificates"):
        try:
            return base64.b64decode(str(value), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise ValueError("is not a certificate in base64; write it as PEM into the setting") from error
    if setting == "scopes":
        return tuple(str(one) for one in value if one != "openid")
    return tuple(map(str, value)) if isinstance(value, list) else value


def _organizations(entry: Entry) -> Outcome:
    given = [{"name": entry.value}] if entry.path[-1] == "org" else entry.value
    found = tuple(
        GithubOrganization(name=str(one.get("name")).lower(), teams=tuple(map(str, one.get("teams") or ())))
        for one in given
    )
    return Outcome("maps", "", {f"{ITEM}.organizations": found})


def _claims(entry: Entry) -> Outcome:
    known = {"email": "email_claim", "groups": "groups_claim"}
    settings = {f"{ITEM}.{known[name]}": str(value) for name, value in entry.value.items() if name in known}
    others = [name for name in entry.value if name not in known]
    note = f"without {', '.join(others)}, which Kubeflow does not use" if others else ""
    return Outcome("changed" if others else "maps", note, settings)
