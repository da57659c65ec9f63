"""How people sign in."""

import re
from typing import Annotated, Literal

from pydantic import Field, Tag

from modules.settings.connectors import AnyConnector, Claim, ClientId, HttpsUrl
from modules.settings.section import Section
from modules.settings.types import ARN, AtLeastOne, DomainName, Email, NonEmpty, SecretArn, kind_of, matching

CertificateArn = Annotated[
    str,
    matching(
        ARN + r"acm:us-east-1:\d{12}:certificate/[0-9a-f-]{36}",
        "the ARN of a certificate of ACM in us-east-1, where Cognito looks for those of its own domains",
    ),
]
"""Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-add-custom-domain.html"""
DomainPrefix = Annotated[
    str,
    matching(
        r"(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
        "the first part of a domain: 1 to 63 lower-case letters, digits and inner hyphens, without aws, amazon or cognito",
    ),
]
"""Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolDomain.html"""
UserPoolId = Annotated[
    str, matching(r"[a-z]{2}(-[a-z]+)+-\d_[0-9A-Za-z]{1,46}", "the id of a user pool, such as us-west-2_AbCdEfGhI")
]
GroupName = Annotated[
    str, matching(r"[\w+=,.@-]{1,128}", "the name of a group: 1 to 128 letters, digits and any of _+=,.@-")
]


def user_slug(email: str) -> str:
    """An e-mail address as it stands in names: of credentials, of keys, of resources."""
    return re.sub(r"[^a-z0-9]+", "-", email.lower()).strip("-")


class NoAuth(Section):
    """Nobody is asked who they are: everybody who reaches the gateway is one user. Port-forward only."""

    user: Email
    """Who everybody is."""


class Dex(Section):
    """Dex in the cluster: local users with generated passwords, and connectors to where people are known already."""

    users: tuple[Email, ...] = ()
    """Local users, by e-mail address in lower case; each has a generated password in Secrets Manager."""
    connectors: tuple[AnyConnector, ...] = ()
    """Where else people are known."""


class CognitoGroup(Section):
    """A group of the user pool."""

    name: GroupName
    """Its name."""
    users: tuple[Email, ...] = ()
    """Who is in it, of the pool's `users`."""


class Cognito(Section):
    """A Cognito user pool made here, with its sign-in page. People sign in by e-mail address."""

    domain_prefix: DomainPrefix | None = None
    """First part of the sign-in page's domain; unique in the region. None: with custom_domain."""
    custom_domain: DomainName | None = None
    """Domain of yours for the sign-in page. None: one of Cognito's, by domain_prefix."""
    certificate_arn: CertificateArn | None = None
    """ARN of the certificate for custom_domain, in us-east-1. None: without custom_domain."""
    users: tuple[Email, ...] = ()
    """Who is invited, by e-mail address in lower case; Cognito sends each a temporary password."""
    groups: tuple[CognitoGroup, ...] = ()
    """Groups of the pool; Kubeflow gets them in a header."""
    self_sign_up: bool = False
    """Whether anybody may make an account for themselves."""
    mfa: Literal["off", "optional", "required"] = "optional"
    """Whether a second factor (an authenticator app) is asked for."""
    password_length: int = Field(default=14, ge=8, le=99)
    """Fewest characters of a password."""
    temporary_password_days: int = Field(default=7, ge=1, le=365)
    """Days in which an invitation holds."""
    threat_protection: Literal["off", "audit", "enforced"] = "off"
    """Whether Cognito watches out for stolen passwords and unusual sign-ins, and blocks them. It costs by the user
    (feature plan Plus). Switch it on once the pool is there: AWS provider 5.100 sends the plan only when it changes.
    """
    id_token_minutes: int = Field(default=60, ge=5, le=1440)
    """Minutes that a token lives; sessions are renewed before, while the user exists."""


class ExistingCognito(Section):
    """A Cognito user pool of yours, and an app client in it."""

    user_pool_id: UserPoolId
    """Id of the pool."""
    client_id: ClientId
    """Id of the app client: authorization code grant, callback <address>/oauth2/callback, sign-out <address>/."""
    client_secret_arn: SecretArn | None = None
    """ARN of the secret in Secrets Manager that holds the client's secret. None: the client has none (PKCE)."""
    domain: DomainName
    """Domain of its sign-in page, such as team.auth.us-west-2.amazoncognito.com, or one of yours."""
    id_token_minutes: int = Field(default=60, ge=5, le=1440)
    """Minutes that an ID token of the client lives."""


class Oidc(Section):
    """Any OIDC provider, asked directly."""

    issuer: HttpsUrl
    """Its issuer, letter by letter as its discovery document has it."""
    client_id: ClientId
    """Id of the client there; its redirect URI is <address>/oauth2/callback."""
    client_secret_arn: SecretArn | None = None
    """ARN of the secret in Secrets Manager that holds the client's secret. None: a public client, by PKCE."""
    title: NonEmpty = "your account"
    """What the button to sign in says, after `Sign in with`."""
    scopes: Annotated[tuple[NonEmpty, ...], AtLeastOne] = ("openid", "email", "profile")
    """Scopes to ask for. Add offline_access where the provider gives refresh tokens only so."""
    email_claim: Claim = "email"
    """Claim with the e-mail address, which Kubeflow knows people by."""
    groups_claim: Claim = "groups"
    """Claim with the groups."""
    logout_url: HttpsUrl | None = None
    """Where log-out goes on to, to end the session there. None: only the session here ends."""
    extra_audiences: tuple[ClientId, ...] = ()
    """Further clients whose tokens are taken, such as one for programs."""
    id_token_minutes: int = Field(default=60, ge=2, le=1440)
    """Minutes that its ID tokens live; sessions are renewed before they end."""


AnyAuth = Annotated[
    Annotated[NoAuth, Tag("union:NoAuth")]
    | Annotated[Dex, Tag("union:Dex")]
    | Annotated[Cognito, Tag("union:Cognito")]
    | Annotated[ExistingCognito, Tag("union:ExistingCognito")]
    | Annotated[Oidc, Tag("union:Oidc")],
    kind_of("NoAuth(…)", "Dex(…)", "Cognito(…)", "ExistingCognito(…)", "Oidc(…)"),
]
