"""What is taken over."""

from pathlib import Path

import pytest

from modules.settings import (
    ExistingCluster,
    FlowLogs,
    Import,
    ImportedResource,
    Platform,
    read_import,
)
from stacks.document import json_bytes
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import platform

VPC = ImportedResource(type="aws_vpc", name="this", id="vpc-0123456789abcdef0", arguments={})
CLUSTER = ImportedResource(type="aws_eks_cluster", name="this", id="shared", arguments={"vpc_config": {}})


def taken(*resources: ImportedResource, **changes: object) -> Platform:
    return platform(
        network=None, cluster=ExistingCluster(name="shared"), imported=Import(resources=resources, **changes)
    )


ROWS: Rows = {
    "adopted_beside_a_cluster_made_here": (
        platform(imported=Import(resources=(VPC,))),
        "imported: resources",
    ),
    "adopted_twice": (
        taken(VPC, VPC),
        "imported.resources: aws_vpc.this",
    ),
    "adopted_without_its_vpc": (
        taken(CLUSTER, flow_logs=FlowLogs()),
        "imported.resources: closed_default_security_group",
    ),
    "adopted_without_its_cluster": (
        taken(VPC, private_endpoint=True),
        "imported.resources: public_access_cidrs",
    ),
    "adopted_type": (
        taken(VPC.with_changes(type="vpc")),
        "imported.resources[0].type: provider",
    ),
    "adopted_name": (
        taken(VPC.with_changes(name="My-VPC")),
        "imported.resources[0].name: underscores",
    ),
}


def test_a_file_of_take_over_becomes_settings(tmp_path: Path) -> None:
    file = tmp_path / "legacy.json"
    one = {"type": "aws_vpc", "name": "this", "id": "vpc-0123456789abcdef0", "arguments": {"tags": {"a": "b"}}}
    file.write_bytes(json_bytes({"resources": [one]}))
    (resource,) = read_import(file).resources
    assert (resource.address, resource.arguments) == ("aws_vpc.this", {"tags": {"a": "b"}})
    with pytest.raises(FileNotFoundError):
        read_import(tmp_path / "none.json")


def test_rows() -> None:
    assert differences(ROWS) == []
