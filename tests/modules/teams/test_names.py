"""Names that others have to find a team by."""

import pytest

from modules.kubeflow.patches import pipelines
from modules.teams.names import ARTIFACTS_PREFIX, artifacts_prefix, binding_name


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


def test_the_teams_prefix_is_where_pipelines_puts_its_artifacts() -> None:
    assert pipelines.KEY_FORMAT.startswith(f"{ARTIFACTS_PREFIX}/{{{{workflow.namespace}}}}/")
    assert artifacts_prefix("team-a") == f"{ARTIFACTS_PREFIX}/team-a/"
