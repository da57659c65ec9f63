"""What a kind of authentication decides: one strategy for each class of `Kubeflow.auth`.

A new kind is a settings class, a module in this package with its strategy, and a line in `kinds.py`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from constructs import Construct

from modules.kubeflow.credential import DerivedSecrets
from modules.platform_context import PlatformContext
from modules.settings.kubeflow import Kubeflow
from modules.settings.platform import Platform

SIGN_OUT = "/oauth2/sign_out"
"""Path of oauth2-proxy that ends a session."""

ServiceOutput = Callable[[str], str]
"""Reads a string output of the services stack by name; the result is a token, known at apply."""

Problem = tuple[str, str]
"""Dotted path of a setting, and what is wrong with it; `modules/rules` reports them."""


class AuthStrategy(ABC):
    """Behaviour of one kind of authentication at the gateway."""

    components: ClassVar[frozenset[str]]
    """Catalogue entries that it needs, of those that belong to a kind of authentication."""
    authenticates: ClassVar[bool] = True
    """Whether the gateway checks the identity of a request."""

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    @property
    def fixed_user(self) -> str:
        """Identity of every request where nothing is checked; else empty."""
        return ""

    @property
    def only_users(self) -> frozenset[str] | None:
        """E-mail addresses of all users. None: an identity provider decides."""
        return None

    def problems(self, platform: Platform) -> Iterator[Problem]:
        """What it requires of the rest of the platform and does not find."""
        yield from ()

    def egress_problem(self) -> str | None:
        """Why it cannot work on a network without internet access. None: it can."""
        return None

    def egress_warning(self) -> Problem | None:
        """What it reaches only if that is inside a network without internet access. None: it reaches nothing."""
        return None

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


def left_out(kubeflow: Kubeflow, names: frozenset[str], settings: tuple[str, ...]) -> Iterator[Problem]:
    """Required components that settings leave out.

    Args:
        kubeflow: the settings.
        names: required components.
        settings: names of the settings that must not list them: `disable`, `preinstalled`.
    """
    for name in sorted(names):
        for setting in settings:
            if name in getattr(kubeflow, setting):
                yield (
                    f"kubeflow.{setting}",
                    f"{name} is required by auth={type(kubeflow.auth).__name__}(…); remove it here",
                )


def secure_cookie(url: str) -> str:
    """Whether browsers send the session cookie over HTTPS only, as YAML writes it."""
    return str(url.startswith("https://")).lower()
