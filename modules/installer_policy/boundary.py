"""A permissions boundary for the roles that a platform makes: the services that their policies use, and of IAM single actions.

A boundary grants nothing. It keeps a caller that can write policies of these roles from giving them more: no role can make users or
roles, whatever its own policy says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from modules.aws_data.managed_policies import IAM_ACTIONS, SERVICES
from modules.installer_policy.statement import PolicyStatement

Document = Mapping[str, Any]
RUNNER_ROLES = ("hcp_plan", "hcp_apply")
"""Terraform names of the roles that run Terraform: this boundary is not for them."""


@dataclass(frozen=True)
class Boundary:
    """A permissions boundary.

    Args:
        statements: of the policy.
        unknown: ARNs of policies named in settings whose content is not known; add the services that they use.
    """

    statements: tuple[PolicyStatement, ...]
    unknown: tuple[str, ...]


def boundary(documents: Iterable[Document]) -> Boundary:
    """The boundary that all roles of a platform fit into.

    Args:
        documents: of its stacks.
    """
    actions: set[str] = set()
    attached: set[str] = set()
    for document in documents:
        actions |= set(_statement_actions(document))
        attachments = document.get("resource", {}).get("aws_iam_role_policy_attachment", {})
        attached |= {
            str(one["policy_arn"])
            for name, one in attachments.items()
            if "${" not in one["policy_arn"] and not name.startswith(RUNNER_ROLES)
        }
    names = {arn: arn.rpartition("/")[2] for arn in attached if ":iam::aws:policy/" in arn}
    known = {name for name in names.values() if name in SERVICES}
    services = {action.partition(":")[0] for action in actions}.union(*(SERVICES[name] for name in known))
    of_iam = {one for one in actions if one.startswith("iam:")}.union(*(IAM_ACTIONS.get(name, ()) for name in known))
    statements = [PolicyStatement(tuple(f"{one}:*" for one in sorted(services - {"iam"})), ("*",))]
    if of_iam:
        statements.append(PolicyStatement(tuple(sorted(of_iam)), ("*",)))
    return Boundary(tuple(statements), tuple(sorted(arn for arn in attached if names.get(arn) not in known)))


def _statement_actions(document: Document) -> Iterable[str]:
    """Actions of all policies in a stack that are of roles: those of keys, buckets and trusts name principals."""
    found = document.get("data", {}).get("aws_iam_policy_document", {})
    for name, one in found.items():
        if name.startswith(RUNNER_ROLES):
            continue
        for statement in one.get("statement", ()):
            if not statement.get("principals"):
                yield from statement["actions"]
