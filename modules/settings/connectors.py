"""Where Dex looks people up: OIDC providers, LDAP, SAML, GitHub.

Certificates are always checked, and secrets are named by the ARN of theirs: Dex reads them as variables of its pod.

Source: https://dexidp.io/docs/connectors/, and the connectors' `Config` in dex v2.45.0
"""

from typing import Annotated, Literal

from pydantic import Tag

from modules.settings.section import Section
from modules.settings.texts import PEM
from modules.settings.types import AtLeastOne, DomainName, NodeName, NonEmpty, SecretArn, kind_of, matching

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
Certificates = Annotated[
    str,
    matching(
        r"-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=-]+-----END CERTIFICATE-----\s*",
        "certificates in PEM, from -----BEGIN CERTIFICATE----- on",
        shown=False,
    ),
    PEM,
]
LdapHost = Annotated[
    str, matching(r"[A-Za-z0-9.-]+(:\d{1,5})?", "a host, or host and port, such as ldap.example.com:636")
]


class OidcConnector(Section):
    """Another OIDC provider, behind Dex."""

    name: NodeName
    """Its id in Dex, which people's ids are made of: never change it."""
    title: NonEmpty
    """What the button to sign in says."""
    issuer: HttpsUrl
    """Its issuer, letter by letter as its discovery document has it."""
    client_id: ClientId
    """Id of the client there; its redirect URI is <address>/dex/callback."""
    client_secret_arn: SecretArn | None = None
    """ARN of the secret in Secrets Manager that holds the client's secret. None: a public client, by PKCE."""
    scopes: Annotated[tuple[NonEmpty, ...], AtLeastOne] = ("profile", "email")
    """Scopes to ask for besides openid."""
    email_claim: Claim = "email"
    """Claim with the e-mail address."""
    groups_claim: Claim | None = None
    """Claim with the groups. None: none are taken over from the provider."""
    trust_unverified_email: bool = False
    """Whether to take e-mail addresses that the provider does not call verified. Only where people cannot choose theirs.
    """


class LdapConnector(Section):
    """A directory, by LDAPS or StartTLS."""

    name: NodeName
    """Its id in Dex, which people's ids are made of: never change it."""
    title: NonEmpty
    """What the button to sign in says."""
    host: LdapHost
    """Host, and port unless it is 636 (389 with StartTLS)."""
    start_tls: bool = False
    """Whether TLS begins by StartTLS instead of LDAPS."""
    root_ca: Certificates | None = None
    """Certificates of the directory's authority, PEM. None: those of the system."""
    bind_dn: NonEmpty | None = None
    """Who searches the directory. None: anybody may."""
    bind_password_secret_arn: SecretArn | None = None
    """ARN of the secret with the password of bind_dn. None: without bind_dn."""
    user_base_dn: NonEmpty
    """Where people are, such as ou=people,dc=example,dc=com."""
    user_filter: str = "(objectClass=person)"
    """Which entries below it are people."""
    username_attribute: NonEmpty = "uid"
    """Attribute that people type in as their name."""
    id_attribute: NonEmpty = "uid"
    """Attribute that never changes for a person."""
    email_attribute: NonEmpty = "mail"
    """Attribute with the e-mail address."""
    display_name_attribute: NonEmpty = "cn"
    """Attribute with the name to show."""
    group_base_dn: NonEmpty | None = None
    """Where groups are. None: groups are not looked up."""
    group_filter: str = "(objectClass=groupOfNames)"
    """Which entries below it are groups."""
    group_member_attribute: NonEmpty = "member"
    """Attribute of a group that names its members."""
    group_user_attribute: NonEmpty = "DN"
    """What it names them by: an attribute of people, or DN for their whole name."""
    group_name_attribute: NonEmpty = "cn"
    """Attribute with the name of a group."""


class SamlConnector(Section):
    """A SAML 2.0 identity provider (HTTP POST binding)."""

    name: NodeName
    """Its id in Dex, which people's ids are made of: never change it."""
    title: NonEmpty
    """What the button to sign in says."""
    sso_url: HttpsUrl
    """Where its sign-in page takes requests."""
    certificates: Certificates
    """Certificates that it signs with, PEM."""
    entity_issuer: NonEmpty | None = None
    """What we call ourselves. None: the address of Dex's callback."""
    sso_issuer: NonEmpty | None = None
    """What it must call itself. None: not compared."""
    username_attribute: NonEmpty = "name"
    """Attribute with the name to show."""
    email_attribute: NonEmpty = "email"
    """Attribute with the e-mail address."""
    groups_attribute: NonEmpty | None = None
    """Attribute with the groups. None: none are taken over."""
    allowed_groups: tuple[NonEmpty, ...] = ()
    """Who gets in: members of one of these. (): everybody."""
    name_id_format: Literal["persistent", "emailAddress", "unspecified", "transient"] = "persistent"
    """How it names people; transient gives a new id at each sign-in."""


class GithubOrganization(Section):
    """An organization on GitHub whose members get in."""

    name: NodeName
    """Its name."""
    teams: tuple[NonEmpty, ...] = ()
    """Which of its teams. (): every member."""


class GithubConnector(Section):
    """GitHub, or GitHub Enterprise."""

    name: NodeName
    """Its id in Dex, which people's ids are made of: never change it."""
    title: NonEmpty = "GitHub"
    """What the button to sign in says."""
    client_id: ClientId
    """Id of the OAuth app; its callback is <address>/dex/callback."""
    client_secret_arn: SecretArn
    """ARN of the secret in Secrets Manager that holds the app's secret."""
    organizations: Annotated[tuple[GithubOrganization, ...], AtLeastOne]
    """Who gets in: members of these. Without any it would be everybody on GitHub."""
    host: DomainName | None = None
    """Host of GitHub Enterprise. None: github.com."""
    team_names: Literal["name", "slug", "both"] = "slug"
    """How teams are named among the groups."""
    all_groups: bool = False
    """Whether all organizations of a person are groups, too."""


Connector = OidcConnector | LdapConnector | SamlConnector | GithubConnector
AnyConnector = Annotated[
    Annotated[OidcConnector, Tag("union:OidcConnector")]
    | Annotated[LdapConnector, Tag("union:LdapConnector")]
    | Annotated[SamlConnector, Tag("union:SamlConnector")]
    | Annotated[GithubConnector, Tag("union:GithubConnector")],
    kind_of("OidcConnector(…)", "LdapConnector(…)", "SamlConnector(…)", "GithubConnector(…)"),
]
