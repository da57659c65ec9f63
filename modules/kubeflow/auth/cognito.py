"""A Cognito user pool that the platform creates."""

from typing import Any

from constructs import Construct

from modules.auth.cognito import CognitoSignIn
from modules.kubeflow.auth.existing_cognito import CognitoClient, CognitoRequirements
from modules.kubeflow.auth.oidc import client_secret
from modules.kubeflow.auth.strategy import ServiceOutput
from modules.kubeflow.credential import DerivedSecrets
from modules.platform_context import PlatformContext
from modules.settings.auth import Cognito


class CognitoStrategy(CognitoRequirements):
    """The services stack creates the pool; Kubeflow's stack reads its outputs."""

    settings: Cognito

    @property
    def only_users(self) -> frozenset[str] | None:
        """Invited users, unless all can create an account."""
        return None if self.settings.self_sign_up else frozenset(self.settings.users)

    def secrets(self) -> DerivedSecrets:
        """The client of oauth2-proxy, which has no secret: PKCE replaces it."""
        return client_secret("{output.oidc_client_id}")

    def tokens(self, url: str, output: ServiceOutput) -> dict[str, Any]:
        """References to the services stack's outputs."""
        client = CognitoClient(output("oidc_issuer"), output("oidc_client_id"), output("cognito_domain"))
        return client.tokens(url, self.settings.id_token_minutes)

    def create(self, scope: Construct, context: PlatformContext, url: str) -> dict[str, Any]:
        """The user pool, its sign-in page and its client."""
        pool = CognitoSignIn(
            scope,
            "cognito",
            context=context,
            settings=self.settings,
            url=url,
        )
        return {
            "user_pool_id": pool.user_pool_id,
            "oidc_issuer": pool.issuer,
            "oidc_client_id": pool.client_id,
            "cognito_domain": pool.domain,
            "cognito_domain_target": pool.domain_target,
        }
