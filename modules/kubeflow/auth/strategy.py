"""What a kind of authentication decides: one strategy for each class of `Kubeflow.auth`.

A new kind is a settings class, a module beside this one with its strategy, and a line in `kinds.py`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from constructs import Construct

from modules.kubeflow.secrets.credentials import DerivedSecrets
from modules.platform_context import PlatformContext

SIGN_OUT = "/oauth2/sign_out"
"""Path of oauth2-proxy that ends a session."""

ServiceOutput = Callable[[str], str]
"""Reads a string output of the services stack by name; the result is a token, known at apply."""


class AuthStrategy(ABC):
    """Behaviour of one kind of authentication at the gateway."""

    components: ClassVar[frozenset[str]]
    """Catalogue entries that it needs, of those that belong to a kind of authentication."""
    authenticates: ClassVar[bool] = True
    """Whether the gateway checks the identity of a request."""
    fixed_user: str = ""
    """Identity of every request where nothing is checked."""

    def secrets(self) -> DerivedSecrets:
        """Kubernetes Secrets and generated credentials that its settings decide about."""
        return DerivedSecrets()

    @abstractmethod
    def tokens(self, url: str, output: ServiceOutput) -> dict[str, Any]:
        """Values of the tokens in the charts of the dashboard, Dex and oauth2-proxy.

        Args:
            url: address of the dashboard.
            output: reads outputs that `create` returned.
        """

    def create(self, scope: Construct, context: PlatformContext, url: str) -> dict[str, Any]:
        """Create its AWS resources in the services stack.

        Args:
            scope: the services stack.
            context: of that stack.
            url: address of the dashboard.

        Returns:
            Outputs of the services stack by name; the stack fills in the others as empty.
        """
        return {}


def secure_cookie(url: str) -> str:
    """Whether browsers send the session cookie over HTTPS only, as YAML writes it."""
    return str(url.startswith("https://")).lower()
