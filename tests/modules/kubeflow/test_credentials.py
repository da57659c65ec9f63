"""Credentials, and the Kubernetes Secrets made of them."""

import re
from dataclasses import replace

import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.credentials import CREDENTIALS, KEYS, NeededSecret, credentials_of, needed_secrets
from modules.kubeflow.lock import Secret
from modules.kubeflow.selection import secrets
from modules.kubeflow.variants import entries
from tests.documents import exactly
from tests.modules.kubeflow.lock_entries import entry

LOGIN = Secret("auth", "dex-passwords", ("DEX_USER_PASSWORD",), {}, "Opaque")


def test_every_secret_that_upstream_publishes_is_made_anew_with_the_keys_that_are_read() -> None:
    chosen = entries(CATALOGUE)
    found = {(secret.component, secret.name): secret for secret in secrets(CATALOGUE, chosen)}
    assert set(found) == set(KEYS)
    for component, one in chosen.items():
        for secret in one.secrets:
            assert set(found[component, secret.name].keys) == set(secret.keys)
            assert found[component, secret.name].namespace == secret.namespace


def test_no_credential_is_unused_and_none_is_unknown() -> None:
    used = {name for secret in secrets(CATALOGUE, entries(CATALOGUE)) for name in secret.credentials}
    assert used == set(CREDENTIALS)
    assert [one.name for one in credentials_of(secrets(CATALOGUE, entries(CATALOGUE)))] == sorted(CREDENTIALS)
    assert credentials_of([]) == []


def test_a_value_is_a_credential_or_no_secret() -> None:
    for secret in secrets(CATALOGUE, entries(CATALOGUE)):
        for key, text in secret.keys.items():
            plain = re.fullmatch(r'"([\w-]+)"', text)
            assert plain is None or not re.search("pass|secretkey|secret$", key, re.IGNORECASE), key
            assert plain is not None or secret.credentials


def test_keys_that_nothing_makes_are_told() -> None:
    with pytest.raises(
        ValueError,
        match=exactly(
            "dex: Secret dex-passwords needs the keys DEX_USER_PASSWORD, SECOND, and DEX_USER_PASSWORD are made; complete KEYS in "
            "modules/kubeflow/credentials.py"
        ),
    ):
        needed_secrets({"dex": entry(secrets=(replace(LOGIN, keys=("DEX_USER_PASSWORD", "SECOND")),))})


def test_what_is_no_secret_comes_from_the_lock() -> None:
    (made,) = needed_secrets({"shop": entry(secrets=(Secret("a", "login", ("user",), {"user": "admin"}, "Opaque"),))})
    assert made == NeededSecret("shop", "a", "login", "Opaque", {"user": '"admin"'})
    assert made.credentials == []


def test_the_user_s_password_reaches_the_cluster_as_a_hash() -> None:
    (made,) = needed_secrets({"dex": entry(secrets=(LOGIN,))})
    assert made.keys == {"DEX_USER_PASSWORD": "bcrypt({first-user})"}
    assert made.credentials == ["first-user"]


def test_oauth2_proxy_takes_the_cookie_key_s_length() -> None:
    """16, 24 or 32 bytes. https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview#generating-a-cookie-secret."""
    assert CREDENTIALS["oauth2-cookie"].length in {16, 24, 32}
    assert CREDENTIALS["first-user"].length <= 72  # bcrypt reads no more
