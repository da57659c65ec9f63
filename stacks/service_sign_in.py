"""Sign-in in the services stack: a user pool, and how people find their passwords."""

from typing import Any

from modules.auth.cognito import CognitoSignIn
from modules.kubeflow.auth.dex_config import password_credential
from modules.settings import Cognito, Dex, Kubeflow
from stacks.stack import PlatformStack


def sign_in(stack: PlatformStack, kubeflow: Kubeflow) -> dict[str, Any]:
    """Make what sign-in needs in AWS, and say its outputs; those of another way are left out."""
    auth, platform = kubeflow.auth, stack.platform
    if isinstance(auth, Dex):
        return {
            "user_password_commands": {email: _command(platform.name, platform.region, email) for email in auth.users}
        }
    if not isinstance(auth, Cognito):
        return {}
    made = CognitoSignIn(
        stack,
        "cognito",
        platform_name=platform.name,
        region=platform.region,
        settings=auth,
        url=kubeflow.exposure.url,
        protect=platform.deletion_protection,
    )
    return {
        "user_pool_id": made.user_pool_id,
        "oidc_issuer": made.issuer,
        "oidc_client_id": made.client_id,
        "cognito_domain": made.domain,
        "cognito_domain_target": made.domain_target,
    }


def _command(platform_name: str, region: str, email: str) -> str:
    return (
        f"aws secretsmanager get-secret-value --region {region} --secret-id {platform_name}/{password_credential(email)} "
        "--query SecretString --output text"
    )
