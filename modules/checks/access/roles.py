"""IAM roles and policies of a platform, with the principals that may assume a role, from its Terraform JSON."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.checks.access.policies import Document, IamStatement, policy, readable

_ROLE = re.compile(r"\$\{aws_iam_role\.(\w+)\.(?:name|id|arn)\}")
_POLICY = re.compile(r"\$\{aws_iam_policy\.(\w+)\.arn\}")
_NAMESPACE, _ACCOUNT = "aws:RequestTag/kubernetes-namespace", "aws:RequestTag/kubernetes-service-account"


@dataclass(frozen=True)
class Trusted:
    """A principal that may assume a role."""

    name: str
    """`namespace/service-account`, a service, an OIDC subject, or an ARN."""
    how: str
    """`IRSA`, `Pod Identity`, `service`, `OIDC` or `AWS`."""
    statement: IamStatement

    def __str__(self) -> str:
        return f"{self.name} ({self.how})"


@dataclass(frozen=True)
class Role:
    """A role, or a policy of its own that the platform attaches elsewhere or leaves to others."""

    stack: str
    address: str
    """`aws_iam_role.<name>` or `aws_iam_policy.<name>`."""
    name: str
    trusted: tuple[Trusted, ...] = ()
    statements: tuple[IamStatement, ...] = ()
    managed: tuple[str, ...] = ()
    """ARNs of attached policies whose content is not in the JSON."""
    boundary: str = ""


def roles(documents: Mapping[str, Document]) -> list[Role]:
    """All roles and separate policies of a platform, in the order of its stacks.

    Args:
        documents: stack to document.

    Raises:
        ValueError: a policy has a form that is not evaluated.
    """
    return [one for stack, document in documents.items() for one in _of_stack(stack, document)]


def _of_stack(stack: str, document: Document) -> Iterator[Role]:
    resources: Mapping[str, Mapping[str, Any]] = document.get("resource", {})
    own = {name: policy(document, body["policy"]) for name, body in resources.get("aws_iam_policy", {}).items()}
    inline: dict[str, list[IamStatement]] = {}
    for body in resources.get("aws_iam_role_policy", {}).values():
        inline.setdefault(_name(body["role"]), []).extend(policy(document, body["policy"]))
    managed: dict[str, list[str]] = {}
    attached = set()
    for body in resources.get("aws_iam_role_policy_attachment", {}).values():
        role, separate = _name(body["role"]), _POLICY.fullmatch(body["policy_arn"])
        if separate is None:
            managed.setdefault(role, []).append(readable(body["policy_arn"]))
        elif role in resources.get("aws_iam_role", {}):
            inline.setdefault(role, []).extend(own[separate[1]])
            attached.add(separate[1])
    for name, body in resources.get("aws_iam_role", {}).items():
        trust = policy(document, body["assume_role_policy"])
        yield Role(
            stack,
            f"aws_iam_role.{name}",
            readable(body["name"]),
            tuple(who for statement in trust if statement.allow for who in _trusted(statement)),
            tuple(inline.get(name, ())),
            tuple(managed.get(name, ())),
            readable(body.get("permissions_boundary", "")),
        )
    for name, statements in own.items():
        if name not in attached:
            yield Role(
                stack,
                f"aws_iam_policy.{name}",
                readable(resources["aws_iam_policy"][name]["name"]),
                (),
                tuple(statements),
            )


def _name(text: str) -> str:
    """Terraform name of a role of the stack, or the expression of another one."""
    found = _ROLE.fullmatch(text)
    return found[1] if found is not None else text


def _trusted(statement: IamStatement) -> Iterator[Trusted]:
    for kind, who in statement.principals:
        if kind == "Federated":
            yield from _federated(statement, who)
        elif kind == "Service":
            pods = list(_pod_identity(statement))
            yield from pods or [Trusted(who, "service", statement)]
        else:
            yield Trusted(readable(who), "AWS", statement)


def _federated(statement: IamStatement, provider: str) -> Iterator[Trusted]:
    subjects = [value for one in statement.conditions if one.key.endswith(":sub") for value in one.values]
    for subject in subjects:
        if subject.startswith("system:serviceaccount:"):
            yield Trusted(subject.removeprefix("system:serviceaccount:").replace(":", "/"), "IRSA", statement)
        else:
            yield Trusted(readable(subject), "OIDC", statement)
    if not subjects:
        yield Trusted(f"every subject of {readable(provider)}", "OIDC", statement)


def _pod_identity(statement: IamStatement) -> Iterator[Trusted]:
    tags = {one.key: one.values for one in statement.conditions if one.test == "StringEquals"}
    for namespace in tags.get(_NAMESPACE, ()):
        for account in tags.get(_ACCOUNT, ()):
            yield Trusted(f"{namespace}/{account}", "Pod Identity", statement)
