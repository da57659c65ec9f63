"""The statements of one stack of a platform in one phase, narrowed to its names and tag."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from modules.aws_providers import aws_providers
from modules.installer_policy.measured import Phase, needed
from modules.installer_policy.names import Names
from modules.installer_policy.state import state_statements
from modules.installer_policy.statement import PolicyStatement
from modules.settings import Platform

Document = Mapping[str, Any]
INCLUDED: Mapping[Phase, tuple[Phase, ...]] = {
    "plan": ("plan",),
    "apply": ("plan", "apply", "destroy"),
    "destroy": ("plan", "destroy"),
}
"""An apply also removes what settings no longer have."""
OPERATORS = {"ec2:LaunchTemplate": "ArnLike", "iam:PolicyARN": "ArnEquals"}
"""Of conditions on other keys than those of StringEquals."""
BOUNDED = (
    *("iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy"),
    *("iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"),
)
"""Actions that IAM can bind to a role's permissions boundary.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

Condition = tuple[tuple[str, str, tuple[str, ...]], ...]
"""(operator, key, values), sorted."""


def statements(
    platform: Platform, layer: str, documents: Iterable[Document], phase: Phase, names: Names
) -> list[PolicyStatement]:
    """What Terraform may do with stacks of a platform, and nothing else.

    Args:
        platform: valid settings.
        layer: of the stack, for its state; empty: all of the platform's states.
        documents: of the stacks.
        phase: what Terraform does.
        names: to which resources are narrowed.

    Raises:
        ValueError: the requests of a Terraform type are not known.
    """
    every = list(documents)
    found: dict[tuple[str, Condition], set[str]] = {}
    for document in every:
        mine = _imported(names) if _imports(document) else names
        for action, shapes in needed(kinds(document), INCLUDED[phase]).items():
            for shape in shapes:
                for arn in _arns(shape, mine, document):
                    condition = _condition(action, shape, mine, every)
                    found.setdefault((action, condition), set()).add(arn)
    grouped: dict[tuple[Condition, tuple[str, ...]], list[str]] = {}
    for (action, condition), arns in sorted(_without_covered(found).items()):
        grouped.setdefault((condition, tuple(sorted(arns))), []).append(action)
    made = [
        PolicyStatement(tuple(sorted(actions)), arns, _operators(condition))
        for (condition, arns), actions in grouped.items()
    ]
    further = (_given_secrets(every, names), _other_roles(every), state_statements(platform, layer, phase, names))
    return [*made, *(one for found in further for one in found)]


def kinds(document: Document) -> list[str]:
    """Terraform types of AWS in a stack: `resource.aws_vpc`, `data.aws_vpc`, `ephemeral.aws_…`; sorted."""
    return sorted(
        f"{section}.{name}"
        for section in ("resource", "data", "ephemeral")
        for name in document.get(section, {})
        if name.startswith("aws_")
    )


def _arns(shape: str, names: Names, document: Document) -> Iterator[str]:
    arn = shape.partition(" if ")[0]
    yield names.filled(arn)
    if arn.endswith(":s3:::{platform}-*"):
        own = {str(one.get("bucket", "")) for one in document.get("resource", {}).get("aws_s3_bucket", {}).values()}
        for name in sorted(one for one in own if one and "${" not in one.partition("-")[0]):
            if not name.startswith(f"{names.platform}-"):
                yield from (f"arn:{names.partition}:s3:::{name}{path}" for path in ("", "/*"))


def _condition(action: str, shape: str, names: Names, documents: Collection[Document]) -> Condition:
    found: list[tuple[str, str, tuple[str, ...]]] = []
    for text in shape.split(" if ")[1:]:
        key, _, value = text.partition("=")
        if key in ("aws:RequestTag", "aws:ResourceTag"):
            if names.platform == "*":
                continue
            tag, of_platform = names.tag
            found.append(("StringEquals", f"{key}/{tag}", (of_platform,)))
        elif key == "iam:PolicyARN":
            found.append((OPERATORS[key], key, tuple(_attached(documents, names))))
        else:
            values = tuple(names.filled(one) for one in value.split(","))
            found.append((OPERATORS.get(key, "StringEquals"), key, values))
    if action in BOUNDED and names.boundary_arn is not None and "/aws-service-role/" not in shape:
        found.append(("StringEquals", "iam:PermissionsBoundary", (names.boundary_arn,)))
    return tuple(sorted(found))


def _attached(documents: Iterable[Document], names: Names) -> list[str]:
    """Managed policies that the stacks attach to roles; one of their own by its name."""
    found = {
        str(one["policy_arn"])
        for document in documents
        for one in document.get("resource", {}).get("aws_iam_role_policy_attachment", {}).values()
    }
    own = names.filled("arn:{partition}:iam::{account}:policy/{platform}-*")
    return sorted({own if "${" in one else one for one in found})


def _imports(document: Document) -> bool:
    """Whether it imports what others named."""
    return "import" in document


def _imported(names: Names) -> Names:
    """Names of a stack whose resources are not named after the platform, and have its tag only later."""
    return replace(names, platform="*", cluster="*", iam_path="/")


def _without_covered(found: Mapping[tuple[str, Condition], set[str]]) -> dict[tuple[str, Condition], set[str]]:
    """Without ARNs that another one of the same action covers with the same condition, or without any."""
    kept: dict[tuple[str, Condition], set[str]] = {}
    for (action, condition), arns in found.items():
        free = found.get((action, ()), set()) if condition else set()
        left = {
            arn
            for arn in arns
            if not any(other != arn and fnmatchcase(arn, other) for other in arns)
            and not any(fnmatchcase(arn, other) for other in free)
        }
        if left:
            kept[action, condition] = left
    return kept


def _operators(condition: Condition) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for operator, key, values in condition:
        found.setdefault(operator, {})[key] = values
    return found


def _given_secrets(documents: Iterable[Document], names: Names) -> Iterator[PolicyStatement]:
    """Secrets that settings name: each run reads them."""
    arns = {
        str(one.get("secret_id", ""))
        for document in documents
        for one in document.get("ephemeral", {}).get("aws_secretsmanager_secret_version", {}).values()
    }
    given = tuple(sorted(one for one in arns if one.startswith("arn:")))
    if given:
        via = (names.filled("secretsmanager.{region}.{dns_suffix}"),)
        yield PolicyStatement(("secretsmanager:GetSecretValue",), given)
        keys = tuple(f"arn:{names.partition}:kms:{arn.split(':')[3]}:{arn.split(':')[4]}:key/*" for arn in given)
        yield PolicyStatement(
            ("kms:Decrypt",),
            tuple(dict.fromkeys(keys)),
            {"StringEquals": {"kms:ViaService": via}, "StringLike": {"kms:EncryptionContext:SecretARN": given}},
        )


def _other_roles(documents: Iterable[Document]) -> Iterator[PolicyStatement]:
    """Roles of other accounts that providers of a stack assume: for DNS zones of a company."""
    arns = {
        role["role_arn"]
        for document in documents
        for provider in aws_providers(document)
        if "alias" in provider
        for role in provider.get("assume_role", [])
    }
    if arns:
        yield PolicyStatement(("sts:AssumeRole",), tuple(sorted(arns)))
