"""An existing Cognito user pool, and what every user pool has in common.

Source: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from modules.aws_data.regions import REGIONS, SERVICES, partition_of, region
from modules.kubeflow.auth.oidc import DirectStrategy, client_secret, session_tokens
from modules.kubeflow.auth.strategy import SIGN_OUT, Problem, ServiceOutput
from modules.kubeflow.credential import DerivedSecrets
from modules.settings.auth import ExistingCognito
from modules.settings.platform import Platform


@dataclass(frozen=True)
class CognitoClient:
    """A user pool and its app client. Strings may be Terraform tokens."""

    issuer: str
    client_id: str
    domain: str
    """Host name of the hosted sign-in page."""

    def tokens(self, url: str, id_token_minutes: int) -> dict[str, Any]:
        """Values of the charts' tokens.

        Args:
            url: address of the dashboard.
            id_token_minutes: lifetime of an ID token.
        """
        back = quote(quote(f"{url}/", safe=""), safe="")  # a parameter of an address that is a parameter itself
        # Terraform tokens stay as they are: their values need no quoting.
        leave = f"https%3A%2F%2F{self.domain}%2Flogout%3Fclient_id%3D{self.client_id}%26logout_uri%3D{back}"
        return {
            **session_tokens(url, id_token_minutes),
            "oidc_email_claim": "email",
            "oidc_groups_claim": "cognito:groups",
            "oidc_issuer": self.issuer,
            "oidc_audiences": [self.client_id],
            "oidc_scope": "openid email profile",
            "oidc_title": "Cognito",
            "oidc_whitelist": json.dumps([self.domain]),
            "logout_url": f"{SIGN_OUT}?rd={leave}",
        }


class CognitoRequirements(DirectStrategy):
    """What every user pool requires: neither sign-in page nor keys have a VPC endpoint.

    Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-domains.html
    """

    def problems(self, platform: Platform) -> Iterator[Problem]:
        """The region has user pools."""
        yield from super().problems(platform)
        if platform.region in REGIONS and "cognito-idp" in region(platform.region).lacks:
            yield "kubeflow.auth", f"{platform.region} has no {SERVICES['cognito-idp']}; choose Dex(…) or Oidc(…)"

    def egress_problem(self) -> str | None:
        """Tokens and keys of the pool."""
        return (
            "oauth2-proxy and istiod fetch tokens and keys from Cognito, and the network has no internet access "
            '(nat="none"); set nat, or choose Dex(…)'
        )


class ExistingCognitoStrategy(CognitoRequirements):
    """A user pool that is not created here."""

    settings: ExistingCognito

    def client(self) -> CognitoClient:
        """The pool's client; the ID of a pool begins with its region."""
        pool = self.settings.user_pool_id
        place = pool.partition("_")[0]
        host = f"cognito-idp.{place}.{partition_of(place).dns_suffix}"
        return CognitoClient(f"https://{host}/{pool}", self.settings.client_id, self.settings.domain)

    def secrets(self) -> DerivedSecrets:
        """The client of oauth2-proxy."""
        return client_secret(f'"{self.settings.client_id}"', self.settings.client_secret_arn)

    def tokens(self, url: str, output: ServiceOutput) -> dict[str, Any]:
        """All known at synthesis."""
        return self.client().tokens(url, self.settings.id_token_minutes)
