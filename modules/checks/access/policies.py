"""IAM policies in a platform's Terraform JSON: data sources `aws_iam_policy_document`, as IAM statements."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]
_REFERENCE = re.compile(r"\$\{data\.aws_iam_policy_document\.(\w+)\.json\}")


@dataclass(frozen=True)
class Condition:
    """One condition of a statement."""

    test: str
    key: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.test} {readable(self.key)} {', '.join(map(readable, self.values))}"


@dataclass(frozen=True)
class IamStatement:
    """One statement of a policy. All texts are as in the JSON, with Terraform's expressions."""

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    """Empty in trust policies."""
    conditions: tuple[Condition, ...] = ()
    principals: tuple[tuple[str, str], ...] = ()
    """(type, identifier) in trust and resource policies."""
    allow: bool = True

    def as_json(self) -> dict[str, Any]:
        """The statement in IAM's own form, without principals."""
        made: dict[str, Any] = {"Effect": "Allow" if self.allow else "Deny", "Action": list(self.actions)}
        made["Resource"] = list(self.resources)
        conditions: dict[str, dict[str, list[str]]] = {}
        for one in self.conditions:
            conditions.setdefault(one.test, {})[one.key] = list(one.values)
        return made | ({"Condition": conditions} if conditions else {})


def policy(document: Document, text: str) -> list[IamStatement]:
    """Statements of a policy that a resource of the stack names.

    Args:
        document: the stack's JSON.
        text: reference to a data source of the stack, or a policy as JSON.

    Raises:
        ValueError: it is neither.
    """
    reference = _REFERENCE.fullmatch(text)
    if reference is not None:
        body = document["data"]["aws_iam_policy_document"][reference[1]]
        return [_of_data_source(one) for one in body.get("statement", ())]
    try:
        return [_of_json(one) for one in _list(json.loads(text)["Statement"])]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{text[:120]}: is neither a policy document of the stack nor JSON") from error


def _of_data_source(one: Mapping[str, Any]) -> IamStatement:
    if refused := {key for key in one if key.startswith("not_")}:
        raise ValueError(
            f"statement {one.get('sid', '')}: {', '.join(sorted(refused))} is not evaluated; use its positive form"
        )
    return IamStatement(
        tuple(one.get("actions", ())),
        tuple(one.get("resources", ())),
        tuple(Condition(c["test"], c["variable"], tuple(c["values"])) for c in one.get("condition", ())),
        tuple((p["type"], who) for p in one.get("principals", ()) for who in p["identifiers"]),
        one.get("effect", "Allow") == "Allow",
    )


def _of_json(one: Mapping[str, Any]) -> IamStatement:
    principals = one.get("Principal", {})
    by_type = {"*": principals} if isinstance(principals, str) else principals
    return IamStatement(
        tuple(_list(one["Action"])),
        tuple(_list(one.get("Resource", []))),
        tuple(
            Condition(test, key, tuple(_list(values)))
            for test, keys in one.get("Condition", {}).items()
            for key, values in keys.items()
        ),
        tuple((kind, who) for kind, names in by_type.items() for who in _list(names)),
        one["Effect"] == "Allow",
    )


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


_WORDS = (
    (re.compile(r"\$\{data\.aws_caller_identity\.\w+\.account_id\}"), "<account>"),
    (re.compile(r"\$\{replace\([^}]*issuer[^}]*\)\}|\$\{[^}]*oidc_issuer_host\}"), "<OIDC issuer>"),
    (re.compile(r"\$\{[^}]*oidc_provider[^}]*\}|\$\{[^}]*aws_iam_openid_connect_provider[^}]*\}"), "<OIDC provider>"),
    (re.compile(r"\$\{data\.terraform_remote_state\.(\w+)\.outputs\.(\w+)[^}]*\}"), r"<\1: \2>"),
    (re.compile(r"\$\{(?:data\.)?(aws_\w+)\.(\w+)[^}]*\}"), r"<\1.\2>"),
    (re.compile(r"\$\{([^}]*)\}"), r"<\1>"),
    (re.compile(r"&\{([^}]*)\}"), r"${\1}"),
)


def readable(text: str) -> str:
    """A text of the JSON with words in the place of Terraform's expressions; IAM's own variables keep their form."""
    for pattern, word in _WORDS:
        text = pattern.sub(word, text)
    return text


def resource_policies(document: Document) -> Iterator[tuple[str, list[IamStatement]]]:
    """Address of each resource with a policy of its own, and the statements; trust policies are not among them.

    Args:
        document: a stack's JSON.
    """
    for kind, key in RESOURCE_POLICIES.items():
        for name, body in document.get("resource", {}).get(kind, {}).items():
            if body.get(key):
                yield f"{kind}.{name}", policy(document, body[key])


RESOURCE_POLICIES: Mapping[str, str] = {
    "aws_cloudwatch_log_resource_policy": "policy_document",
    "aws_efs_file_system_policy": "policy",
    "aws_kms_key": "policy",
    "aws_s3_bucket_policy": "policy",
    "aws_sqs_queue_policy": "policy",
}
"""Terraform type to the argument with its policy; a test compares it with the JSON."""
