"""Dex in the cluster: local users with generated passwords, and connectors."""

from collections.abc import Iterator
from typing import Any

from constructs import Construct

from modules.kubeflow.auth.dex_config import dex_users, password_credential, password_key, secret_arn, secret_key
from modules.kubeflow.auth.strategy import SIGN_OUT, AuthStrategy, Problem, ServiceOutput, left_out, secure_cookie
from modules.kubeflow.credential import Credential, DerivedSecrets, external
from modules.platform_context import PlatformContext
from modules.settings.auth import Dex
from modules.settings.kubeflow import Kubeflow
from modules.settings.platform import Platform


class DexStrategy(AuthStrategy):
    """oauth2-proxy signs users in with Dex; both share a generated client secret."""

    components = frozenset({"dex", "oauth2-proxy"})
    settings: Dex

    @property
    def only_users(self) -> frozenset[str] | None:
        """Local users, unless a connector has more."""
        return None if self.settings.connectors else frozenset(self.settings.users)

    def problems(self, platform: Platform) -> Iterator[Problem]:
        """Both of its components are installed here, or both on a shared cluster."""
        if platform.kubeflow is not None:
            yield from shared_secret(platform.kubeflow)
            yield from left_out(platform.kubeflow, self.components, ("disable",))

    def egress_warning(self) -> Problem | None:
        """Servers of connectors."""
        if not self.settings.connectors:
            return None
        return (
            "kubeflow.auth.connectors",
            "Dex calls each connector's server from inside the cluster, and the network has no internet access; each must be "
            "reachable inside",
        )

    def secrets(self) -> DerivedSecrets:
        """A password hash per local user, and the secret of each connector."""
        arns = {secret_key(connector): secret_arn(connector) for connector in self.settings.connectors}
        return DerivedSecrets(
            {
                # bcrypt salts, so each apply that writes the Secret writes another hash of the same password
                ("dex", "dex-passwords"): {
                    password_key(email): f"bcrypt({{{password_credential(email)}}})" for email in self.settings.users
                },
                ("dex", "dex-connectors"): {key: external(arn) for key, arn in arns.items() if arn is not None},
            },
            {
                name: Credential(name, f"Password of {email}, who signs in with Dex", 24)
                for email in self.settings.users
                for name in (password_credential(email),)
            },
        )

    def tokens(self, url: str, output: ServiceOutput) -> dict[str, Any]:
        """Dex's public address: connectors redirect to it, and Dex accepts no other."""
        return {
            "secure_cookie": secure_cookie(url),
            "oidc_issuer": f"{url}/dex",
            "dex_people": dex_users(self.settings, f"{url}/dex/callback"),
            "logout_url": SIGN_OUT,
        }

    def create(self, scope: Construct, context: PlatformContext, url: str) -> dict[str, Any]:
        """No resources; the commands that show local users' passwords."""
        return {
            "user_password_commands": {
                email: (
                    f"aws secretsmanager get-secret-value --region {context.account.region} --secret-id "
                    f"{context.platform_name}/{password_credential(email)} --query SecretString --output text"
                )
                for email in self.settings.users
            }
        }


def shared_secret(kubeflow: Kubeflow) -> Iterator[Problem]:
    """Dex and oauth2-proxy share a client secret, so a cluster has both already or none."""
    present = DexStrategy.components & set(kubeflow.preinstalled)
    if len(present) == 1:
        yield (
            "kubeflow.preinstalled",
            f"{' '.join(present)} is preinstalled, and dex and oauth2-proxy share a secret; list both here, or none",
        )
