"""Adopted resources: their arguments, our references, import blocks."""

import json
from collections.abc import Mapping
from typing import Any

from modules.settings import ExistingCluster, Import, ImportedResource, Platform
from stacks.order import platform_layers
from tests.built_once import build
from tests.platforms import ACCOUNT

VPC, SUBNET = "vpc-0123456789abcdef0", "subnet-0123456789abcdef0"
RESOURCES = (
    ImportedResource(
        type="aws_vpc", name="this", id=VPC, arguments={"cidr_block": "10.0.0.0/16", "tags": {"Name": "legacy"}}
    ),
    ImportedResource(type="aws_subnet", name="a", id=SUBNET, arguments={"vpc_id": VPC, "cidr_block": "10.0.0.0/24"}),
    ImportedResource(
        type="aws_iam_role", name="node", id="legacy", arguments={"name": "legacy", "assume_role_policy": "${x}"}
    ),
    ImportedResource(
        type="aws_iam_role_policy",
        name="own",
        id="legacy:own",
        arguments={"role": "legacy", "name": "own", "policy": "{}"},
    ),
    ImportedResource(
        type="aws_eks_cluster",
        name="this",
        id="legacy",
        arguments={
            "name": "legacy",
            "role_arn": f"arn:aws:iam::{ACCOUNT}:role/legacy",
            "vpc_config": {"subnet_ids": [SUBNET], "endpoint_public_access": True},
        },
    ),
    ImportedResource(
        type="aws_eks_addon",
        name="coredns",
        id="legacy:coredns",
        arguments={"cluster_name": "legacy", "addon_name": "coredns"},
    ),
)
ADOPTED = Import(resources=RESOURCES)


def document(adopted: Import = ADOPTED, **settings: Any) -> Mapping[str, Any]:
    platform = Platform(
        name="legacy", region="us-west-2", cluster=ExistingCluster(name="legacy"), imported=adopted, **settings
    )
    return build(platform).documents["legacy-adopted"]


def test_each_has_an_import_block_and_its_own_arguments() -> None:
    found = document()
    assert found["import"] == [{"to": one.address, "id": one.id} for one in RESOURCES]
    assert found["resource"]["aws_vpc"]["this"]["cidr_block"] == "10.0.0.0/16"
    assert sum(len(kind) for kind in found["resource"].values()) == len(RESOURCES)


def test_ids_become_references_and_tags_and_names_do_not() -> None:
    resources = document()["resource"]
    assert resources["aws_subnet"]["a"]["vpc_id"] == "${aws_vpc.this.id}"
    assert resources["aws_eks_cluster"]["this"]["vpc_config"]["subnet_ids"] == ["${aws_subnet.a.id}"]
    assert resources["aws_eks_addon"]["coredns"]["cluster_name"] == "${aws_eks_cluster.this.name}"
    assert resources["aws_iam_role_policy"]["own"]["role"] == "${aws_iam_role.node.name}"
    assert resources["aws_vpc"]["this"]["tags"] == {"Name": "legacy"}
    assert resources["aws_eks_cluster"]["this"]["name"] == "legacy"


def test_what_looks_like_an_expression_is_not_one() -> None:
    assert document()["resource"]["aws_iam_role"]["node"]["assume_role_policy"] == "$${x}"


def test_what_the_rest_depends_on_is_protected_while_the_platform_is() -> None:
    def protected(found: Mapping[str, Any]) -> set[str]:
        return {
            kind
            for kind, resources in found["resource"].items()
            for one in resources.values()
            if one.get("lifecycle", {}).get("prevent_destroy")
        }

    assert protected(document()) == {"aws_vpc", "aws_eks_cluster"}
    assert protected(document(deletion_protection=False)) == set()


def test_no_tag_of_the_platform_is_on_imported_resources_until_it_is_set() -> None:
    assert "default_tags" not in document(tags={"owner": "ml"})["provider"]["aws"][0]
    tagged = document(ADOPTED.with_changes(default_tags=True), tags={"owner": "ml"})["provider"]["aws"][0]
    assert tagged["default_tags"][0]["tags"]["owner"] == "ml"


def test_the_stacks_after_it_find_the_cluster_as_any_existing_one() -> None:
    platform = Platform(name="legacy", region="us-west-2", cluster=ExistingCluster(name="legacy"), imported=ADOPTED)
    assert platform_layers(platform) == ("adopted", "services")
    services = build(platform).documents["legacy-services"]
    assert json.dumps(services["data"]["aws_eks_cluster"]).count("legacy") >= 1
