"""Aggregated ClusterRoles of a component: which become plain, which stay, and where their sources go."""

from typing import Any

import pytest

from modules.kubeflow.aggregated_roles import settle
from modules.kubeflow.manifest import Object

GET = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
LIST = {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}


def role(name: str, *labels: str, rules: Any = None, selects: str = "") -> Object:
    """A ClusterRole with labels `<label>: "true"`, which may select a label."""
    item: Object = {"kind": "ClusterRole", "metadata": {"name": name}, "rules": rules or []}
    if labels:
        item["metadata"]["labels"] = dict.fromkeys(labels, "true")
    if selects:
        item["aggregationRule"] = {"clusterRoleSelectors": [{"matchLabels": {selects: "true"}}]}
    return item


def test_a_role_whose_sources_are_in_its_own_component_becomes_plain() -> None:
    items = [
        role("edit", "to-others", selects="to-edit"),
        role("view", "to-edit", selects="to-view"),
        role("b", "to-view", rules=[GET, LIST]),
        role("a", "to-edit", rules=[LIST]),
    ]
    assert settle(items, [role("elsewhere", "to-something-else")]) == set()
    edit, view, *_ = items
    assert (edit["rules"], view["rules"]) == ([LIST, GET], [GET, LIST])
    assert "aggregationRule" not in edit
    assert "aggregationRule" not in view
    assert edit["metadata"]["labels"] == {"to-others": "true"}


def test_a_role_that_others_add_to_stays_and_its_own_sources_go_apart() -> None:
    items = [
        role("admin", selects="to-admin"),
        role("edit", "to-admin", selects="to-edit"),
        role("own-edit", "to-edit", rules=[GET]),
        role("own-admin", "to-admin", rules=[LIST]),
    ]
    others = [role("team", "to-admin", rules=[GET]), role("more", "to-edit", rules=[GET])]
    assert settle(items, others) == {"own-edit", "own-admin"}
    admin, edit, *_ = items
    selectors = [{"matchLabels": {"to-admin": "true"}}, {"matchLabels": {"to-edit": "true"}}]
    assert admin["aggregationRule"]["clusterRoleSelectors"] == selectors
    assert edit["aggregationRule"]["clusterRoleSelectors"] == selectors[1:]
    assert "labels" not in edit["metadata"], "else the controller creates `admin` again when both are deleted"
    assert "rules" not in admin


def test_a_selector_that_is_not_understood_is_an_error() -> None:
    item = role("admin")
    item["aggregationRule"] = {"clusterRoleSelectors": [{"matchExpressions": [{"key": "a", "operator": "Exists"}]}]}
    with pytest.raises(ValueError, match="matchExpressions"):
        settle([item, role("a", "a")], [])
