"""What releases are told about sign-in: values of the tokens in `patches/dex.py`, `oauth2_proxy.py`, `central_dashboard.py`.

Source: https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview, https://dexidp.io/docs/configuration/
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from modules.aws_data.regions import partition_of
from modules.kubeflow.auth.dex_config import dex_users
from modules.settings.auth import Dex, ExistingCognito, NoAuth, Oidc
from modules.settings.kubeflow import Kubeflow

SIGN_IN = ("central-dashboard", "dex", "oauth2-proxy")
"""Entries of the catalogue that are told."""
SIGN_OUT = "/oauth2/sign_out"
COGNITO_CLAIMS = {"oidc_email_claim": "email", "oidc_groups_claim": "cognito:groups"}
"""Source: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html"""


@dataclass(frozen=True)
class CognitoClient:
    """Where a user pool and its app client are. Strings may be Terraform tokens."""

    issuer: str
    client_id: str
    domain: str
    """Host of the sign-in page."""


def sign_in_tokens(kubeflow: Kubeflow, cognito: CognitoClient | None = None) -> dict[str, Any]:
    """Values of the tokens that the chosen sign-in needs.

    Args:
        kubeflow: the settings.
        cognito: of a pool, ours or existing.

    Raises:
        ValueError: the settings ask for Cognito, and nobody says where it is.
    """
    auth, url = kubeflow.auth, kubeflow.exposure.url
    if auth is None:  # the cluster has its sign-in already
        return {"logout_url": SIGN_OUT}
    if isinstance(auth, NoAuth):
        return {"logout_url": "/"}
    found = {"secure_cookie": str(url.startswith("https://")).lower()}
    match auth:
        case Dex():
            return {
                **found,
                # Connectors that lead people elsewhere must name the address to come back to, and Dex takes only its own.
                "oidc_issuer": f"{url}/dex",
                "dex_people": dex_users(auth, f"{url}/dex/callback"),
                "logout_url": SIGN_OUT,
            }
        case Oidc():
            return {
                **found,
                **_of_provider(auth),
                "dashboard_url": url,
                "oidc_refresh": refresh(auth.id_token_minutes),
            }
    if cognito is None:
        raise ValueError("kubeflow.auth: nobody says where the user pool is; give its issuer, client and domain")
    return {
        **found,
        **_of_cognito(cognito, url),
        "dashboard_url": url,
        "oidc_refresh": refresh(auth.id_token_minutes),
    }


def refresh(id_token_minutes: int) -> str:
    """When a session is looked at and renewed, as Go writes it: after four fifths of its token's life."""
    return f"{id_token_minutes * 48}s"


def _of_provider(auth: Oidc) -> dict[str, Any]:
    whitelist = [urlsplit(auth.logout_url).netloc] if auth.logout_url is not None else []
    return {
        "oidc_issuer": auth.issuer,
        "oidc_audiences": [auth.client_id, *auth.extra_audiences],
        "oidc_email_claim": auth.email_claim,
        "oidc_groups_claim": auth.groups_claim,
        "oidc_scope": _inside(" ".join(auth.scopes)),
        "oidc_title": _inside(auth.title),
        "oidc_whitelist": json.dumps(whitelist),
        "logout_url": SIGN_OUT if auth.logout_url is None else f"{SIGN_OUT}?rd={quote(auth.logout_url, safe='')}",
    }


def _of_cognito(cognito: CognitoClient, url: str) -> dict[str, Any]:
    back = quote(quote(f"{url}/", safe=""), safe="")  # a part of a part of an address
    # Tokens of Terraform stand as they are: what becomes of them needs no quoting.
    leave = f"https%3A%2F%2F{cognito.domain}%2Flogout%3Fclient_id%3D{cognito.client_id}%26logout_uri%3D{back}"
    return {
        **COGNITO_CLAIMS,
        "oidc_issuer": cognito.issuer,
        "oidc_audiences": [cognito.client_id],
        "oidc_scope": "openid email profile",
        "oidc_title": "Cognito",
        "oidc_whitelist": json.dumps([cognito.domain]),
        "logout_url": f"{SIGN_OUT}?rd={leave}",
    }


def _inside(text: str) -> str:
    """Text as it stands between the quotes of a TOML string."""
    return json.dumps(text)[1:-1]


def existing_client(auth: ExistingCognito) -> CognitoClient:
    """Of a user pool that is there already; its id begins with its region."""
    region = auth.user_pool_id.partition("_")[0]
    host = f"cognito-idp.{region}.{partition_of(region).dns_suffix}"
    return CognitoClient(f"https://{host}/{auth.user_pool_id}", auth.client_id, auth.domain)
