"""Connectors of Dex to identity providers: OIDC, LDAP, SAML, GitHub.

Certificates are always verified. Secrets are given by ARN; Dex reads them from environment variables.

Source: https://dexidp.io/docs/connectors/, and the connectors' `Config` in dex v2.45.0
"""

from typing import Annotated, Literal

from pydantic import Tag

from modules.settings.section import Section
from modules.settings.types import (
    AtLeastOne,
    Certificates,
    DomainName,
    NodeName,
    NonEmpty,
    SecretArn,
    kind_of,
    matching,
)

HttpsUrl = Annotated[
    str,
    matching(
        r"https://[A-Za-z0-9.-]+(:\d+)?(/[\w.~!&'()*+,;=:@%/?-]*)?",
        "an address that begins with https://, such as https://login.example.com/realms/team",
    ),
]
ClientId = Annotated[str, matching(r"[\w.:/@~-]+", "a client id, as the provider shows it")]
Claim = Annotated[str, matching(r"[\w:-]+(\.[\w:-]+)*", "the name of a claim, such as email or cognito:groups")]
"""Dots lead into nested claims, in Istio as in Envoy."""
LdapHost = Annotated[
    str, matching(r"[A-Za-z0-9.-]+(:\d{1,5})?", "a host, or host and port, such as ldap.example.com:636")
]


class OidcConnector(Section):
    """An OIDC provider behind Dex."""

    name: NodeName
    """Connector id in Dex, which is part of user ids and must not change."""
    title: NonEmpty
    """Text of the sign-in button."""
    issuer: HttpsUrl
    """Issuer URL, exactly as in its discovery document."""
    client_id: ClientId
    """Client id; its redirect URI is <address>/dex/callback."""
    client_secret_arn: SecretArn | None = None
    """ARN of the secret in Secrets Manager with the client secret. None: a public client (PKCE)."""
    scopes: Annotated[tuple[NonEmpty, ...], AtLeastOne] = ("profile", "email")
    """Requested scopes in addition to openid."""
    email_claim: Claim = "email"
    """Claim with the e-mail address."""
    groups_claim: Claim | None = None
    """Claim with the groups. None: groups are not read from the provider."""
    trust_unverified_email: bool = False
    """Accept e-mail addresses that the provider does not mark as verified. Only if users cannot choose their own address."""


class LdapConnector(Section):
    """An LDAP directory, by LDAPS or StartTLS."""

    name: NodeName
    """Connector id in Dex, which is part of user ids and must not change."""
    title: NonEmpty
    """Text of the sign-in button."""
    host: LdapHost
    """Host, and port unless it is 636 (389 with StartTLS)."""
    start_tls: bool = False
    """Use StartTLS instead of LDAPS."""
    root_ca: Certificates | None = None
    """CA certificates of the directory, PEM. None: the CA certificates of the system."""
    bind_dn: NonEmpty | None = None
    """DN for searches. None: anonymous search."""
    bind_password_secret_arn: SecretArn | None = None
    """ARN of the secret with the password of bind_dn. None: no bind_dn."""
    user_base_dn: NonEmpty
    """Base DN of users, such as ou=people,dc=example,dc=com."""
    user_filter: str = "(objectClass=person)"
    """LDAP filter for users."""
    username_attribute: NonEmpty = "uid"
    """Attribute that users enter as their name."""
    id_attribute: NonEmpty = "uid"
    """Attribute with an immutable user id."""
    email_attribute: NonEmpty = "mail"
    """Attribute with the e-mail address."""
    display_name_attribute: NonEmpty = "cn"
    """Attribute with the display name."""
    group_base_dn: NonEmpty | None = None
    """Base DN of groups. None: groups are not looked up."""
    group_filter: str = "(objectClass=groupOfNames)"
    """LDAP filter for groups."""
    group_member_attribute: NonEmpty = "member"
    """Attribute of a group that lists its members."""
    group_user_attribute: NonEmpty = "DN"
    """User attribute that group_member_attribute contains, or DN for the distinguished name."""
    group_name_attribute: NonEmpty = "cn"
    """Attribute with the name of a group."""


class SamlConnector(Section):
    """A SAML 2.0 identity provider (HTTP POST binding)."""

    name: NodeName
    """Connector id in Dex, which is part of user ids and must not change."""
    title: NonEmpty
    """Text of the sign-in button."""
    sso_url: HttpsUrl
    """URL of its sign-in page."""
    certificates: Certificates
    """Signing certificates, PEM."""
    entity_issuer: NonEmpty | None = None
    """Entity id of this service provider. None: the callback URL of Dex."""
    sso_issuer: NonEmpty | None = None
    """Expected issuer of responses. None: not verified."""
    username_attribute: NonEmpty = "name"
    """Attribute with the display name."""
    email_attribute: NonEmpty = "email"
    """Attribute with the e-mail address."""
    groups_attribute: NonEmpty | None = None
    """Attribute with the groups. None: groups are not read."""
    allowed_groups: tuple[NonEmpty, ...] = ()
    """Groups whose members can sign in. (): all users."""
    name_id_format: Literal["persistent", "emailAddress", "unspecified", "transient"] = "persistent"
    """Format of the name id; transient gives a new id at each sign-in."""


class GithubOrganization(Section):
    """A GitHub organization whose members can sign in."""

    name: NodeName
    """Name of the organization."""
    teams: tuple[NonEmpty, ...] = ()
    """Teams whose members can sign in. (): all members."""


class GithubConnector(Section):
    """GitHub, or GitHub Enterprise."""

    name: NodeName
    """Connector id in Dex, which is part of user ids and must not change."""
    title: NonEmpty = "GitHub"
    """Text of the sign-in button."""
    client_id: ClientId
    """Client id of the OAuth app; its callback is <address>/dex/callback."""
    client_secret_arn: SecretArn
    """ARN of the secret in Secrets Manager with the client secret of the app."""
    organizations: Annotated[tuple[GithubOrganization, ...], AtLeastOne]
    """Organizations whose members can sign in. Required: otherwise every GitHub user could sign in."""
    host: DomainName | None = None
    """Host of GitHub Enterprise. None: github.com."""
    team_names: Literal["name", "slug", "both"] = "slug"
    """Form of team names among the groups."""
    all_groups: bool = False
    """Add all organizations of a user to the groups."""


Connector = OidcConnector | LdapConnector | SamlConnector | GithubConnector
AnyConnector = Annotated[
    Annotated[OidcConnector, Tag("union:OidcConnector")]
    | Annotated[LdapConnector, Tag("union:LdapConnector")]
    | Annotated[SamlConnector, Tag("union:SamlConnector")]
    | Annotated[GithubConnector, Tag("union:GithubConnector")],
    kind_of("OidcConnector(…)", "LdapConnector(…)", "SamlConnector(…)", "GithubConnector(…)"),
]
