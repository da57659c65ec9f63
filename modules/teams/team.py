"""One team: IAM role and Helm release."""

from collections.abc import Sequence
from typing import Any

from constructs import Construct

from modules.iam.existing_role import ExistingRole
from modules.iam.oidc_role import OidcRole, PodIdentityRole
from modules.kubeflow.chart import LocalChart
from modules.kubeflow.release import ComponentRelease, Inputs
from modules.kubeflow.upstream import VERSION
from modules.settings import Team
from modules.settings.component import Builtin, Component
from modules.teams.names import release_name
from modules.teams.objects import ROLE_TOKEN, TeamContext, objects

TeamRole = OidcRole | PodIdentityRole | ExistingRole
"""Role of a team's service account: created by the platform, or existing."""


class TeamRelease(Construct):
    """A team's release, which depends on its role's policies.

    Terraform address: `helm_release.team_<name>`. Namespace and profile are kept on uninstall while `protect` is set.

    Args:
        team: its settings.
        context: shared context of teams.
        role: role of its service account, if any.
        protect: prevent destruction of the release, and keep namespace and profile in the cluster.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        team: Team,
        context: TeamContext,
        role: TeamRole | None,
        protect: bool,
    ) -> None:
        super().__init__(scope, id_)
        name = release_name(team.name)
        self.chart = LocalChart.of(name, list(objects(team, context, has_role=role is not None)), VERSION)
        tokens: dict[str, Any] = {**context.tokens}
        if role is not None:
            tokens[ROLE_TOKEN] = role.arn
        # The release is in a namespace that every cluster has: it cannot be in a namespace it creates.
        self.release = ComponentRelease(
            self,
            "release",
            component=Component(name, "kube-system", Builtin()),
            charts=[self.chart],
            inputs=Inputs(values={}, tokens=tokens, keep=protect),
            depends_on=_rights(role),
        ).last
        if protect:
            self.release.add_override("lifecycle.prevent_destroy", True)


def _rights(role: TeamRole | None) -> Sequence[Any]:
    return role.rights if role is not None else ()
