"""Every kind of authentication: settings class to strategy."""

from collections.abc import Callable, Mapping
from typing import Any

from modules.kubeflow.auth.cognito import CognitoStrategy
from modules.kubeflow.auth.dex import DexStrategy
from modules.kubeflow.auth.existing_cognito import ExistingCognitoStrategy
from modules.kubeflow.auth.no_auth import NoAuthStrategy
from modules.kubeflow.auth.oidc import OidcStrategy
from modules.kubeflow.auth.preinstalled import PreinstalledAuthStrategy
from modules.kubeflow.auth.strategy import AuthStrategy
from modules.settings.auth import AnyAuth, Cognito, Dex, ExistingCognito, NoAuth, Oidc

KINDS: Mapping[type, Callable[[Any], AuthStrategy]] = {
    NoAuth: NoAuthStrategy,
    Dex: DexStrategy,
    Cognito: CognitoStrategy,
    ExistingCognito: ExistingCognitoStrategy,
    Oidc: OidcStrategy,
}


def strategy_of(auth: AnyAuth | None) -> AuthStrategy:
    """The strategy of `Kubeflow.auth`."""
    return PreinstalledAuthStrategy() if auth is None else KINDS[type(auth)](auth)
