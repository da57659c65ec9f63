"""Creates the database of programs that do not: Katib and the model registry with MySQL outside the cluster."""

from modules.kubeflow.manifest import Object

MYSQL_USER = 999
"""UID in the official MySQL image."""

CREATE = "--execute=CREATE DATABASE IF NOT EXISTS %s"
"""Changes nothing in a database that exists."""


def create_database(image: str, env: dict[str, Object], *, host: str, port: str, user: str, database: str) -> Object:
    """An init container that creates a database if it does not exist.

    Args:
        image: MySQL image, used for its client.
        env: name to `valueFrom`; `MYSQL_PWD` is the password, which is not on the command line.
        host: host name; this and the following can be `$(NAME)` of `env`.
        port: port.
        user: user with CREATE permission.
        database: database name.
    """
    return {
        "name": "create-database",
        "image": image,
        "command": ["mysql"],
        "args": [
            f"--host={host}",
            f"--port={port}",
            f"--user={user}",
            "--connect-timeout=10",
            CREATE % database,
        ],
        "env": [{"name": name, "valueFrom": source} for name, source in env.items()],
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"cpu": "100m", "memory": "128Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
            "runAsGroup": MYSQL_USER,
            "runAsNonRoot": True,
            "runAsUser": MYSQL_USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
