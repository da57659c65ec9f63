"""Fields of IAM: roles of service accounts, by OIDC or by Pod Identity.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/iamserviceaccounts.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from modules.converting.eksctl.entries import WELL_KNOWN, flags
from modules.converting.field import Entry, Field, Outcome, Table, by_hand, decided, no_home, same
from modules.settings import Statement

ROLE = "service_account_roles[]"


def _arns(setting: str) -> Callable[[Entry], Outcome]:
    def decide(entry: Entry) -> Outcome:
        value = tuple(map(str, entry.value)) if isinstance(entry.value, list) else entry.value
        return Outcome("maps", "", {setting: value})

    return decide


def statements(policy: Any) -> tuple[Statement, ...]:
    """Statements of an inline policy.

    Raises:
        ValueError: it has none, or other ones than Allow.
    """
    found = policy.get("Statement") if isinstance(policy, Mapping) else None
    if not isinstance(found, list | Mapping):
        raise ValueError("has no Statement; make a managed policy of it and set its ARN in policy_arns")
    listed = found if isinstance(found, list) else [found]
    return tuple(_statement(one) for one in listed)


def _statements(entry: Entry) -> Outcome:
    return Outcome("maps", "", {f"{ROLE}.statements": statements(entry.value)})


def _statement(one: Any) -> Statement:
    """An Allow statement.

    Raises:
        ValueError: it is another one.
    """
    fix = "make a managed policy of it and set its ARN in policy_arns"
    if not isinstance(one, Mapping) or one.get("Effect") != "Allow":
        raise ValueError(f"only Allow is possible in statements; {fix}")
    if unknown := sorted(set(one) - {"Sid", "Effect", "Action", "Resource", "Condition"}):
        raise ValueError(f"{', '.join(unknown)} is not possible in statements; {fix}")
    conditions = one.get("Condition") or {}
    return Statement(
        actions=_listed(one.get("Action")),
        resources=_listed(one.get("Resource")),
        **(
            {
                "conditions": {
                    test: {key: _listed(value) for key, value in keys.items()} for test, keys in conditions.items()
                }
            }
            if conditions
            else {}
        ),
    )


def _listed(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else () if value is None else (str(value),)


def _service_account(entry: Entry) -> Outcome:
    settings = {f"{ROLE}.service_account": str(entry.value)}
    if entry.of_item("metadata", "namespace") is None:
        settings[f"{ROLE}.namespace"] = "default"
    if not entry.of_item("roleOnly"):
        settings[f"{ROLE}.create_service_account"] = True  # type: ignore[assignment]
    return Outcome("maps", "", settings)


def _role_name(entry: Entry) -> Outcome:
    note = "part of the name: <platform>-<role_name>; other places that name the role must be changed"
    return Outcome("changed", note, {f"{ROLE}.role_name": str(entry.value)}, True)


def _pod_identity_account(entry: Entry) -> Outcome:
    return Outcome("maps", "", {f"{ROLE}.service_account": str(entry.value), f"{ROLE}.auth": "pod_identity"})


def _created(entry: Entry) -> Outcome:
    return Outcome("maps", "", {f"{ROLE}.create_service_account": bool(entry.value)})


def _boundary(note: str = "one boundary for all roles of the platform") -> Field:
    return same("permissions_boundary_arn", str, note)


OWN_ROLE = by_hand(
    "the platform makes the roles of service accounts: set its policies in service_account_roles, or keep the role and annotate the "
    "service account with it yourself"
)


def _service_accounts() -> Table:
    of = "iam.serviceAccounts[]"
    return {
        f"{of}.metadata.name": decided(f"{ROLE}.service_account", _service_account),
        f"{of}.metadata.namespace": same(f"{ROLE}.namespace"),
        f"{of}.metadata.labels": no_home("set labels of service accounts in a manifest of yours"),
        f"{of}.metadata.annotations": no_home("set annotations of service accounts in a manifest of yours"),
        f"{of}.attachPolicyARNs": decided(f"{ROLE}.policy_arns", _arns(f"{ROLE}.policy_arns")),
        f"{of}.attachPolicy": decided(f"{ROLE}.statements", _statements),
        f"{of}.attachRoleARN": OWN_ROLE,
        f"{of}.roleName": decided(f"{ROLE}.role_name", _role_name),
        f"{of}.roleOnly": decided(
            f"{ROLE}.create_service_account",
            lambda entry: Outcome("maps", "", {f"{ROLE}.create_service_account": not entry.value}),
        ),
        f"{of}.permissionsBoundary": _boundary(),
        f"{of}.subjectPattern": no_home("a role is for one service account", matters=True),
        f"{of}.tags": no_home("roles have the tags of the platform"),
        f"{of}.status.*": no_home("written by eksctl, about what exists"),
        **flags(f"{of}.wellKnownPolicies", WELL_KNOWN),
    }


def pod_identity(of: str) -> Table:
    """Fields of a Pod Identity association."""
    return {
        f"{of}.namespace": same(f"{ROLE}.namespace"),
        f"{of}.serviceAccountName": decided(f"{ROLE}.service_account", _pod_identity_account),
        f"{of}.createServiceAccount": decided(f"{ROLE}.create_service_account", _created),
        f"{of}.permissionPolicyARNs": decided(f"{ROLE}.policy_arns", _arns(f"{ROLE}.policy_arns")),
        f"{of}.permissionPolicy": decided(f"{ROLE}.statements", _statements),
        f"{of}.roleARN": OWN_ROLE,
        f"{of}.targetRoleARN": by_hand("allow sts:AssumeRole of this role in statements, and assume it in the program"),
        f"{of}.roleName": decided(f"{ROLE}.role_name", _role_name),
        f"{of}.permissionPolicyName": no_home("inline policies are named by the platform"),
        f"{of}.policy": no_home("a session policy cannot be set", matters=True),
        f"{of}.disableSessionTags": no_home("sessions have their tags, which policies can ignore"),
        f"{of}.permissionsBoundaryARN": _boundary(),
        f"{of}.tags": no_home("roles have the tags of the platform"),
        **flags(f"{of}.wellKnownPolicies", WELL_KNOWN),
    }


FIELDS: Table = {
    "iam.withOIDC": Field(
        "maps",
        note="always",
        decide=lambda entry: None if entry.value else Outcome("changed", "the OIDC provider is always made"),
    ),
    "iam.serviceRoleARN": no_home("the platform makes the role of the control plane", matters=True),
    "iam.serviceRolePermissionsBoundary": _boundary(),
    "iam.fargatePodExecutionRoleARN": no_home("the platform makes the role of Fargate pods", matters=True),
    "iam.fargatePodExecutionRolePermissionsBoundary": _boundary(),
    "iam.vpcResourceControllerPolicy": no_home("security groups for pods are not used"),
    **_service_accounts(),
    **pod_identity("iam.podIdentityAssociations[]"),
}
