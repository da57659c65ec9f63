"""Teams: who they are, what they may take of the cluster, and what they may do in AWS."""

import json
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from modules.settings.section import Problem, Section, each_once, repeated, rule
from modules.settings.service_account_role import MOST_POLICIES, Statement
from modules.settings.types import NodeName, PolicyArn, matching
from modules.teams.names import binding_name

User = Annotated[
    str,
    matching(
        r"(?!.*@@)(?!system:)[^\s*]{1,128}",
        "a user as the identity provider writes it: 1 to 128 characters without spaces and *, which Istio would read as everybody, "
        "and not system:…, which is Kubernetes' own; such as ada@example.com",
    ),
]
MOST_POLICY_CHARACTERS = 10_240
"""Of all inline policies of a role together, blanks not counted.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""
OWN_POLICY_CHARACTERS = 1_500
"""Kept for the team's own prefix of the artifact bucket and its key: 1,081 with the longest names (a test measures)."""


class Contributor(Section):
    """Somebody who works in a team without owning it."""

    user: User = Field(description="Who, letter by letter as the identity provider writes the e-mail address.")
    role: Literal["edit", "view"] = Field(
        "edit", description="What they may do in the namespace: all but giving rights (edit), or look (view)."
    )


class Quota(Section):
    """What all pods and volumes of a team may ask for together. None: no limit."""

    cpu: int | None = Field(None, ge=1, description="vCPUs that pods may request. None: no limit.")
    memory_gib: int | None = Field(None, ge=1, description="Memory that pods may request, GiB. None: no limit.")
    gpus: int | None = Field(None, ge=0, description="NVIDIA GPUs. None: no limit.")
    neuron_devices: int | None = Field(None, ge=0, description="Trainium and Inferentia devices. None: no limit.")
    storage_gib: int | None = Field(None, ge=1, description="Volumes together, GiB. None: no limit.")
    pods: int | None = Field(None, ge=1, description="Pods that have not ended. None: no limit.")

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

    @rule
    def _something(self) -> Iterator[Problem]:
        if not self.hard():
            yield "cpu", "the quota limits nothing; give cpu, memory_gib or another, or leave the quota out"


class TeamPermissions(Section):
    """What a team's pods may do in AWS besides using their own prefix of the artifact bucket."""

    policy_arns: tuple[PolicyArn, ...] = Field((), description="Managed policies of the team's role.")
    statements: tuple[Statement, ...] = Field((), description="Statements of the role's own policy.")

    @rule
    def _limits(self) -> Iterator[Problem]:
        yield from each_once("policy_arns", self.policy_arns)
        if len(self.policy_arns) > MOST_POLICIES:
            yield (
                "policy_arns",
                f"{len(self.policy_arns)} policies; IAM takes {MOST_POLICIES} a role at most: write some as statements",
            )
        most = MOST_POLICY_CHARACTERS - OWN_POLICY_CHARACTERS
        if (size := policy_characters(self.statements)) > most:
            yield (
                "statements",
                f"{size:,} characters of policy; IAM takes {MOST_POLICY_CHARACTERS:,} a role, of which {OWN_POLICY_CHARACTERS:,} are the "
                f"platform's: give {most:,} or fewer, or make a managed policy of them and give its ARN",
            )


def policy_characters(statements: tuple[Statement, ...]) -> int:
    """About how many characters IAM counts for some statements."""
    return sum(
        len(
            json.dumps(
                {
                    "Effect": "Allow",
                    "Action": statement.actions,
                    "Resource": statement.resources,
                    "Condition": statement.conditions,
                },
                separators=(",", ":"),
            )
        )
        for statement in statements
    )


class Team(Section):
    """One team: a namespace with an owner, contributors, a quota and an AWS role."""

    name: NodeName = Field(description="Name of the team and of its namespace; unique on the platform.")
    owner: User = Field(description="Who owns it, letter by letter as the identity provider writes the e-mail address.")
    contributors: tuple[Contributor, ...] = Field(
        (), description="Who else works in it; the dashboard lists them under Manage Contributors."
    )
    quota: Quota | None = Field(None, description="What it may take of the cluster. None: no limit.")
    aws: TeamPermissions = Field(
        TeamPermissions(),
        description="What its pods may do in AWS besides using their own prefix of the artifact bucket.",
    )
    deletion_protection: bool = Field(
        True,
        description="Refuse to lose the team while the platform's deletion_protection is on. To take one team out: False, apply, then "
        "delete its entry; its namespace goes with all notebooks and volumes in it.",
    )

    @rule
    def _people(self) -> Iterator[Problem]:
        users = [one.user for one in self.contributors]
        if self.owner in users:
            yield "contributors", f"{self.owner} owns the team and may do everything; leave them out here"
        for user in repeated(users):
            yield "contributors", f"{user} stands there twice; give them one role"
        bindings = {user: binding_name(user, "edit") for user in dict.fromkeys(users)}
        for name in repeated(bindings.values()):
            same = " and ".join(user for user, binding in bindings.items() if binding == name)
            yield (
                "contributors",
                f"{same} would both be {name}: Kubeflow reads a user's letters and digits alone; keep one, and bind the other by hand",
            )


class TeamDefaults(Section):
    """What holds for all teams."""

    aws_identity: Literal["role_per_team", "node_role"] = Field(
        "role_per_team",
        description="How pods of teams get at AWS: a role for each team (role_per_team), or what the nodes' role may do, which is then the same "
        "for every pod of every team (node_role; the classic walk-through's second way).",
    )
    isolated: bool = Field(
        True,
        description="NetworkPolicy in each team's namespace: only its own pods, the gateway and Kubeflow's controllers reach its pods. Enforced "
        "where the network plugin does so (the vpc-cni add-on with network policies on).",
    )
