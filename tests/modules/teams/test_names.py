"""Names that others have to find a team by."""

import pytest

from modules.teams.names import binding_name


@pytest.mark.parametrize(
    ("user", "role", "name"),
    [
        ("ada@example.com", "edit", "user-ada-example-com-clusterrole-edit"),
        ("Ada.Lovelace+x@Example.com", "view", "user-ada-lovelace-x-example-com-clusterrole-view"),
        ("system:serviceaccount:team-b:bot", "edit", "user-system-serviceaccount-team-b-bot-clusterrole-edit"),
    ],
)
def test_a_contributor_is_bound_under_the_name_that_kfam_looks_for(user: str, role: str, name: str) -> None:
    assert binding_name(user, role) == name
