"""One MySQL user for each program with tables, with rights on its own database only.

Only where the platform makes the database. A Job in the cluster creates the users, since the server has no public address; it
reads the master credential when it runs. The name of a user ends with the version of the credentials: after a rotation the old
user works until every program uses the new one, and is dropped only then. So neither a rotation nor the move from the one
user of earlier versions interrupts a program.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

CREATE = "database-users"
"""Component that creates the users, and name of its Secret and service account. Programs are installed after it."""
DROP = "database-retired-users"
"""Component that drops users of earlier versions and of components that are switched off; it is installed after all programs."""
NAMESPACE = "kubeflow-database"
"""A namespace of its own: whoever reads Secrets in `kubeflow` does not read the master credential."""
IMAGE = "docker.io/library/mysql:8.4.7"
"""For its client. MySQL 8.4 is the long-term line, supported until 2032-04-30.

Source: https://endoflife.date/mysql
"""


@dataclass(frozen=True)
class DatabaseUser:
    """One program with tables."""

    program: str
    """First part of the user's name; at most 28 characters, so that `<program>_<version>` fits MySQL's 32."""
    component: str
    """Entry of the catalogue that runs it."""
    database: str
    """The only database that it may use."""
    credential: str
    """Generated password (`credentials.py`)."""

    def name(self, version: int) -> str:
        """The user's name.

        Args:
            version: of the credentials.
        """
        return f"{self.program}_{version}"


DATABASE_USERS = (
    DatabaseUser("katib", "katib", "katib", "katib-database"),
    DatabaseUser("ml_metadata", "pipelines", "metadb", "ml-metadata-database"),
    DatabaseUser("model_registry", "model-registry", "model_registry", "model-registry-database"),
    DatabaseUser("pipelines", "pipelines", "mlpipeline", "pipelines-database"),
    DatabaseUser("pipelines_cache", "pipelines", "cachedb", "pipelines-cache-database"),
)
PIPELINES_SECRETS = {
    "ml_metadata": "ml-metadata-mysql",
    "pipelines": "mysql-secret",
    "pipelines_cache": "pipelines-cache-mysql",
}
"""Program of Pipelines to the Secret that it reads; upstream has one Secret, `mysql-secret`, for all three."""
BY_PROGRAM = {user.program: user for user in DATABASE_USERS}


def users_of(components: Collection[str]) -> list[DatabaseUser]:
    """The users that some components need.

    Args:
        components: names of what is installed.
    """
    return [user for user in DATABASE_USERS if user.component in components]


def job_facts(components: Collection[str], version: int) -> dict[str, Any]:
    """What the templates of both Jobs are told; all of it is known at synthesis.

    Args:
        components: names of what is installed.
        version: of the credentials.
    """
    users = users_of(components)
    return {
        "image": IMAGE,
        "namespace": NAMESPACE,
        "programs": [user.program for user in users],
        # `_` in the name of a database is a wildcard of GRANT, `\_` is not
        "users": " ".join(f"{user.name(version)}:{user.database.replace('_', chr(92) + '_')}" for user in users),
        "every_program": "|".join(user.program for user in DATABASE_USERS),
    }


def job_secrets(components: Collection[str]) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Keys of the Secrets of both Jobs: expressions as in `credentials.py`.

    Args:
        components: names of what is installed.
    """
    master = {
        "host": "{output.database_host}",
        "port": "{output.database_port}",
        "username": "{output.database_username}",
        "password": "{database}",
    }
    passwords = {f"password_{user.program}": f"{{{user.credential}}}" for user in users_of(components)}
    return {(CREATE, CREATE): {**master, **passwords}, (DROP, DROP): master}
