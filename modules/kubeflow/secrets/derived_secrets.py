"""What a platform's settings say about Kubernetes Secrets: keys and credentials besides those that are always the same.

Each area has one function here, which returns a Supply; `derived_secrets` adds them up.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from modules.kubeflow.auth.dex_config import password_credential, password_key, secret_arn, secret_key
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.database_users import BY_PROGRAM, PIPELINES_SECRETS, DatabaseUser, job_secrets
from modules.kubeflow.secrets.credentials import Credential, external
from modules.settings.auth import Cognito, Dex, NoAuth
from modules.settings.database import ExistingDatabase, InClusterDatabase
from modules.settings.kubeflow import Kubeflow


@dataclass(frozen=True)
class DerivedSecrets:
    """Keys of Secrets and credentials that hang on settings."""

    keys: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    """(component, Secret) to all its keys: expressions as in `credentials.py`. They replace those of KEYS."""
    credentials: Mapping[str, Credential] = field(default_factory=dict)
    """Name to credential, besides CREDENTIALS."""

    def __or__(self, other: "DerivedSecrets") -> "DerivedSecrets":
        return DerivedSecrets({**self.keys, **other.keys}, {**self.credentials, **other.credentials})


def derived_secrets(kubeflow: Kubeflow) -> DerivedSecrets:
    """What all areas say."""
    return _sign_in(kubeflow) | _database(kubeflow)


def _sign_in(kubeflow: Kubeflow) -> DerivedSecrets:
    """A password for each local user of Dex, and what others know each other by: connectors, clients."""
    auth = kubeflow.auth
    if auth is None or isinstance(auth, NoAuth):
        return DerivedSecrets()
    if isinstance(auth, Dex):
        arns = {secret_key(connector): secret_arn(connector) for connector in auth.connectors}
        return DerivedSecrets(
            {
                # Dex compares with a hash; it is made anew at each apply that writes the Secret, of the same password
                ("dex", "dex-passwords"): {
                    password_key(email): f"bcrypt({{{password_credential(email)}}})" for email in auth.users
                },
                ("dex", "dex-connectors"): {key: external(arn) for key, arn in arns.items() if arn is not None},
            },
            {
                name: Credential(name, f"Password of {email}, who signs in with Dex", 24)
                for email in auth.users
                for name in (password_credential(email),)
            },
        )
    client_id = "{output.oidc_client_id}" if isinstance(auth, Cognito) else f'"{auth.client_id}"'
    secret = (
        {}
        if isinstance(auth, Cognito) or auth.client_secret_arn is None
        else {"client-secret": external(auth.client_secret_arn)}
    )
    return DerivedSecrets(
        {("oauth2-proxy", "oauth2-proxy"): {"client-id": client_id, "cookie-secret": "{oauth2-cookie}", **secret}}
    )


def _database(kubeflow: Kubeflow) -> DerivedSecrets:
    """Users of a MySQL server outside of the cluster: one for each program, or the one user of an existing server."""
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
    """Keys of the Secrets of all programs; each has its own names for them.

    Args:
        account: gives the expressions of name and password.
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
