"""Rules that depend on which stacks a platform has, and the tuple that declares them."""

import pytest

from modules.rules import problems_of_all
from modules.settings import HcpRoles, Moved, Platform, Removed, State
from stacks.order import STACKS
from stacks.rules import known_layers
from tests.modules.settings.valid import on_kubeflow, platform


def moved(layer: str) -> Moved:
    """A move within one stack."""
    return Moved(layer=layer, from_address="helm_release.a", to_address="helm_release.b")


LONG_NAMES = State.hcp(
    organization="o" * 120,
    project="p" * 120,
    workspace_prefix="w" * 50,
    roles=HcpRoles(apply_policy_arns=("arn:aws:iam::aws:policy/AdministratorAccess",)),
)
ROWS: dict[str, tuple[Platform, tuple[str, ...]]] = {
    "absent stack": (platform(moved=(moved("services"),)), ("moved[0].layer", "services", "network, cluster")),
    "unknown stack": (platform(moved=(moved("adons"),)), ("moved[0].layer", "adons")),
    "not a name of a stack": (platform(moved=(moved("Kubeflow"),)), ("moved[0].layer", "kubeflow-2")),
    "removed from an absent stack": (
        platform(removed=(Removed(layer="teams", from_address="helm_release.a"),)),
        ("removed[0].layer", "teams"),
    ),
    "stacks are undecided": (
        on_kubeflow(disable=("istio",)).with_changes(moved=(moved("kubeflow"),)),
        ("kubeflow.disable", "istio"),
    ),
    "trust policy is too long": (
        on_kubeflow().with_changes(runner="hcp_agent", state=LONG_NAMES),
        ("state.workspace_prefix", "2,048"),
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_the_one_problem_is_reported_at_its_setting(row: str) -> None:
    wrong, words = ROWS[row]
    (line,) = problems_of_all([wrong])
    path, *keywords = words
    assert line.startswith(f"prod: {path}: ")
    assert [word for word in keywords if word not in line] == []


def test_a_numbered_stack_is_known_by_its_number() -> None:
    split = on_kubeflow(split=True)
    assert known_layers(split)[-2:] == ("kubeflow-1", "kubeflow-2")
    assert problems_of_all([split.with_changes(moved=(moved("kubeflow-2"),))]) == []


def test_each_stack_declares_itself() -> None:
    assert len({stack.layer for stack in STACKS}) == len(STACKS)
    for stack in STACKS:
        assert stack.about, stack
        assert stack.outputs, stack
