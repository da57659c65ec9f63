"""Authentication that a shared cluster already has: `auth=None`."""

from typing import Any

from modules.kubeflow.auth.strategy import SIGN_OUT, AuthStrategy, ServiceOutput


class PreinstalledAuthStrategy(AuthStrategy):
    """Dex and oauth2-proxy count as selected, so that leaving them out is explicit; a rule requires `auth` otherwise."""

    components = frozenset({"dex", "oauth2-proxy"})

    def tokens(self, url: str, output: ServiceOutput) -> dict[str, Any]:
        """The dashboard's link to sign out."""
        return {"logout_url": SIGN_OUT}
