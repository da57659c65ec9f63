"""Rules and warnings about the databases and servers of single programs."""

from collections import defaultdict
from collections.abc import Iterator

from modules.kubeflow.behaviour import DatabaseUser
from modules.kubeflow.behaviours import DATABASE_USERS
from modules.kubeflow.made_database import database_users
from modules.kubeflow.program_databases import (
    chosen_database,
    database_name,
    existing_server,
    users_of,
)
from modules.rules.blocks import documentation_hosts
from modules.rules.rule import Problem, placeholder, rule, warning
from modules.settings.database import ExistingDatabase, InClusterDatabase
from modules.settings.kubeflow import Kubeflow
from modules.settings.platform import Platform

PATH = "kubeflow.services.program_databases"
WITHOUT_TLS = ("katib",)
"""Programs whose client has no TLS.

Source: https://github.com/kubeflow/katib/blob/v0.19.0/pkg/db/v1beta1/mysql/mysql.go
"""
Server = tuple[str, int] | None
"""Host and port of an existing server; None: the server that the platform creates."""


def databases_on_existing_servers(kubeflow: Kubeflow) -> set[tuple[str, int, str]]:
    """Host, port and name, in lower case, of each database on an existing server."""
    services = kubeflow.services
    chosen = (getattr(services.program_databases, user.program) for user in DATABASE_USERS)
    if not isinstance(services.database, ExistingDatabase) and not any(one.server for one in chosen):
        return set()
    return {
        (*server, database_name(kubeflow, user).lower())
        for user in _installed(kubeflow)
        if (server := _server(kubeflow, user)) is not None
    }


def _installed(kubeflow: Kubeflow) -> list[DatabaseUser]:
    components = database_users(kubeflow)
    return [user for user in DATABASE_USERS if user.component in components]


def _server(kubeflow: Kubeflow, user: DatabaseUser) -> Server:
    server = existing_server(kubeflow, user)
    return (server.host.lower(), server.port) if server is not None else None


@rule(Platform)
def programs_are_installed(platform: Platform) -> Iterator[Problem]:
    """Settings of a program that is not there, or whose tables are in the cluster, would do nothing."""
    kubeflow = platform.kubeflow
    if kubeflow is None:
        return
    installed = _installed(kubeflow)
    for user in DATABASE_USERS:
        chosen = chosen_database(kubeflow, user)
        if chosen.database is None and chosen.server is None:
            continue
        if isinstance(kubeflow.services.database, InClusterDatabase):
            yield (
                f"{PATH}.{user.program}",
                "MySQL in the cluster (services.database) begins empty, with upstream's names",
                "remove it, or use RdsMysql(…), AuroraMysql(…) or ExistingDatabase(…) as services.database",
            )
        elif user not in installed:
            yield (
                f"{PATH}.{user.program}",
                f"{user.component} is not installed, so this has no effect",
                f"remove it, or install {user.component} (kubeflow.enable, kubeflow.disable)",
            )


@rule(Platform)
def one_database_per_program(platform: Platform) -> Iterator[Problem]:
    """Programs with tables of the same names would overwrite each other, and each could change the other's.

    Names are compared without case, which a server can ignore.
    """
    kubeflow = platform.kubeflow
    if kubeflow is None or isinstance(kubeflow.services.database, InClusterDatabase):
        return
    owners: dict[tuple[Server, str], DatabaseUser] = {}
    for user in _installed(kubeflow):
        name = database_name(kubeflow, user)
        other = owners.setdefault((_server(kubeflow, user), name.lower()), user)
        if other is not user:
            yield (
                f"{PATH}.{user.program}.database",
                f"{name} is the database of {other.program} on the same server, and each program needs its own",
                "use another name; to divide existing tables, copy those of one program into a new database",
            )


@rule(Platform)
def server_of_all_is_used(platform: Platform) -> Iterator[Problem]:
    """A server that no program uses would only cost, or is a mistake."""
    kubeflow = platform.kubeflow
    if kubeflow is None or isinstance(kubeflow.services.database, InClusterDatabase):
        return
    components = database_users(kubeflow)
    if components and not users_of(kubeflow, components):
        yield (
            "kubeflow.services.database",
            "every program has a server of its own, so this one is not used",
            "set the server of one of them here, and remove it there",
        )


@rule(Platform)
def certificates_are_used(platform: Platform) -> Iterator[Problem]:
    """A client without TLS would ignore the certificates of its server."""
    kubeflow = platform.kubeflow
    if kubeflow is None:
        return
    for user in _installed(kubeflow):
        server = existing_server(kubeflow, user)
        if user.program not in WITHOUT_TLS or server is None or server.ca_certificate is None:
            continue
        own = chosen_database(kubeflow, user).server is not None
        yield (
            f"{PATH}.{user.program}.server.ca_certificate" if own else "kubeflow.services.database.ca_certificate",
            f"the client of {user.program} has no TLS and would send its password and data unencrypted",
            "remove it"
            if own
            else f"give {user.program} the same server without ca_certificate (program_databases.{user.program}), "
            "or disable it",
        )


@warning(Platform)
def shared_users(platform: Platform) -> Iterator[Problem]:
    """Programs that sign in to a server as the same user."""
    kubeflow = platform.kubeflow
    if kubeflow is None:
        return
    programs: defaultdict[tuple[Server, str], list[DatabaseUser]] = defaultdict(list)
    for user in _installed(kubeflow):
        server = existing_server(kubeflow, user)
        if server is not None:
            programs[_server(kubeflow, user), server.username].append(user)
    for (_, name), users in programs.items():
        components = sorted({user.component for user in users})
        if len(components) > 1:
            own = any(chosen_database(kubeflow, user).server is not None for user in users)
            yield (
                PATH if own else "kubeflow.services.database",
                f"{', '.join(components)} share the user {name} and can read and change each other's tables",
                "use RdsMysql(…) or AuroraMysql(…), which create one user for each, or give each program the server with a user of "
                "its own (services.program_databases)",
            )


@warning(Platform)
def backups_of_existing_servers(platform: Platform) -> Iterator[Problem]:
    """The backup plan selects what the platform creates."""
    kubeflow, backup = platform.kubeflow, platform.backup
    if kubeflow is None or backup is None or not backup.database:
        return
    users = [user for user in _installed(kubeflow) if existing_server(kubeflow, user) is not None]
    if users:
        yield (
            "backup.database",
            f"the tables of {', '.join(user.program for user in users)} are on existing servers, which this plan does not back up",
            "back them up where they are created",
        )


@placeholder(ExistingDatabase)
def documentation_server(database: ExistingDatabase) -> Iterator[Problem]:
    """A host reserved for documentation."""
    yield from documentation_hosts("host", database.host)
