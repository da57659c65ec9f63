"""One MySQL user per program with tables, restricted to its own database.

Only for a database created by the platform. A Job in the cluster creates the users, since the server has no public
endpoint; it reads the master credential at run time. User names end with the credential version: after a rotation the
previous user keeps working until every program has switched, and is dropped only then. Neither a rotation nor the
migration from the single user of earlier versions interrupts a program.
"""

from collections.abc import Collection, Mapping
from typing import Any

from modules.kubeflow.behaviours import DATABASE_USERS
from modules.kubeflow.program_databases import database_name, users_of
from modules.settings.kubeflow import Kubeflow

CREATE = "database-users"
"""Component that creates the users; also the name of its Secret and service account. Installed before the programs."""
DROP = "database-retired-users"
"""Component that drops users of earlier versions and of components that are switched off; it is installed after all programs."""
BUILTIN_READERS = (CREATE, DROP)
"""Both read a Secret; it and its reader's service account have the component's name."""
NAMESPACE = "kubeflow-database"
"""Separate namespace: read access to Secrets in `kubeflow` does not include the master credential."""
IMAGE = "docker.io/library/mysql:8.4.7"
"""Image with the MySQL client. MySQL 8.4 is the LTS release, supported until 2032-04-30.

Source: https://endoflife.date/mysql
"""


def job_facts(kubeflow: Kubeflow, components: Collection[str]) -> dict[str, Any]:
    """Template variables of both Jobs; all known at synthesis.

    Args:
        kubeflow: Kubeflow settings.
        components: names of installed components.
    """
    users, version = users_of(kubeflow, components), kubeflow.services.credentials_version
    return {
        "image": IMAGE,
        "namespace": NAMESPACE,
        "programs": [user.program for user in users],
        # `_` in a database name is a wildcard in GRANT, `\_` is not
        "users": " ".join(
            f"{user.name(version)}:{database_name(kubeflow, user).replace('_', chr(92) + '_')}" for user in users
        ),
        "every_program": "|".join(user.program for user in DATABASE_USERS),
    }


def job_secrets(kubeflow: Kubeflow, components: Collection[str]) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Keys of the Secrets of both Jobs: expressions as in `credentials.py`.

    Args:
        kubeflow: Kubeflow settings.
        components: names of installed components.
    """
    master = {
        "host": "{output.database_host}",
        "port": "{output.database_port}",
        "username": "{output.database_username}",
        "password": "{database}",
    }
    passwords = {f"password_{user.program}": f"{{{user.credential}}}" for user in users_of(kubeflow, components)}
    return {(CREATE, CREATE): {**master, **passwords}, (DROP, DROP): master}
