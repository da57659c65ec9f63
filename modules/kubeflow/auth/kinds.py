"""Every kind of authentication: settings class to strategy."""

from collections.abc import Mapping
from types import NoneType

from modules.kubeflow.auth.cognito import CognitoStrategy
from modules.kubeflow.auth.dex import DexStrategy
from modules.kubeflow.auth.existing_cognito import ExistingCognitoStrategy
from modules.kubeflow.auth.no_auth import NoAuthStrategy
from modules.kubeflow.auth.oidc import OidcStrategy
from modules.kubeflow.auth.preinstalled import PreinstalledAuthStrategy
from modules.kubeflow.auth.strategy import AuthStrategy
from modules.settings.auth import AnyAuth, Cognito, Dex, ExistingCognito, NoAuth, Oidc

KINDS: Mapping[type, type[AuthStrategy]] = {
    NoneType: PreinstalledAuthStrategy,
    NoAuth: NoAuthStrategy,
    Dex: DexStrategy,
    Cognito: CognitoStrategy,
    ExistingCognito: ExistingCognitoStrategy,
    Oidc: OidcStrategy,
}
AUTH_COMPONENTS = frozenset(name for strategy in KINDS.values() for name in strategy.components)
"""Catalogue entries that `Kubeflow.auth` selects."""


def strategy_of(auth: AnyAuth | None) -> AuthStrategy:
    """The strategy of `Kubeflow.auth`."""
    return KINDS[type(auth)](auth)
