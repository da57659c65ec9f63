"""An OIDC provider that oauth2-proxy uses directly, without Dex.

Source: https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from modules.kubeflow.auth.strategy import SIGN_OUT, AuthStrategy, Problem, ServiceOutput, left_out, secure_cookie
from modules.kubeflow.credential import DerivedSecrets, external
from modules.settings.auth import Oidc
from modules.settings.platform import Platform


class DirectStrategy(AuthStrategy):
    """What every provider that needs no Dex has in common."""

    components = frozenset({"oauth2-proxy"})

    def problems(self, platform: Platform) -> Iterator[Problem]:
        """The platform installs oauth2-proxy itself, with the provider's client."""
        if platform.kubeflow is not None:
            yield from left_out(platform.kubeflow, self.components, ("disable", "preinstalled"))


class OidcStrategy(DirectStrategy):
    """Any OIDC provider."""

    settings: Oidc

    def egress_warning(self) -> Problem | None:
        """Keys of the issuer."""
        return (
            "kubeflow.auth",
            f"oauth2-proxy and istiod fetch keys from {self.settings.issuer}, and the network has no internet access; it must be "
            "reachable inside",
        )

    def secrets(self) -> DerivedSecrets:
        """The client of oauth2-proxy."""
        return client_secret(f'"{self.settings.client_id}"', self.settings.client_secret_arn)

    def tokens(self, url: str, output: ServiceOutput) -> dict[str, Any]:
        """Claims, scopes and sign-out address of the provider."""
        auth = self.settings
        whitelist = [urlsplit(auth.logout_url).netloc] if auth.logout_url is not None else []
        return {
            **session_tokens(url, auth.id_token_minutes),
            "oidc_issuer": auth.issuer,
            "oidc_audiences": [auth.client_id, *auth.extra_audiences],
            "oidc_email_claim": auth.email_claim,
            "oidc_groups_claim": auth.groups_claim,
            "oidc_scope": _toml_text(" ".join(auth.scopes)),
            "oidc_title": _toml_text(auth.title),
            "oidc_whitelist": json.dumps(whitelist),
            "logout_url": SIGN_OUT if auth.logout_url is None else f"{SIGN_OUT}?rd={quote(auth.logout_url, safe='')}",
        }


def client_secret(client_id: str, secret_arn: str | None = None) -> DerivedSecrets:
    """The Secret of oauth2-proxy.

    Args:
        client_id: expression of the client ID, as in `credentials.py`.
        secret_arn: ARN of the client's secret. None: a public client, which uses PKCE.
    """
    secret = {} if secret_arn is None else {"client-secret": external(secret_arn)}
    return DerivedSecrets(
        {("oauth2-proxy", "oauth2-proxy"): {"client-id": client_id, "cookie-secret": "{oauth2-cookie}", **secret}}
    )


def session_tokens(url: str, id_token_minutes: int) -> dict[str, Any]:
    """Tokens about the session, the same for every provider.

    Args:
        url: address of the dashboard.
        id_token_minutes: lifetime of an ID token.
    """
    return {
        "secure_cookie": secure_cookie(url),
        "dashboard_url": url,
        "oidc_refresh": refresh(id_token_minutes),
    }


def refresh(id_token_minutes: int) -> str:
    """Age at which a session is renewed, as Go writes a duration: four fifths of the ID token's lifetime."""
    return f"{id_token_minutes * 48}s"


def _toml_text(text: str) -> str:
    """Text between the quotes of a TOML string."""
    return json.dumps(text)[1:-1]
