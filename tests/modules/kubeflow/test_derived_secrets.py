"""What settings say about Kubernetes Secrets."""

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.chosen import external_services_of
from modules.kubeflow.derived_secrets import derived_secrets
from modules.kubeflow.selection import secrets
from modules.kubeflow.variants import entries
from modules.settings import (
    InClusterDatabase,
    Kubeflow,
    Services,
)

OF_DATABASE = {
    ("pipelines", "mysql-secret"): ("username", "password"),
    ("katib", "katib-mysql-secrets"): ("DB_USER", "DB_PASSWORD"),
    ("model-registry", "model-registry-db-secrets"): ("MYSQL_USER_NAME", "MYSQL_ROOT_PASSWORD"),
}
"""Secrets of programs with tables: their keys for user and password."""


def test_mysql_in_the_cluster_has_passwords_of_its_own() -> None:
    assert not set(OF_DATABASE) & set(derived_secrets(Kubeflow(services=Services(database=InClusterDatabase()))).keys)


def test_every_key_that_is_read_is_made_and_no_other() -> None:
    """With settings that decide, no other test compares the keys with those that pods read."""
    kubeflow = Kubeflow(services=Services())
    chosen = entries(
        [one for one in CATALOGUE if one.name in {name for name, _ in OF_DATABASE}],
        external_services=external_services_of(kubeflow),
    )
    for component, entry in chosen.items():
        for secret in entry.secrets:
            assert set(derived_secrets(kubeflow).keys[component, secret.name]) == set(secret.keys)
    needed = {(one.component, one.name) for one in secrets([], chosen, derived_secrets(kubeflow))}
    assert needed == {place for place in derived_secrets(kubeflow).keys if place[0] in chosen}
