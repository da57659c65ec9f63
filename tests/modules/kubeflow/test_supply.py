"""What settings say about Kubernetes Secrets."""

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.credentials import CREDENTIALS
from modules.kubeflow.selection import secrets
from modules.kubeflow.supply import supply
from modules.kubeflow.variants import entries
from modules.settings import (
    AuroraMysql,
    ExistingDatabase,
    InClusterDatabase,
    Kubeflow,
    RdsMysql,
    Services,
)

ARN = "arn:aws:secretsmanager:us-west-2:111122223333:secret:mysql-a1B2c3"
OF_DATABASE = {
    ("pipelines", "mysql-secret"): ("username", "password"),
    ("katib", "katib-mysql-secrets"): ("DB_USER", "DB_PASSWORD"),
    ("model-registry", "model-registry-db-secrets"): ("MYSQL_USER_NAME", "MYSQL_ROOT_PASSWORD"),
}
"""Secrets of programs with tables: their keys for user and password."""


def test_one_user_serves_all_programs_with_tables() -> None:
    theirs = ExistingDatabase(host="mysql.example.net", username="kf", password_secret_arn=ARN)
    for database, password in ((RdsMysql(), "{database}"), (AuroraMysql(), "{database}"), (theirs, f"{{{ARN}}}")):
        keys = supply(Kubeflow(services=Services(database=database))).keys
        for secret, (user, word) in OF_DATABASE.items():
            assert keys[secret][user] == "{output.database_username}"
            assert keys[secret][word] == password
    assert "database" in CREDENTIALS


def test_mysql_in_the_cluster_has_passwords_of_its_own() -> None:
    assert not set(OF_DATABASE) & set(supply(Kubeflow(services=Services(database=InClusterDatabase()))).keys)


def test_every_key_that_is_read_is_made_and_no_other() -> None:
    """With settings that decide, nobody else holds the keys against what the pods read."""
    kubeflow = Kubeflow(services=Services())
    chosen = entries(
        [one for one in CATALOGUE if one.name in {name for name, _ in OF_DATABASE}], backing=kubeflow.backing()
    )
    for component, entry in chosen.items():
        for secret in entry.secrets:
            assert set(supply(kubeflow).keys[component, secret.name]) == set(secret.keys)
    assert {(one.component, one.name) for one in secrets([], chosen, supply(kubeflow))} == set(OF_DATABASE)
