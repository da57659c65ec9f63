"""Every kind of change of a block is named by its address, stack and attributes."""

import copy
from typing import Any

import pytest

from modules.aws_data.replacing_attributes import REPLACING
from modules.revisions.resources import block_changes, summary
from stacks.fixed_values import FIXED
from tests.platforms import documents

BEFORE: dict[str, Any] = {
    "prod-network": {
        "//": {"metadata": {}},
        "resource": {
            "aws_vpc": {"main": {"cidr_block": "10.0.0.0/16", "tags": {"Name": "a"}}},
            "aws_eks_cluster": {"this": {"kubernetes_network_config": {"service_ipv4_cidr": "172.20.0.0/16"}}},
            "aws_launch_template": {"nodes": {"depends_on": ["aws_vpc.main"], "lifecycle": {"precondition": [1]}}},
            "aws_eks_node_group": {"nodes": {"taint": [{"key": "a"}], "launch_template": {"id": "x", "version": "1"}}},
        },
        "data": {"aws_region": {"here": {}}},
        "ephemeral": {"aws_secretsmanager_secret_version": {"one": {"secret_id": "a"}}},
        "output": {"vpc_id": {"value": "${aws_vpc.main.id}"}},
        "locals": {"values": {"a": 1}},
    }
}


def changed(path: tuple[str, ...], value: object) -> list[tuple[str, str, list[str]]]:
    """Address, change and attributes after one value was set, or taken out where it is None."""
    after = copy.deepcopy(BEFORE)
    inner: Any = after["prod-network"]
    for key in path[:-1]:
        inner = inner.setdefault(key, {})
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    found = block_changes(BEFORE, after)
    return [(one.address, one.what, [at.attribute for at in one.attributes]) for one in found]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("aws_vpc", "main", "cidr_block"), "10.1.0.0/16", ("aws_vpc.main", "replaced", ["cidr_block"])),
        (("aws_vpc", "main", "tags", "Name"), "b", ("aws_vpc.main", "changed", ["tags.Name"])),
        (("aws_vpc", "main"), None, ("aws_vpc.main", "removed", [])),
        (("aws_subnet", "new"), {}, ("aws_subnet.new", "added", [])),
        (
            ("aws_eks_cluster", "this", "kubernetes_network_config", "service_ipv4_cidr"),
            "10.9.0.0/16",
            ("aws_eks_cluster.this", "replaced", ["kubernetes_network_config.service_ipv4_cidr"]),
        ),
        (("aws_eks_cluster", "this", "kubernetes_network_config"), None, ("aws_eks_cluster.this", "replaced", ["kubernetes_network_config"])),
        (("aws_eks_node_group", "nodes", "taint"), [{"key": "b"}], ("aws_eks_node_group.nodes", "changed", ["taint[0].key"])),
        (
            ("aws_eks_node_group", "nodes", "launch_template"),
            {"id": "x", "version": "2"},
            ("aws_eks_node_group.nodes", "changed", ["launch_template.version"]),
        ),
    ],
)  # fmt: skip
def test_a_resource_is(path: tuple[str, ...], value: object, expected: tuple[str, str, list[str]]) -> None:
    assert changed(("resource", *path), value) == [expected]


@pytest.mark.parametrize(
    ("path", "value", "address"),
    [
        (("data", "aws_region", "here", "name"), "x", "data.aws_region.here"),
        (("ephemeral", "aws_secretsmanager_secret_version", "one", "secret_id"), "b", "ephemeral.aws_secretsmanager_secret_version.one"),
        (("output", "vpc_id", "value"), "x", "output.vpc_id"),
        (("locals", "values", "a"), 2, "locals.values"),
        (("provider", "aws"), [{}], "provider.aws"),
    ],
)  # fmt: skip
def test_another_block_is_not_a_resource(path: tuple[str, ...], value: object, address: str) -> None:
    after = copy.deepcopy(BEFORE)
    inner: Any = after["prod-network"]
    for key in path[:-1]:
        inner = inner.setdefault(key, {})
    inner[path[-1]] = value
    (one,) = block_changes(BEFORE, after)
    assert (one.address, one.is_resource) == (address, False)


def test_order_and_checks_of_an_apply_are_not_change_of_a_resource() -> None:
    path = ("resource", "aws_launch_template", "nodes")
    assert changed((*path, "depends_on"), ["aws_vpc.other"]) == []
    assert changed((*path, "lifecycle"), {"precondition": [2]}) == []
    assert changed((*path, "lifecycle", "prevent_destroy"), True)[0][1:] == ("changed", ["lifecycle.prevent_destroy"])


def test_a_moved_resource_keeps_its_identity_and_one_that_is_forgotten_stays_in_aws() -> None:
    after = copy.deepcopy(BEFORE)
    resources = after["prod-network"]["resource"]
    resources["aws_vpc"] = {"renamed": resources["aws_vpc"]["main"]}
    del resources["aws_eks_cluster"]
    after["prod-network"]["moved"] = [{"from": "aws_vpc.main", "to": "aws_vpc.renamed"}]
    after["prod-network"]["removed"] = [{"from": "aws_eks_cluster.this", "lifecycle": {"destroy": False}}]
    found = list(block_changes(BEFORE, after))
    assert [(one.address, one.what, one.moved_from) for one in found] == [
        ("aws_eks_cluster.this", "kept in AWS", ""),
        ("aws_vpc.renamed", "moved", "aws_vpc.main"),
    ]
    assert summary(found) == "1 moved, 1 kept in AWS"


def test_a_stack_that_one_side_lacks_is_all_of_its_blocks() -> None:
    assert {one.what for one in block_changes({}, BEFORE)} == {"added"}
    assert {one.what for one in block_changes(BEFORE, {})} == {"removed"}
    assert list(block_changes(BEFORE, BEFORE)) == []


def test_what_synthesis_guards_against_replacement_is_in_the_table() -> None:
    for kind, attributes in FIXED.items():
        for attribute in attributes:
            paths = [path.partition(".")[0] for path in REPLACING[kind]]
            assert attribute in paths, f"{kind}.{attribute}"


def test_the_table_of_replacing_attributes_has_every_aws_type_with_arguments_that_replace() -> None:
    """A type without such an argument has no entry: the answers of the provider name none."""
    used = {kind for one in documents().values() for kind in one.get("resource", {}) if kind.startswith("aws_")}
    assert used - REPLACING.keys() <= {"aws_internet_gateway"}
