"""The section Access for terminal, JSON and reports."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modules.checks.access.accepted import REASONS
from modules.checks.access.findings import findings, key
from modules.checks.access.levels import Analysis, analysis, installed
from modules.checks.access.picture import access_picture
from modules.checks.access.policies import IamStatement, readable, resource_policies
from modules.checks.access.roles import Role, roles
from modules.checks.finding import Finding
from modules.checks.inputs import Documents, Inputs
from modules.checks.section import Picture, Section, Table, counted
from modules.diagram.svg import svg

TITLE = "Access"
Policies = Mapping[str, Sequence[IamStatement]]


def section(inputs: Inputs) -> Section:
    """Permissions in AWS: roles that the platform creates, policies of its resources, and access to the cluster.

    Raises:
        ValueError: a policy has a form that is not evaluated.
    """
    found = roles(inputs.documents)
    policies = {
        f"{stack}/{address}": statements
        for stack, document in inputs.documents.items()
        for address, statements in resource_policies(document)
    }
    analyses = {key(role): analysis(role.statements) for role in found} if installed() else None
    all_findings = tuple(findings(found, policies, analyses))
    services = {key(role): _services(role, analyses) for role in found}
    drawn = access_picture(found, services)
    return Section(
        TITLE,
        f"{counted(all_findings)} ({len(found)} roles and policies)",
        all_findings,
        (
            *_reasons(all_findings),
            _roles(found, services),
            _permissions(found),
            _of_resources(policies),
            _cluster(inputs.documents),
        ),
        (Picture(drawn.title, svg(drawn, "light"), svg(drawn, "dark")),),
        _document(found, analyses),
    )


def _reasons(all_findings: Sequence[Finding]) -> Iterator[Table]:
    """Reasons of findings about roles of this project, if there are any."""
    rows = tuple(
        (one.id, address, reason)
        for one in all_findings
        for (id_, address), reason in REASONS.items()
        if one.id == id_ and f"/{address})" in one.text
    )
    if rows:
        yield Table("Reasons", ("finding", "role", "reason"), rows)


def _services(role: Role, analyses: Mapping[str, Analysis] | None) -> list[str]:
    """One line for each service that a role reaches."""
    if analyses is not None:
        return [f"{service}: {', '.join(levels).lower()}" for service, levels in analyses[key(role)].levels]
    return sorted({action.partition(":")[0] for one in role.statements if one.allow for action in one.actions})


def _roles(found: Sequence[Role], services: Mapping[str, Sequence[str]]) -> Table:
    rows = tuple(
        (
            role.name,
            role.stack,
            ", ".join(map(str, role.trusted)) or "a policy to attach",
            ", ".join(arn.rpartition("/")[2] for arn in role.managed),
            "; ".join(services[key(role)]),
            role.boundary,
        )
        for role in found
    )
    headings = ("role", "stack", "assumed by", "managed policies", "own policies: services and levels", "boundary")
    return Table("Roles", headings, rows)


def _permissions(found: Sequence[Role]) -> Table:
    rows = tuple(row for role in found for row in _of_statements(role.name, role.statements))
    about = "Policies of the platform's own. Values in <…> are known at apply."
    return Table("Permissions", ("role", "actions", "on", "condition"), rows, about)


def _of_statements(name: str, statements: Sequence[IamStatement]) -> Iterator[tuple[str, ...]]:
    for one in statements:
        effect = "" if one.allow else "DENY "
        yield (
            name,
            effect + ", ".join(one.actions),
            ", ".join(map(readable, one.resources)),
            "; ".join(map(str, one.conditions)),
        )


def _of_resources(policies: Policies) -> Table:
    rows = tuple(
        (
            address,
            ("" if one.allow else "DENY ") + ", ".join(one.actions),
            ", ".join(readable(who) for _, who in one.principals),
            "; ".join(map(str, one.conditions)),
        )
        for address, statements in policies.items()
        for one in statements
    )
    about = "The root of the account means: everything that IAM policies of the account allow."
    return Table("Policies of resources", ("resource", "actions", "principals", "condition"), rows, about)


def _cluster(documents: Documents) -> Table:
    rows = []
    for stack, document in documents.items():
        resources = document.get("resource", {})
        policies = resources.get("aws_eks_access_policy_association", {})
        for name, body in resources.get("aws_eks_access_entry", {}).items():
            principal = readable(body["principal_arn"])
            groups = ", ".join(body.get("kubernetes_groups", ()))
            own = [one for one in policies.values() if f"aws_eks_access_entry.{name}." in one["principal_arn"]]
            for one in own or [{}]:
                scope = one.get("access_scope", {})
                arn = one.get("policy_arn", "").rpartition("/")[2]
                rows.append(
                    (principal, arn, ", ".join(scope.get("namespaces", ())) or scope.get("type", ""), groups, stack)
                )
    headings = ("principal", "access policy", "on", "Kubernetes groups", "stack")
    return Table("Access to the cluster", headings, tuple(rows))


def _document(found: Sequence[Role], analyses: Mapping[str, Analysis] | None) -> Mapping[str, Any]:
    return {
        "roles": [
            {
                "name": role.name,
                "stack": role.stack,
                "address": role.address,
                "assumed_by": [{"name": one.name, "how": one.how} for one in role.trusted],
                "managed_policies": list(role.managed),
                "permissions_boundary": role.boundary or None,
                "statements": [one.as_json() for one in role.statements],
                "levels": {service: list(levels) for service, levels in analyses[key(role)].levels}
                if analyses
                else None,
            }
            for role in found
        ]
    }
