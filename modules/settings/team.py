"""Teams: who they are, what they may take of the cluster, and what they may do in AWS."""

from typing import Annotated, Literal

from pydantic import Field

from modules.settings.section import Section
from modules.settings.service_account_role import Statement
from modules.settings.types import NodeName, PolicyArn, matching

User = Annotated[
    str,
    matching(
        r"(?!.*@@)(?!system:)[^\s*]{1,128}",
        "a user as the identity provider writes it: 1 to 128 characters without spaces and *, which Istio would read as everybody, "
        "and not system:…, which is Kubernetes' own; such as ada@example.com",
    ),
]


class Contributor(Section):
    """Somebody who works in a team without owning it."""

    user: User
    """Who, letter by letter as the identity provider writes the e-mail address."""
    role: Literal["edit", "view"] = "edit"
    """What they may do in the namespace: all but giving rights (edit), or look (view)."""


class Quota(Section):
    """What all pods and volumes of a team may ask for together. None: no limit."""

    cpu: int | None = Field(default=None, ge=1)
    """vCPUs that pods may request. None: no limit."""
    memory_gib: int | None = Field(default=None, ge=1)
    """Memory that pods may request, GiB. None: no limit."""
    gpus: int | None = Field(default=None, ge=0)
    """NVIDIA GPUs. None: no limit."""
    neuron_devices: int | None = Field(default=None, ge=0)
    """Trainium and Inferentia devices. None: no limit."""
    storage_gib: int | None = Field(default=None, ge=1)
    """Volumes together, GiB. None: no limit."""
    pods: int | None = Field(default=None, ge=1)
    """Pods that have not ended. None: no limit."""

    def hard(self) -> dict[str, str]:
        """The limits in Kubernetes' words.

        Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/
        """
        limits = {
            "requests.cpu": (self.cpu, ""),
            "requests.memory": (self.memory_gib, "Gi"),
            "requests.nvidia.com/gpu": (self.gpus, ""),
            "requests.aws.amazon.com/neuron": (self.neuron_devices, ""),
            "requests.storage": (self.storage_gib, "Gi"),
            "pods": (self.pods, ""),
        }
        return {name: f"{value}{unit}" for name, (value, unit) in limits.items() if value is not None}


class TeamPermissions(Section):
    """What a team's pods may do in AWS besides using their own prefix of the artifact bucket."""

    policy_arns: tuple[PolicyArn, ...] = ()
    """Managed policies of the team's role."""
    statements: tuple[Statement, ...] = ()
    """Statements of the role's own policy."""


class Team(Section):
    """One team: a namespace with an owner, contributors, a quota and an AWS role."""

    name: NodeName
    """Name of the team and of its namespace; unique on the platform."""
    owner: User
    """Who owns it, letter by letter as the identity provider writes the e-mail address."""
    contributors: tuple[Contributor, ...] = ()
    """Who else works in it; the dashboard lists them under Manage Contributors."""
    quota: Quota | None = None
    """What it may take of the cluster. None: no limit."""
    aws: TeamPermissions = TeamPermissions()
    """What its pods may do in AWS besides using their own prefix of the artifact bucket."""
    deletion_protection: bool = True
    """Refuse to lose the team while the platform's deletion_protection is on. To take one team out: False, apply, then
    delete its entry; its namespace goes with all notebooks and volumes in it.
    """


class TeamDefaults(Section):
    """What holds for all teams."""

    aws_identity: Literal["role_per_team", "node_role"] = "role_per_team"
    """How pods of teams get at AWS: a role for each team (role_per_team), or what the nodes' role may do, which is then
    the same for every pod of every team (node_role; the classic walk-through's second way).
    """
    isolated: bool = True
    """NetworkPolicy in each team's namespace: only its own pods, the gateway and Kubeflow's controllers reach its pods.
    Enforced where the network plugin does so (the vpc-cni add-on with network policies on).
    """
