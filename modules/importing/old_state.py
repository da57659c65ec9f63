"""Which addresses of another Terraform state own the imported resources."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

IDENTITY: Mapping[str, tuple[str, ...]] = {
    "aws_iam_role_policy_attachment": ("role", "policy_arn"),
    "aws_route": (
        "route_table_id",
        "destination_cidr_block",
        "destination_ipv6_cidr_block",
        "destination_prefix_list_id",
    ),
    "aws_route_table_association": ("subnet_id", "gateway_id", "route_table_id"),
}
"""Types whose id in a state is not their import id, and the arguments that say which one it is."""
RULES = "aws_security_group_rule"
"""Older type for rules of security groups, whose ids AWS does not know."""


def owned(state: Path, resources: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """Addresses of the state to remove, and addresses that stay, each in the state's order.

    Args:
        state: file of `terraform state pull`.
        resources: imported resources: type, id and arguments.

    Raises:
        ValueError: it is not a Terraform state of version 4.

    Source: https://developer.hashicorp.com/terraform/cli/commands/state/pull
    """
    try:
        document = json.loads(state.read_bytes())
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"{state}: not a Terraform state; write it with `terraform state pull`") from error
    if not isinstance(document, dict) or document.get("version") != 4 or "resources" not in document:
        raise ValueError(f"{state}: not a Terraform state of version 4; write it with `terraform state pull`")
    taken = {_key(one["type"], one["id"], one["arguments"]) for one in resources}
    groups = {one["id"] for one in resources if one["type"] == "aws_security_group"}
    removed: list[str] = []
    kept: list[str] = []
    for type_, address, attributes in _instances(document["resources"]):
        ours = _key(type_, attributes.get("id"), attributes) in taken
        of_group = type_ == RULES and attributes.get("security_group_id") in groups
        (removed if ours or of_group else kept).append(address)
    return removed, kept


def _key(type_: str, id_: Any, values: Mapping[str, Any]) -> tuple[Any, ...]:
    if type_ in IDENTITY:
        return (type_, *(values.get(name) or None for name in IDENTITY[type_]))
    return type_, id_


def _instances(resources: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Type, address and attributes of each managed resource."""
    for one in resources:
        if one.get("mode") != "managed":
            continue
        base = ".".join(filter(None, (one.get("module"), one["type"], one["name"])))
        for instance in one["instances"]:
            index = f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""
            yield one["type"], f"{base}{index}", instance.get("attributes") or {}
