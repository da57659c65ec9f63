"""Order of entries, and how a stack is cut."""

from typing import Any

import pytest

from modules.kubeflow.install_order import (
    PULL_MINUTES,
    StackPart,
    first_install_minutes,
    install_order,
    minutes_of_longest_path,
    parts,
)
from modules.settings.component import Builtin, Component
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
            "components: 'a' needs 'istoi', which is not among them",
        ),
        (
            [one("a", "xyz")],
            "components: 'a' needs 'xyz', which is not among them",
        ),
        ([one("a"), one("a")], "components: duplicate name a; names must be unique"),
        (
            [one("a", "b"), one("b", "c"), one("c", "a")],
            "components: a needs b needs c needs a: dependency cycle; remove one of these dependencies",
        ),
        ([one("a", "a")], "components: a needs a: dependency cycle; remove one of these dependencies"),
    ],
)
def test_what_cannot_be_ordered_is_reported_with_both_sides(components: list[Component], message: str) -> None:
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


def test_a_first_install_pulls_images_too() -> None:
    chain = [one("a", minutes=2), one("b", "a", minutes=3)]
    assert first_install_minutes(chain, {"a", "b", "elsewhere"}) == minutes_of_longest_path(chain) + 2 * PULL_MINUTES
    assert first_install_minutes(chain, {"b"}) == minutes_of_longest_path(chain) + PULL_MINUTES


def test_a_layer_is_cut_in_two_by_name_whatever_else_is_chosen() -> None:
    chain = install_order([one("a"), one("b", "a"), one("c", "b"), one("s")])
    assert [(part.name, names(part.components)) for part in parts(chain, {"a", "s", "elsewhere"})] == [
        ("kubeflow-1", ["a", "s"]),
        ("kubeflow-2", ["b", "c"]),
    ]
    assert parts(chain) == [StackPart("kubeflow", 0, tuple(chain))]
    assert [part.name for part in parts(chain[:1], {"a"})] == ["kubeflow"]


def test_add_ons_are_a_stack_of_their_own_before() -> None:
    made = parts([one("a"), one("b", layer="addons")])
    assert [(part.name, names(part.components)) for part in made] == [("addons", ["b"]), ("kubeflow", ["a"])]
    assert parts([]) == []
