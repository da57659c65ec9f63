"""The database of a program that does not make its own: Katib and the model registry, where MySQL is outside of the cluster."""

from modules.kubeflow.manifest import Object

MYSQL_USER = 999
"""User of the official image of MySQL."""


def create_database(image: str, env: dict[str, Object], *, host: str, port: str, user: str, database: str) -> Object:
    """An init container that makes a database unless it is there.

    Args:
        image: of MySQL, for its client.
        env: name to `valueFrom`; `MYSQL_PWD` is the password, and none of it stands in the command line.
        host: host name; may be `$(NAME)` of `env`, as may be all others.
        port: port.
        user: user who may create it.
        database: name.
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
            f"--execute=CREATE DATABASE IF NOT EXISTS {database}",
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
