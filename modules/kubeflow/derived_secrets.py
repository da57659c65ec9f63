"""Keys and credentials of Kubernetes Secrets that follow from settings, in addition to the fixed ones.

Authentication decides by its strategy, the database here; `derived_secrets` combines them.
"""

from collections.abc import Mapping

from modules.kubeflow.auth.kinds import strategy_of
from modules.kubeflow.behaviour import DatabaseAccount
from modules.kubeflow.behaviours import BEHAVIOURS
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.credential import DerivedSecrets, external
from modules.kubeflow.database_users import job_secrets
from modules.settings.database import ExistingDatabase, InClusterDatabase
from modules.settings.kubeflow import Kubeflow


def derived_secrets(kubeflow: Kubeflow) -> DerivedSecrets:
    """The keys and credentials of all areas."""
    return strategy_of(kubeflow.auth).secrets() | _database(kubeflow)


def _database(kubeflow: Kubeflow) -> DerivedSecrets:
    """Users of a MySQL server outside of the cluster: one per program, or the only user of an existing server."""
    database = kubeflow.services.database
    if isinstance(database, InClusterDatabase):
        return DerivedSecrets()
    if isinstance(database, ExistingDatabase):
        shared = ("{output.database_username}", external(database.password_secret_arn))
        return DerivedSecrets(_keys_of_programs(lambda _: shared))
    version = kubeflow.services.credentials_version
    installed = {component.name for component in chosen_components(kubeflow)}
    programs = _keys_of_programs(lambda user: (f'"{user.name(version)}"', f"{{{user.credential}}}"))
    return DerivedSecrets({**programs, **job_secrets(installed)})


def _keys_of_programs(account: DatabaseAccount) -> dict[tuple[str, str], Mapping[str, str]]:
    """Keys of the Secrets of all programs; each has its own names for them.

    Args:
        account: returns the expressions of name and password.
    """
    return {
        (behaviour.component, secret): keys
        for behaviour in BEHAVIOURS.values()
        if behaviour.database_keys is not None
        for secret, keys in behaviour.database_keys(account).items()
    }
