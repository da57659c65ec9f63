"""Authentication of users at the gateway."""

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
    """An e-mail address in the form used in names of credentials, keys and resources."""
    return re.sub(r"[^a-z0-9]+", "-", email.lower()).strip("-")


class NoAuth(Section):
    """No authentication: every request is treated as `user`. Port-forward only."""

    user: Email
    """Identity assigned to every request."""


class Dex(Section):
    """Dex in the cluster: local users with generated passwords, and connectors to identity providers."""

    users: tuple[Email, ...] = ()
    """Local users, by e-mail address in lower case; each has a generated password in Secrets Manager."""
    connectors: tuple[AnyConnector, ...] = ()
    """Connectors to identity providers."""


class CognitoGroup(Section):
    """A group of the user pool."""

    name: GroupName
    """Name of the group."""
    users: tuple[Email, ...] = ()
    """Members, which must be in the `users` of the pool."""


class Cognito(Section):
    """A Cognito user pool created by the platform, with its sign-in page. Users sign in by e-mail address."""

    domain_prefix: DomainPrefix | None = None
    """Prefix of the sign-in page's domain; unique in the region. None: custom_domain is used."""
    custom_domain: DomainName | None = None
    """Custom domain of the sign-in page. None: a Cognito domain with domain_prefix."""
    certificate_arn: CertificateArn | None = None
    """ARN of the certificate for custom_domain, in us-east-1. None: no custom_domain."""
    users: tuple[Email, ...] = ()
    """Invited users, by e-mail address in lower case; Cognito sends each a temporary password."""
    groups: tuple[CognitoGroup, ...] = ()
    """Groups of the pool; passed to Kubeflow in a header."""
    self_sign_up: bool = False
    """Allow users to create their own account."""
    mfa: Literal["off", "optional", "required"] = "optional"
    """Multi-factor authentication (authenticator app)."""
    password_length: int = Field(default=14, ge=8, le=99)
    """Minimum length of passwords."""
    temporary_password_days: int = Field(default=7, ge=1, le=365)
    """Days for which an invitation is valid."""
    threat_protection: Literal["off", "audit", "enforced"] = "off"
    """Detection (audit) and blocking (enforced) of compromised passwords and unusual sign-ins. Billed per user (feature
    plan Plus). Enable it after the pool is created: AWS provider 5.100 sends the plan only when it changes.
    """
    id_token_minutes: int = Field(default=60, ge=5, le=1440)
    """Lifetime of ID tokens in minutes; sessions are renewed before they expire, as long as the user exists."""


class ExistingCognito(Section):
    """An existing Cognito user pool and an app client in it."""

    user_pool_id: UserPoolId
    """Id of the user pool."""
    client_id: ClientId
    """Id of the app client: authorization code grant, callback <address>/oauth2/callback, sign-out <address>/."""
    client_secret_arn: SecretArn | None = None
    """ARN of the secret in Secrets Manager with the client secret. None: the client has none (PKCE)."""
    domain: DomainName
    """Domain of its sign-in page, such as team.auth.us-west-2.amazoncognito.com, or a custom domain."""
    id_token_minutes: int = Field(default=60, ge=5, le=1440)
    """Lifetime of the client's ID tokens in minutes."""


class Oidc(Section):
    """Any OIDC provider, without Dex."""

    issuer: HttpsUrl
    """Issuer URL, exactly as in its discovery document."""
    client_id: ClientId
    """Client id; its redirect URI is <address>/oauth2/callback."""
    client_secret_arn: SecretArn | None = None
    """ARN of the secret in Secrets Manager with the client secret. None: a public client (PKCE)."""
    title: NonEmpty = "your account"
    """Text of the sign-in button, after `Sign in with`."""
    scopes: Annotated[tuple[NonEmpty, ...], AtLeastOne] = ("openid", "email", "profile")
    """Requested scopes. Add offline_access if the provider requires it for refresh tokens."""
    email_claim: Claim = "email"
    """Claim with the e-mail address, which is the user id in Kubeflow."""
    groups_claim: Claim = "groups"
    """Claim with the groups."""
    logout_url: HttpsUrl | None = None
    """URL to redirect to at sign-out, to end the provider's session. None: only the session at the gateway ends."""
    extra_audiences: tuple[ClientId, ...] = ()
    """Further client ids whose tokens are accepted, such as one for programs."""
    id_token_minutes: int = Field(default=60, ge=2, le=1440)
    """Lifetime of its ID tokens in minutes; sessions are renewed before they expire."""


AnyAuth = Annotated[
    Annotated[NoAuth, Tag("union:NoAuth")]
    | Annotated[Dex, Tag("union:Dex")]
    | Annotated[Cognito, Tag("union:Cognito")]
    | Annotated[ExistingCognito, Tag("union:ExistingCognito")]
    | Annotated[Oidc, Tag("union:Oidc")],
    kind_of("NoAuth(…)", "Dex(…)", "Cognito(…)", "ExistingCognito(…)", "Oidc(…)"),
]
