"""Authentication that a shared cluster already has: `auth=None`."""

from collections.abc import Iterator
from typing import Any

from modules.kubeflow.auth.dex import DexStrategy, shared_secret
from modules.kubeflow.auth.strategy import SIGN_OUT, AuthStrategy, Problem, ServiceOutput
from modules.settings.platform import Platform


class PreinstalledAuthStrategy(AuthStrategy):
    """Dex and oauth2-proxy count as selected, so that leaving them out is explicit; a rule requires `auth` otherwise."""

    components = DexStrategy.components

    def problems(self, platform: Platform) -> Iterator[Problem]:
        """Both components are preinstalled, or none."""
        if platform.kubeflow is not None:
            yield from shared_secret(platform.kubeflow)

    def tokens(self, url: str, output: ServiceOutput) -> dict[str, Any]:
        """The dashboard's link to sign out."""
        return {"logout_url": SIGN_OUT}
