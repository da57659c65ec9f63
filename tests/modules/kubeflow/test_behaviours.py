"""Behaviours of components: they fit the catalogue and each other."""

import sys
from collections import Counter
from collections.abc import Iterable
from types import SimpleNamespace

import pytest

from modules.kubeflow import behaviours
from modules.kubeflow.behaviour import Behaviour
from modules.kubeflow.behaviours import BEHAVIOURS, CREDENTIALS, DATABASE_USERS, KEYS, MENU, POLICIES
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.secrets.credentials import PLACEHOLDER

ENTRIES = {component.name: component for component in CATALOGUE}


def repeated(names: Iterable[object]) -> list[object]:
    """Names that occur more than once."""
    return [name for name, count in Counter(names).items() if count > 1]


def test_each_behaviour_belongs_to_a_catalogue_entry() -> None:
    assert [name for name in BEHAVIOURS if name not in ENTRIES] == []


def test_nothing_is_declared_by_two_components() -> None:
    """Or the second one would silently replace the first."""
    every = BEHAVIOURS.values()
    assert repeated(credential.name for one in every for credential in one.credentials) == []
    assert repeated(policy for one in every for policy in one.policies) == []
    assert repeated(menu.position for menu in MENU.values()) == []
    assert repeated(user.program for user in DATABASE_USERS) == []


def test_an_entry_has_its_policies_in_its_own_behaviour() -> None:
    named = {(entry.name, access.policy) for entry in CATALOGUE for access in entry.aws}
    assert named == {(one.component, policy) for one in BEHAVIOURS.values() for policy in one.policies}
    assert {policy for _, policy in named} == set(POLICIES)


def test_each_key_uses_credentials_that_a_component_declares() -> None:
    used = {name for keys in KEYS.values() for text in keys.values() for name in PLACEHOLDER.findall(text)}
    assert used <= set(CREDENTIALS)
    users = {user.credential for user in DATABASE_USERS}
    assert users <= set(CREDENTIALS)
    assert all(user.component == one.component for one in BEHAVIOURS.values() for user in one.database_users)


@pytest.mark.parametrize("wrong", ["a text", Behaviour("another-app")])
def test_a_module_with_anything_else_is_an_error(wrong: object, monkeypatch: pytest.MonkeyPatch) -> None:
    module = "modules.kubeflow.components.some_app.behaviour"
    monkeypatch.setitem(sys.modules, module, SimpleNamespace(BEHAVIOUR=wrong))
    with pytest.raises(TypeError, match=r"some_app\.behaviour: BEHAVIOUR"):
        behaviours._load("some_app")
