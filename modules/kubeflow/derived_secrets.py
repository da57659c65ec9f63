"""What a platform's settings decide about Kubernetes Secrets: keys and credentials besides the fixed ones.

Authentication decides by its strategy, the database here; `derived_secrets` combines them.
"""

from collections.abc import Callable, Mapping

from modules.kubeflow.auth.kinds import strategy_of
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.database_users import BY_PROGRAM, PIPELINES_SECRETS, DatabaseUser, job_secrets
from modules.kubeflow.secrets.credentials import DerivedSecrets, external
from modules.settings.database import ExistingDatabase, InClusterDatabase
from modules.settings.kubeflow import Kubeflow


def derived_secrets(kubeflow: Kubeflow) -> DerivedSecrets:
    """The keys and credentials of all areas."""
    return strategy_of(kubeflow.auth).secrets() | _database(kubeflow)


def _database(kubeflow: Kubeflow) -> DerivedSecrets:
    """Users of a MySQL server outside the cluster: one per program, or the single user of an existing server."""
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


def _keys_of_programs(
    account: Callable[[DatabaseUser], tuple[str, str]],
) -> dict[tuple[str, str], Mapping[str, str]]:
    """Keys of the Secrets of all programs; key names differ by program.

    Args:
        account: returns the expressions of name and password.
    """
    katib, registry = account(BY_PROGRAM["katib"]), account(BY_PROGRAM["model_registry"])
    pipelines: dict[tuple[str, str], Mapping[str, str]] = {
        ("pipelines", secret): dict(zip(("username", "password"), account(BY_PROGRAM[program]), strict=True))
        for program, secret in PIPELINES_SECRETS.items()
    }
    return {
        **pipelines,
        ("katib", "katib-mysql-secrets"): {
            "DB_USER": katib[0],
            "DB_PASSWORD": katib[1],
            "KATIB_MYSQL_DB_DATABASE": '"katib"',
            "KATIB_MYSQL_DB_HOST": "{output.database_host}",
            "KATIB_MYSQL_DB_PORT": "{output.database_port}",
        },
        ("model-registry", "model-registry-db-secrets"): {
            "MYSQL_USER_NAME": registry[0],
            "MYSQL_ROOT_PASSWORD": registry[1],
        },
    }
