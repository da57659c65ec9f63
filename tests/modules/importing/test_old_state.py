"""Addresses of another Terraform state that own what is imported."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.import_cluster import main
from modules.importing.old_state import owned


def resource(
    type_: str, name: str, *instances: dict[str, Any], module: str = "", mode: str = "managed"
) -> dict[str, Any]:
    of_module = {"module": module} if module else {}
    return {**of_module, "mode": mode, "type": type_, "name": name, "instances": list(instances)}


STATE = {
    "version": 4,
    "resources": [
        resource("aws_eks_cluster", "this", {"index_key": 0, "attributes": {"id": "legacy"}}, module="module.eks"),
        resource(
            "aws_eks_addon",
            "this",
            {"index_key": "vpc-cni", "attributes": {"id": "legacy:vpc-cni"}},
            {"index_key": "adot", "attributes": {"id": "legacy:adot"}},
            module="module.eks",
        ),
        resource(
            "aws_iam_role_policy_attachment",
            "this",
            {"index_key": "a", "attributes": {"id": "n-1", "role": "nodes", "policy_arn": "arn:aws:iam::aws:policy/A"}},
            module='module.eks.module.group["a b"]',
        ),
        resource(
            "aws_route",
            "nat",
            {
                "attributes": {
                    "id": "r-1",
                    "route_table_id": "rtb-1",
                    "destination_cidr_block": "0.0.0.0/0",
                    "destination_ipv6_cidr_block": "",
                }
            },
        ),
        resource(
            "aws_route_table_association",
            "a",
            {"attributes": {"id": "rtbassoc-1", "subnet_id": "subnet-1", "gateway_id": "", "route_table_id": "rtb-1"}},
        ),
        resource("aws_security_group_rule", "node", {"attributes": {"id": "sgrule-1", "security_group_id": "sg-1"}}),
        resource("aws_security_group_rule", "other", {"attributes": {"id": "sgrule-2", "security_group_id": "sg-2"}}),
        resource("aws_kms_key", "this", {"attributes": {"id": "1234"}}, module="module.kms"),
        resource("aws_vpc", "this", {"attributes": {"id": "vpc-1"}}, mode="data"),
    ],
}
IMPORTED = [
    {"type": "aws_eks_cluster", "id": "legacy", "arguments": {}},
    {"type": "aws_eks_addon", "id": "legacy:vpc-cni", "arguments": {}},
    {
        "type": "aws_iam_role_policy_attachment",
        "id": "nodes/arn:aws:iam::aws:policy/A",
        "arguments": {"role": "nodes", "policy_arn": "arn:aws:iam::aws:policy/A"},
    },
    {
        "type": "aws_route",
        "id": "rtb-1_0.0.0.0/0",
        "arguments": {"route_table_id": "rtb-1", "destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1"},
    },
    {
        "type": "aws_route_table_association",
        "id": "subnet-1/rtb-1",
        "arguments": {"subnet_id": "subnet-1", "route_table_id": "rtb-1"},
    },
    {"type": "aws_security_group", "id": "sg-1", "arguments": {}},
    {"type": "aws_vpc", "id": "vpc-1", "arguments": {}},
]


def test_a_missing_file_is_named_before_aws_is_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"old\.tfstate: file not found; .*terraform state pull"):
        main("legacy", "us-west-2", tmp_path / "old.tfstate")


def test_each_owner_is_found_by_id_or_by_what_identifies_it(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text(json.dumps(STATE))
    removed, kept = owned(state, IMPORTED)
    assert removed == [
        "module.eks.aws_eks_cluster.this[0]",
        'module.eks.aws_eks_addon.this["vpc-cni"]',
        'module.eks.module.group["a b"].aws_iam_role_policy_attachment.this["a"]',
        "aws_route.nat",
        "aws_route_table_association.a",
        "aws_security_group_rule.node",
    ]
    assert kept == [
        'module.eks.aws_eks_addon.this["adot"]',
        "aws_security_group_rule.other",
        "module.kms.aws_kms_key.this",
    ]


@pytest.mark.parametrize("content", [b"\xff", b"terraform {}", b"[]", b'{"version": 3, "modules": []}'])
def test_another_file_is_refused_with_the_command_that_writes_one(content: bytes, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_bytes(content)
    with pytest.raises(ValueError, match=r"state\.json: not a Terraform state.*terraform state pull"):
        owned(state, IMPORTED)
