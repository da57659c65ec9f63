"""Findings of the section Access."""

from collections.abc import Iterator, Mapping, Sequence

from modules.checks.access import kinds
from modules.checks.access.levels import Analysis
from modules.checks.access.policies import IamStatement, readable
from modules.checks.access.roles import Role, Trusted
from modules.checks.finding import Finding, Kind

WITHOUT_CONDITION = ("ec2.", "eks.")
"""Services whose trust needs no condition: a caller that passes a role to them needs `iam:PassRole` for it.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""
ADMINISTRATOR = ":iam::aws:policy/AdministratorAccess"
MOST = 8
"""Actions that a finding names."""


def findings(
    roles: Sequence[Role],
    resource_policies: Mapping[str, Sequence[IamStatement]],
    analyses: Mapping[str, Analysis] | None,
) -> Iterator[Finding]:
    """All findings of a platform.

    Args:
        roles: its roles.
        resource_policies: address of a resource to the statements of its policy.
        analyses: role to its analysis; None: the extra is not installed.
    """
    for role in roles:
        yield from _of_statements(role)
        yield from _of_trust(role)
        if analyses is not None:
            yield from _of_analysis(role, analyses[key(role)])
        for arn in role.managed:
            if arn.endswith(ADMINISTRATOR):
                first, *more = map(str, role.trusted)
                who = first + (f" and {len(more)} more" if more else "")
                yield _of(kinds.ADMINISTRATOR, f"{where(role)}: assumed by {who}")
    for address, statements in resource_policies.items():
        for statement in statements:
            if statement.allow and not statement.conditions and any(who == "*" for _, who in statement.principals):
                yield _of(kinds.PUBLIC, f"{address}: {_listed(statement.actions)}")
    yield from _not_checked(roles, analyses)


def _of_statements(role: Role) -> Iterator[Finding]:
    wide = [
        action
        for one in role.statements
        if one.allow
        for action in one.actions
        if action == "*" or action.endswith(":*")
    ]
    if wide:
        yield _of(kinds.EVERY_ACTION, f"{where(role)}: {_listed(wide)}")


def _of_trust(role: Role) -> Iterator[Finding]:
    for who in role.trusted:
        if problem := _trust_problem(who):
            yield _of(kinds.OPEN_TRUST, f"{where(role)}: {problem}")


def _trust_problem(who: Trusted) -> str | None:
    keys = {one.key for one in who.statement.conditions}
    if who.how in ("OIDC", "IRSA"):
        if not any(name.endswith(":sub") for name in keys):
            return who.name
        return f"the subject {who.name} has a wildcard" if set(who.name) & set("*?") else None
    if keys or who.name.startswith(WITHOUT_CONDITION):
        return None
    return "every AWS principal" if who.name == "*" else f"{who.name} without condition"


def _of_analysis(role: Role, found: Analysis) -> Iterator[Finding]:
    if found.unrestricted:
        yield _of(kinds.EVERY_RESOURCE, f"{where(role)}: {_listed(found.unrestricted)}")
    for method, actions in found.escalations:
        yield _of(kinds.ESCALATION, f"{where(role)}: {method} ({_listed(actions)})")
    if found.data:
        yield _of(kinds.DATA, f"{where(role)}: {_listed(found.data)}")


def _not_checked(roles: Sequence[Role], analyses: Mapping[str, Analysis] | None) -> Iterator[Finding]:
    if analyses is None:
        yield _of(kinds.EXTRA, "levels of access, resources of actions, privilege escalation")
    if managed := sorted({arn.rpartition("/")[2] for role in roles for arn in role.managed}):
        yield _of(kinds.MANAGED, f"content of {', '.join(managed)}")
    yield _of(
        kinds.OUTSIDE,
        "roles and users that the platform does not create, service control policies, permissions boundaries",
    )


def key(role: Role) -> str:
    """Stack and address of a role."""
    return f"{role.stack}/{role.address}"


def where(role: Role) -> str:
    """Name and address of a role, for a finding."""
    return f"{role.name} ({key(role)})"


def _listed(names: Sequence[str]) -> str:
    shown = [readable(name) for name in dict.fromkeys(names)]
    return ", ".join(shown[:MOST]) + (f" and {len(shown) - MOST} more" if len(shown) > MOST else "")


def _of(kind: Kind, text: str) -> Finding:
    return Finding(kind.id, kind.severity, text, kind.fix)
