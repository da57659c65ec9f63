"""Order of entries, and how a stack is cut."""

from typing import Any

import pytest

from modules.kubeflow.component import (
    Builtin,
    Component,
    Part,
    install_order,
    minutes_of_longest_path,
    parts,
)
from tests.documents import exactly


def one(name: str, *needs: str, **more: Any) -> Component:
    return Component(name, name, Builtin(), needs=needs, **more)


def names(components: Any) -> list[str]:
    return [component.name for component in components]


def test_each_comes_after_what_it_needs_and_else_by_name() -> None:
    given = [one("d", "b", "c"), one("c", "a"), one("b", "a"), one("a"), one("z")]
    assert names(install_order(given)) == ["a", "z", "b", "c", "d"]
    assert install_order(reversed(given)) == install_order(given)


@pytest.mark.parametrize(
    ("components", "message"),
    [
        (
            [one("a", "istoi"), one("istio")],
            "components: 'a' needs 'istoi', which is not there; did you mean 'istio'?",
        ),
        (
            [one("a", "xyz")],
            "components: 'a' needs 'xyz', which is not there; switch it on, or say that it is already_installed",
        ),
        ([one("a"), one("a")], "components: two are named a; give each its own name"),
        (
            [one("a", "b"), one("b", "c"), one("c", "a")],
            "components: a needs b needs c needs a: a circle; take one of these needs out",
        ),
        ([one("a", "a")], "components: a needs a: a circle; take one of these needs out"),
    ],
)
def test_what_cannot_be_ordered_is_told_with_both_sides(components: list[Component], message: str) -> None:
    with pytest.raises(ValueError, match=exactly(message)):
        install_order(components)


def test_what_comes_after_another_waits_for_it_where_it_is_there() -> None:
    policy = one("a-policy", after=("issuer",), minutes=2)
    assert names(install_order([policy, one("issuer")])) == ["issuer", "a-policy"]
    assert names(install_order([policy])) == ["a-policy"]
    assert minutes_of_longest_path([policy, one("issuer", minutes=3)]) == 5
    assert minutes_of_longest_path([policy]) == 2


def test_what_a_cluster_has_fulfils_needs() -> None:
    assert names(install_order([one("a", "cert-manager")], ["cert-manager"])) == ["a"]


def test_minutes_are_those_of_the_longest_path() -> None:
    side = one("side", minutes=5)
    assert minutes_of_longest_path([]) == 0
    assert minutes_of_longest_path([one("a", minutes=2), one("b", "a", minutes=3), side]) == 5
    assert minutes_of_longest_path([one("b", "not-here", minutes=3)]) == 3


def test_a_layer_is_cut_before_its_path_passes_the_limit() -> None:
    chain = install_order(
        [one("a", minutes=6), one("b", "a", minutes=6), one("c", "b", minutes=1), one("s", minutes=12)]
    )
    found = parts(chain, 12)
    assert [(part.name, names(part.components)) for part in found] == [
        ("kubeflow-1", ["a", "s", "b"]),
        ("kubeflow-2", ["c"]),
    ]
    assert all(minutes_of_longest_path(part.components) <= 12 for part in found)
    assert parts(chain, None) == [Part("kubeflow", 0, tuple(chain))]


def test_add_ons_are_a_stack_of_their_own_before() -> None:
    made = parts([one("a"), one("b", layer="addons")], 12)
    assert [(part.name, names(part.components)) for part in made] == [("addons", ["b"]), ("kubeflow", ["a"])]
    assert parts([], 12) == []


def test_what_takes_longer_than_the_limit_by_itself_stands_alone() -> None:
    assert [part.name for part in parts([one("a", minutes=20), one("b", minutes=20)], 12)] == [
        "kubeflow-1",
        "kubeflow-2",
    ]
