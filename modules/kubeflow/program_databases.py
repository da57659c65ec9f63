"""Database and server of each program with tables: the usual ones, or those that `Services.program_databases` gives.

The charts of a platform with the usual names on one server without certificates have no tokens for them. A component with another
name, server or certificate has the variant `…-databases` (`patching/database_server.py`).
"""

from collections.abc import Collection
from typing import Any

from modules.kubeflow.behaviour import DatabaseAccess, DatabaseUser
from modules.kubeflow.behaviours import BEHAVIOURS, DATABASE_USERS
from modules.kubeflow.credential import external
from modules.settings.database import ExistingDatabase, InClusterDatabase, ProgramDatabase
from modules.settings.kubeflow import Kubeflow

CA_FOLDER = "/etc/database-ca"
"""Where pods have the certificates of their server."""
CA_FILE = f"{CA_FOLDER}/ca.pem"


def chosen_database(kubeflow: Kubeflow, user: DatabaseUser) -> ProgramDatabase:
    """What settings say about one program."""
    found = getattr(kubeflow.services.program_databases, user.program)
    assert isinstance(found, ProgramDatabase)
    return found


def database_name(kubeflow: Kubeflow, user: DatabaseUser) -> str:
    """Name of a program's database."""
    return chosen_database(kubeflow, user).database or user.database


def existing_server(kubeflow: Kubeflow, user: DatabaseUser) -> ExistingDatabase | None:
    """The existing server that a program uses, its own or that of all; None: the platform creates the server."""
    database = kubeflow.services.database
    return chosen_database(kubeflow, user).server or (database if isinstance(database, ExistingDatabase) else None)


def users_of(kubeflow: Kubeflow, components: Collection[str]) -> list[DatabaseUser]:
    """Programs of some components that use `services.database`.

    Args:
        kubeflow: Kubeflow settings.
        components: names of installed components.
    """
    return [
        user
        for user in DATABASE_USERS
        if user.component in components and chosen_database(kubeflow, user).server is None
    ]


def other_servers(kubeflow: Kubeflow, components: Collection[str]) -> dict[str, ExistingDatabase]:
    """Program to the server that it alone uses.

    Args:
        kubeflow: Kubeflow settings.
        components: names of installed components.
    """
    every = ((user, chosen_database(kubeflow, user).server) for user in DATABASE_USERS if user.component in components)
    return {user.program: server for user, server in every if server is not None}


def with_own_databases(kubeflow: Kubeflow) -> frozenset[str]:
    """Components whose charts must have tokens for databases, servers and certificates."""
    if isinstance(kubeflow.services.database, InClusterDatabase):
        return frozenset()
    return frozenset(
        user.component
        for user in DATABASE_USERS
        if BEHAVIOURS[user.component].database_variants and _is_unusual(kubeflow, user)
    )


def _is_unusual(kubeflow: Kubeflow, user: DatabaseUser) -> bool:
    chosen, server = chosen_database(kubeflow, user), existing_server(kubeflow, user)
    certified = server is not None and server.ca_certificate is not None
    return certified or chosen.server is not None or database_name(kubeflow, user) != user.database


def access_of(kubeflow: Kubeflow, user: DatabaseUser) -> DatabaseAccess:
    """How a program signs in to a server outside of the cluster.

    Args:
        kubeflow: Kubeflow settings.
        user: the program.
    """
    server, own = existing_server(kubeflow, user), chosen_database(kubeflow, user).server
    username, password = f'"{user.name(kubeflow.services.credentials_version)}"', f"{{{user.credential}}}"
    if server is not None:
        username = "{output.database_username}" if own is None else f'"{own.username}"'
        password = external(server.password_secret_arn)
    return DatabaseAccess(
        username,
        password,
        host="{output.database_host}" if own is None else f'"{own.host}"',
        port="{output.database_port}" if own is None else f'"{own.port}"',
        database=f'"{database_name(kubeflow, user)}"',
    )


def database_tokens(kubeflow: Kubeflow, component: str, host: str, port: str) -> dict[str, Any]:
    """Token values of a chart of the variant `…-databases`, for each program of the component.

    Args:
        kubeflow: Kubeflow settings.
        component: name of the component.
        host: host name of `services.database` (Terraform token).
        port: its port (Terraform token).
    """
    found: dict[str, Any] = {}
    for user in BEHAVIOURS[component].database_users:
        own, server = chosen_database(kubeflow, user).server, existing_server(kubeflow, user)
        pem = server.ca_certificate if server is not None else None
        values = {
            "database": database_name(kubeflow, user),
            "host": host if own is None else own.host,
            "port": port if own is None else str(own.port),
            # `preferred` encrypts without certificate verification; the RDS CA is not in system trust stores
            "tls": "preferred" if pem is None else "true",
            "ca": pem or "",
            "ca_file": "" if pem is None else CA_FILE,
            "verify": "false" if pem is None else "true",
            "client_options": "" if pem is None else f"[client]\nssl-mode=VERIFY_IDENTITY\nssl-ca={CA_FILE}\n",
        }
        found |= {f"{user.program}_{what}": value for what, value in values.items()}
    return found
