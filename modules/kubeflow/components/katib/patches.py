"""Patches of Katib: in-cluster database or RDS."""

from modules.kubeflow.patching.database_creation import create_database
from modules.kubeflow.patching.patch import Objects, Variant, set_env

SECRET = "katib-mysql-secrets"


def no_empty_password(objects: Objects) -> None:
    """MySQL does not start without a password."""
    set_env(objects.container("Deployment", "katib-mysql"), MYSQL_ALLOW_EMPTY_PASSWORD=None)


def time_to_upgrade_data(objects: Objects) -> None:
    """An upgraded MySQL converts its data before it responds; the liveness probe would restart it every minute.

    Source: https://dev.mysql.com/doc/refman/8.4/en/upgrading-what-is-upgraded.html
    """
    server = objects.container("Deployment", "katib-mysql")
    server["startupProbe"] = {"exec": server["livenessProbe"]["exec"], "periodSeconds": 5, "failureThreshold": 120}


def database_elsewhere(objects: Objects) -> None:
    """Like upstream's installs/katib-external-db: host and user are also in the Secret. Katib does not create the database.

    Source: https://github.com/kubeflow/katib/blob/v0.19.0/pkg/db/v1beta1/mysql/mysql.go
    """
    image = objects.container("Deployment", "katib-mysql")["image"]
    objects.remove("Deployment", "katib-mysql")
    objects.remove("Service", "katib-mysql")
    objects.remove("PersistentVolumeClaim", "katib-mysql")
    keys = ("DB_USER", "DB_PASSWORD", "KATIB_MYSQL_DB_DATABASE", "KATIB_MYSQL_DB_HOST", "KATIB_MYSQL_DB_PORT")
    read = {key: {"secretKeyRef": {"name": SECRET, "key": key}} for key in keys}
    set_env(objects.container("Deployment", "katib-db-manager"), **read)
    pod = objects.one("Deployment", "katib-db-manager")["spec"]["template"]["spec"]
    pod["initContainers"] = [
        create_database(
            image,
            {**{key: read[key] for key in keys if key != "DB_PASSWORD"}, "MYSQL_PWD": read["DB_PASSWORD"]},
            host="$(KATIB_MYSQL_DB_HOST)",
            port="$(KATIB_MYSQL_DB_PORT)",
            user="$(DB_USER)",
            database="$(KATIB_MYSQL_DB_DATABASE)",
        )
    ]


VARIANTS = {
    "in-cluster": Variant((no_empty_password, time_to_upgrade_data), secrets={SECRET: {}}),
    "rds": Variant((database_elsewhere,), secrets={SECRET: {}}),
}
