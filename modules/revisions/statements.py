"""Statements of IAM roles in a platform's Terraform: which may be assumed by what, and what they allow."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.revisions.documents import Documents

_DOCUMENT = re.compile(r"\$\{data\.aws_iam_policy_document\.([\w-]+)\.json\}")
_RESOURCE = re.compile(r"\$\{(aws_iam_(?:role|policy)\.[\w-]+)\.[\w]+\}")


@dataclass(frozen=True, order=True)
class Statement:
    """One statement, in words that do not depend on the order in which it was written."""

    role: str
    """Name of the role, or its address if its name is not known before an apply."""
    kind: str
    """`trust`, `allows`, `denies`, `managed policy` or `boundary`."""
    what: str
    """Actions, or the policy."""
    on: str = ""
    """Resources, or principals of a trust."""
    condition: str = ""


@dataclass(frozen=True)
class StatementChange:
    """A statement that is new or removed."""

    statement: Statement
    added: bool


def statement_changes(before: Documents, after: Documents) -> list[StatementChange]:
    """Statements that one version of a platform's stacks has, and the other lacks, by role."""
    old, new = frozenset(statements(before)), frozenset(statements(after))
    found = [StatementChange(one, added=True) for one in new - old]
    found += [StatementChange(one, added=False) for one in old - new]
    return sorted(found, key=lambda change: (change.statement, change.added))


def statements(documents: Documents) -> Iterator[Statement]:
    """All statements of all roles."""
    for document in documents.values():
        yield from _of_stack(document)


def _of_stack(document: Mapping[str, Any]) -> Iterator[Statement]:
    resources = document.get("resource", {})
    roles = resources.get("aws_iam_role", {})
    names = {f"aws_iam_role.{key}": _literal(one.get("name")) or f"aws_iam_role.{key}" for key, one in roles.items()}
    for key, one in roles.items():
        role = names[f"aws_iam_role.{key}"]
        yield from _policy(role, one.get("assume_role_policy"), document, trust=True)
        if boundary := one.get("permissions_boundary"):
            yield Statement(role, "boundary", str(boundary))
    for one in resources.get("aws_iam_role_policy", {}).values():
        yield from _policy(_named(one.get("role"), names), one.get("policy"), document)
    for one in resources.get("aws_iam_role_policy_attachment", {}).values():
        role, policy = _named(one.get("role"), names), str(one.get("policy_arn"))
        found = _RESOURCE.fullmatch(policy)
        own = resources.get("aws_iam_policy", {}).get(found[1].partition(".")[2]) if found else None
        if own:
            yield from _policy(role, own.get("policy"), document)
        else:
            yield Statement(role, "managed policy", policy)


def _policy(role: str, policy: Any, document: Mapping[str, Any], *, trust: bool = False) -> Iterator[Statement]:
    text = str(policy)
    found = _DOCUMENT.fullmatch(text)
    if found:
        body = document.get("data", {}).get("aws_iam_policy_document", {}).get(found[1], {})
        yield from (_of_block(role, one, trust) for one in _listed(body.get("statement")))
    elif text.startswith("{"):
        yield from (_of_json(role, one, trust) for one in _listed(json.loads(text).get("Statement")))
    elif policy:
        yield Statement(role, "trust" if trust else "allows", f"what {text} contains")


def _of_block(role: str, block: Mapping[str, Any], trust: bool) -> Statement:
    """A `statement` of a policy document as Terraform writes it."""
    actions = _joined(block.get("actions")) or f"all but {_joined(block.get('not_actions'))}"
    resources = _joined(block.get("resources")) or _except(block.get("not_resources"))
    principals = "; ".join(f"{one['type']} {_joined(one['identifiers'])}" for one in _listed(block.get("principals")))
    conditions = sorted(
        f"{one['test']} {one['variable']} {_joined(one['values'])}" for one in _listed(block.get("condition"))
    )
    return _statement(role, block.get("effect", "Allow"), trust, actions, principals or resources, conditions)


def _of_json(role: str, body: Mapping[str, Any], trust: bool) -> Statement:
    """A statement in IAM's own form."""
    actions = _joined(body.get("Action")) or f"all but {_joined(body.get('NotAction'))}"
    resources = _joined(body.get("Resource")) or _except(body.get("NotResource"))
    principals = body.get("Principal", {})
    principals = {"AWS": principals} if isinstance(principals, str) else principals
    on = "; ".join(f"{kind} {_joined(names)}" for kind, names in sorted(principals.items())) or resources
    conditions = sorted(
        f"{test} {variable} {_joined(values)}"
        for test, variables in body.get("Condition", {}).items()
        for variable, values in variables.items()
    )
    return _statement(role, body.get("Effect", "Allow"), trust, actions, on, conditions)


def _statement(role: str, effect: str, trust: bool, actions: str, on: str, conditions: list[str]) -> Statement:
    kind = "denies" if effect == "Deny" else "trust" if trust else "allows"
    return Statement(role, kind, actions, on, "; ".join(conditions))


def _except(names: Any) -> str:
    return f"all but {_joined(names)}" if names else ""


def _named(role: Any, names: Mapping[str, str]) -> str:
    found = _RESOURCE.fullmatch(str(role))
    return names.get(found[1], found[1]) if found else str(role)


def _literal(value: Any) -> str:
    return value if isinstance(value, str) and "${" not in value else ""


def _joined(values: Any) -> str:
    return ", ".join(sorted(map(str, _listed(values))))


def _listed(value: Any) -> list[Any]:
    """One value, or a list of them."""
    return [] if value is None else list(value) if isinstance(value, list) else [value]
