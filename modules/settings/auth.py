"""How people and programs sign in."""

from typing import Annotated

from pydantic import Field, Tag

from modules.settings.section import Section
from modules.settings.types import Email, NonEmpty, kind_of


class NoAuth(Section):
    """Nobody is asked who they are: everybody who reaches the gateway is one user. Port-forward only."""

    user: Email = Field(description="Who everybody is.")


class Dex(Section):
    """Dex in the cluster: local users with generated passwords, and connectors."""

    users: tuple[Email, ...] = Field((), description="Local users; each password is generated.")


class Cognito(Section):
    """A Cognito user pool made here."""

    domain_prefix: NonEmpty | None = Field(None, description="First part of the sign-in page's domain.")


class ExistingCognito(Section):
    """A Cognito user pool of yours."""

    user_pool_id: NonEmpty = Field(description="Its id.")


class Oidc(Section):
    """Any OIDC provider."""

    issuer: NonEmpty = Field(description="Issuer, https://….")


AnyAuth = Annotated[
    Annotated[NoAuth, Tag("union:NoAuth")]
    | Annotated[Dex, Tag("union:Dex")]
    | Annotated[Cognito, Tag("union:Cognito")]
    | Annotated[ExistingCognito, Tag("union:ExistingCognito")]
    | Annotated[Oidc, Tag("union:Oidc")],
    kind_of("NoAuth(…)", "Dex(…)", "Cognito(…)", "ExistingCognito(…)", "Oidc(…)"),
]
