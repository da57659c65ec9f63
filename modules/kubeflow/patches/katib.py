"""Katib with its database in the cluster, or with one elsewhere (RDS)."""

from modules.kubeflow.patch import Objects, Variant, set_env

SECRET = "katib-mysql-secrets"


def no_empty_password(objects: Objects) -> None:
    """MySQL does not start without a password."""
    set_env(objects.container("Deployment", "katib-mysql"), MYSQL_ALLOW_EMPTY_PASSWORD=None)


def database_elsewhere(objects: Objects) -> None:
    """As upstream's installs/katib-external-db: address and user come from the Secret, too."""
    objects.remove("Deployment", "katib-mysql")
    objects.remove("Service", "katib-mysql")
    objects.remove("PersistentVolumeClaim", "katib-mysql")
    keys = ("DB_USER", "DB_PASSWORD", "KATIB_MYSQL_DB_DATABASE", "KATIB_MYSQL_DB_HOST", "KATIB_MYSQL_DB_PORT")
    set_env(
        objects.container("Deployment", "katib-db-manager"),
        **{key: {"secretKeyRef": {"name": SECRET, "key": key}} for key in keys},
    )


VARIANTS = {
    "in-cluster": Variant((no_empty_password,), secrets={SECRET: {}}),
    "rds": Variant((database_elsewhere,), secrets={SECRET: {}}),
}
