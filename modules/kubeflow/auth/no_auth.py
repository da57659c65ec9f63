"""No authentication: every request is treated as one user."""

from typing import Any

from modules.kubeflow.auth.strategy import AuthStrategy, ServiceOutput
from modules.settings.auth import NoAuth


class NoAuthStrategy(AuthStrategy):
    """An Envoy filter at the gateway sets the user header."""

    components = frozenset({"fixed-user"})
    authenticates = False

    settings: NoAuth

    @property
    def fixed_user(self) -> str:
        """From the settings."""
        return self.settings.user

    def tokens(self, url: str, output: ServiceOutput) -> dict[str, Any]:
        """The link to sign out leads back to the dashboard: there is no session."""
        return {"logout_url": "/"}
