"""Teams: members, limits and AWS permissions."""

from typing import Annotated, Literal

from pydantic import Field

from modules.settings.section import Section
from modules.settings.service_account_role import Statement
from modules.settings.types import NodeName, OwnRole, PolicyArn, matching

User = Annotated[
    str,
    matching(
        r"(?!.*@@)(?!system:)[^\s*]{1,128}",
        "a user as the identity provider writes it: 1 to 128 characters without spaces and *, which is a wildcard in Istio, "
        "and without the reserved prefix system:; such as ada@example.com",
    ),
]


class Contributor(Section):
    """A member of a team other than its owner."""

    user: User
    """User, exactly as the identity provider writes the e-mail address."""
    role: Literal["edit", "view"] = "edit"
    """Role in the namespace: edit everything except permissions (edit), or read (view)."""


class Quota(Section):
    """Limits of all pods and volumes of a team together. None: no limit."""

    cpu: int | None = Field(default=None, ge=1)
    """Sum of vCPU requests. None: no limit."""
    memory_gib: int | None = Field(default=None, ge=1)
    """Sum of memory requests, GiB. None: no limit."""
    gpus: int | None = Field(default=None, ge=0)
    """NVIDIA GPUs. None: no limit."""
    neuron_devices: int | None = Field(default=None, ge=0)
    """Trainium and Inferentia devices. None: no limit."""
    storage_gib: int | None = Field(default=None, ge=1)
    """Sum of volume sizes, GiB. None: no limit."""
    pods: int | None = Field(default=None, ge=1)
    """Number of pods that have not terminated. None: no limit."""


class Queue(Section):
    """A team's share of the cluster. Jobs with the label `kueue.x-k8s.io/queue-name: team` wait until it has room (Kueue)."""

    cpu: int = Field(ge=0)
    """vCPU requests that its admitted jobs can have together, before they borrow."""
    memory_gib: int = Field(ge=0)
    """Memory requests of its admitted jobs, GiB."""
    gpus: int = Field(default=0, ge=0)
    """NVIDIA GPUs of its admitted jobs. 0: only borrowed ones."""
    neuron_devices: int = Field(default=0, ge=0)
    """Trainium and Inferentia devices of its admitted jobs. 0: only borrowed ones."""
    borrows: bool = True
    """Use what the shares of other teams leave. Jobs on borrowed shares are stopped and queued again when a lender needs
    them. False: never more than its own share.
    """
    lends: bool = True
    """Let other teams use what its jobs leave. False: its share stays reserved."""
    covers: Literal["labelled", "all"] = "labelled"
    """Workloads in the queue: those with the label, or all jobs, pods, notebooks and models of the team (all)."""


class TeamPermissions(Section):
    """AWS permissions of a team's pods, in addition to the team's prefix of the artifact bucket."""

    policy_arns: tuple[PolicyArn, ...] = ()
    """Managed policies of the team's role."""
    statements: tuple[Statement, ...] = ()
    """Statements of the role's inline policy."""
    role: OwnRole | None = None
    """Existing role, used instead of a new one and not changed: role/<name> of the platform's account, whose trust policy
    each plan checks, or an ARN, which is not read. It must also have the permissions of docs/teams.md. None: the platform
    creates a role.
    """


class Team(Section):
    """One team: a namespace with an owner, contributors, a quota and an AWS role."""

    name: NodeName
    """Name of the team and its namespace; unique on the platform."""
    owner: User | None
    """Owner, exactly as the identity provider writes the e-mail address. A group cannot be an owner: Kubeflow compares
    the owner with the signed-in user. None: no owner, so members are changed in main.py only; requires contributors.
    """
    contributors: tuple[Contributor, ...] = ()
    """Other members; the dashboard lists them under Manage Contributors."""
    quota: Quota | None = None
    """Resource limits. None: no limit."""
    queue: Queue | None = None
    """Share of the cluster for jobs that wait in a queue; requires the entry kueue. None: no queue."""
    pod_security: Literal["restricted", "baseline", "privileged"] = "baseline"
    """Pod security standard of the namespace: pods that need more are refused. privileged: no limit, so a pod can take over its
    node with the data of all teams on it.
    """
    aws: TeamPermissions = TeamPermissions()
    """AWS permissions of its pods, in addition to the team's prefix of the artifact bucket."""
    deletion_protection: bool = True
    """Protect the team from deletion while the platform's deletion_protection is set. To delete a team: set False,
    apply, then remove its entry; its namespace is deleted with all notebooks and volumes.
    """


class TeamDefaults(Section):
    """Settings of all teams."""

    aws_identity: Literal["role_per_team", "node_role"] = "role_per_team"
    """How team pods authenticate to AWS: a role per team (role_per_team), or the node role, with the same permissions
    for all pods of all teams (node_role; the second way of docs/walkthrough.md).
    """
    isolated: bool = True
    """NetworkPolicy in each team's namespace: only its own pods, the gateway and Kubeflow's controllers can reach its
    pods. Requires enforcement by the network plugin (the vpc-cni add-on with network policies enabled).
    """
