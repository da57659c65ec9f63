"""Policies of the two roles of HCP Terraform: for all stacks but their own, and never over themselves."""

from collections.abc import Iterable

from modules.iam import role_names
from modules.installer_policy.documents import ATTACHED_LIMIT, split
from modules.installer_policy.measured import Phase
from modules.installer_policy.names import Names
from modules.installer_policy.statement import PolicyStatement
from modules.installer_policy.statements import Document, statements
from modules.settings import Platform

OWN = (role_names.HCP_APPLY, role_names.HCP_PLAN)
"""Names of both roles, and beginnings of the names of their policies, after the platform's name."""

OVER_ROLES = (
    *("iam:AttachRolePolicy", "iam:DeleteRole*", "iam:DetachRolePolicy", "iam:PassRole", "iam:PutRole*", "iam:TagRole"),
    *("iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole*"),
)
OVER_POLICIES = (
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy*",
    "iam:SetDefaultPolicyVersion",
    "iam:TagPolicy",
    "iam:UntagPolicy",
)


def protection(names: Names) -> tuple[PolicyStatement, ...]:
    """What no run may do: a run that can change its own role has all permissions."""
    arn = "arn:{partition}:iam::{account}:"
    roles = tuple(names.filled(f"{arn}role/{{platform}}-{name}") for name in OWN)
    policies = tuple(names.filled(f"{arn}policy/{{platform}}-{name}-*") for name in OWN)
    return (
        PolicyStatement(OVER_ROLES, roles, effect="Deny"),
        PolicyStatement(OVER_POLICIES, policies, effect="Deny"),
    )


def runner_policies(
    platform: Platform, documents: Iterable[Document], phase: Phase, names: Names
) -> list[list[PolicyStatement]]:
    """Managed policies of the role of a phase.

    Args:
        platform: with roles.
        documents: of all stacks but the runner's.
        phase: `plan` or `apply`.
        names: of the platform.

    Raises:
        ValueError: the requests of a Terraform type are not known, or a role cannot have so many policies.
    """
    denied = protection(names) if phase != "plan" else ()
    policies = split([*denied, *statements(platform, "", documents, phase, names)])
    if len(policies) > ATTACHED_LIMIT:
        raise ValueError(
            f"state.roles: {len(policies)} policies are required for {phase}, and a role can have {ATTACHED_LIMIT}; "
            "set apply_policy_arns and plan_policy_arns"
        )
    return policies
