"""Credentials, and the Kubernetes Secrets made of them."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from modules.kubeflow.behaviours import CREDENTIALS, KEYS, SUPPLIED_SECRETS
from modules.kubeflow.chosen import chosen_components, external_services_of
from modules.kubeflow.credential import external
from modules.kubeflow.database_users import BUILTIN_READERS
from modules.kubeflow.derived_secrets import derived_secrets
from modules.kubeflow.lock import Entry, Secret, read_lock
from modules.kubeflow.secrets.credentials import NeededSecret, credentials_of, needed_secrets
from modules.kubeflow.selection import secrets
from modules.kubeflow.variants import entries
from modules.settings import (
    ArtifactBucket,
    Dex,
    ExistingDatabase,
    InClusterDatabase,
    InClusterStore,
    Kubeflow,
    RdsMysql,
    Services,
)
from tests.modules.kubeflow.lock_entries import entry

LOGIN = Secret("auth", "login", ("PASSWORD",), {}, "Opaque")
ARN = "arn:aws:secretsmanager:us-west-2:111122223333:secret:mysql-AbCdEf"
DATABASES = (InClusterDatabase(), RdsMysql(), ExistingDatabase(host="a", username="b", password_secret_arn=ARN))
STORES = (InClusterStore(), ArtifactBucket())


def settings(database: object, artifacts: object) -> Kubeflow:
    return Kubeflow(
        auth=Dex(users=("ada@example.com",)), services=Services(database=database, artifacts=artifacts), enable=ALSO
    )


ALSO = ("kube-prometheus-stack", "model-registry")
CHOICES = [settings(database, artifacts) for database in DATABASES for artifacts in STORES]


def variants() -> Mapping[str, Mapping[str, Entry]]:
    return read_lock().components


def test_every_secret_of_the_lock_has_keys() -> None:
    """In each variant: what settings decide about is in `derived_secrets`, all else in KEYS."""
    known = {place for kubeflow in CHOICES for place in derived_secrets(kubeflow).keys} | set(KEYS)
    found = {
        (name, one.name) for name, entries in variants().items() for entry in entries.values() for one in entry.secrets
    }
    found |= {(name, one.name) for name, supplied in SUPPLIED_SECRETS.items() for one in supplied}
    found |= {(name, name) for name in BUILTIN_READERS}
    assert found == known


def needed(kubeflow: Kubeflow) -> dict[tuple[str, str], NeededSecret]:
    components = chosen_components(kubeflow)
    found = secrets(
        components, entries(components, external_services=external_services_of(kubeflow)), derived_secrets(kubeflow)
    )
    return {(secret.component, secret.name): secret for secret in found}


@pytest.mark.parametrize("kubeflow", CHOICES, ids=str)
def test_pods_find_every_key_that_they_read(kubeflow: Kubeflow) -> None:
    made = needed(kubeflow)
    components = chosen_components(kubeflow)
    read = 0
    for component, one in entries(components, external_services=external_services_of(kubeflow)).items():
        for secret in one.secrets:
            keys = made[component, secret.name].keys if (component, secret.name) in made else {}
            assert set(secret.keys) <= set(keys)
            read += len(secret.keys)
            assert not keys or made[component, secret.name].namespace == secret.namespace
    assert read >= 7


def test_no_credential_is_unused_and_none_is_unknown() -> None:
    used = {name for kubeflow in CHOICES for secret in needed(kubeflow).values() for name in secret.credentials}
    assert {name for name in used if not name.startswith("user-")} == set(CREDENTIALS)
    for kubeflow in CHOICES:
        supplied = derived_secrets(kubeflow)
        wanted = needed(kubeflow).values()
        names = [one.name for one in credentials_of(wanted, supplied.credentials)]
        assert names == sorted({name for secret in wanted for name in secret.credentials})
    assert credentials_of([]) == []


@pytest.mark.parametrize("kubeflow", CHOICES, ids=str)
def test_a_value_is_a_credential_or_no_secret(kubeflow: Kubeflow) -> None:
    for secret in needed(kubeflow).values():
        for key, text in secret.keys.items():
            plain = re.fullmatch(r'"([\w-]+)"', text)
            assert plain is None or not re.search("pass|secretkey|secret$", key, re.IGNORECASE), key
            assert plain is not None or secret.placeholders


def test_placeholders_are_distinguished() -> None:
    keys = {"a": "bcrypt({shop-user})", "b": external(ARN), "c": "{output.database_host}", "d": '"word"'}
    secret = NeededSecret("shop", "shop", "login", "Opaque", keys)
    assert secret.placeholders == [ARN, "output.database_host", "shop-user"]
    assert secret.credentials == ["shop-user"]


def test_keys_that_nothing_makes_are_reported() -> None:
    keys = ("OIDC_CLIENT_SECRET", "SECOND")
    with pytest.raises(
        ValueError,
        match=r"^dex: Secret dex-oidc-client requires the keys OIDC_CLIENT_SECRET, SECOND, .*complete `keys` in .*/dex/behaviour.py$",
    ):
        needed_secrets({"dex": entry(secrets=(replace(LOGIN, name="dex-oidc-client", keys=keys),))})


def test_keys_of_the_settings_replace_the_project_s() -> None:
    chosen = {("shop", "login"): {"PASSWORD": external(ARN), "MORE": '"x"'}}
    (made,) = needed_secrets({"shop": entry(secrets=(LOGIN,))}, chosen)
    assert made.keys == chosen["shop", "login"]


def test_a_secret_without_keys_is_made_only_where_pods_mount_it() -> None:
    nothing: dict[tuple[str, str], dict[str, str]] = {("shop", "login"): {}}
    assert needed_secrets({"shop": entry(secrets=(LOGIN,))}, nothing) == []
    (made,) = needed_secrets({"shop": entry(secrets=(replace(LOGIN, readers=("till",), versioned=True),))}, nothing)
    assert (made.keys, made.readers, made.versioned) == ({}, ("till",), True)


def test_what_is_not_a_secret_comes_from_the_lock() -> None:
    (made,) = needed_secrets({"shop": entry(secrets=(Secret("a", "login", ("user",), {"user": "admin"}, "Opaque"),))})
    assert made == NeededSecret("shop", "a", "login", "Opaque", {"user": '"admin"'})
    assert made.credentials == []


def test_a_user_s_password_reaches_the_cluster_as_a_hash() -> None:
    made = needed(CHOICES[0])["dex", "dex-passwords"]
    (text,) = made.keys.values()
    assert text == f"bcrypt({{{made.credentials[0]}}})"
    assert derived_secrets(CHOICES[0]).credentials[made.credentials[0]].length <= 72, "bcrypt reads no more"


def test_oauth2_proxy_takes_the_cookie_key_s_length() -> None:
    """16, 24 or 32 bytes. https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview#generating-a-cookie-secret."""
    assert CREDENTIALS["oauth2-cookie"].length in {16, 24, 32}
