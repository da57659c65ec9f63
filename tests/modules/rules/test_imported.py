"""What is taken over."""

from pathlib import Path

import pytest

from modules.rules import problems_of_all
from modules.settings import (
    ExistingCluster,
    FlowLogs,
    Import,
    ImportedResource,
    Platform,
    read_import,
)
from stacks.document import json_bytes
from tests.modules.settings.valid import Rows, platform

VPC = ImportedResource(type="aws_vpc", name="this", id="vpc-0123456789abcdef0", arguments={})
CLUSTER = ImportedResource(type="aws_eks_cluster", name="this", id="shared", arguments={"vpc_config": {}})


def taken(*resources: ImportedResource, **changes: object) -> Platform:
    return platform(
        network=None, cluster=ExistingCluster(name="shared"), imported=Import(resources=resources, **changes)
    )


ROWS: Rows = {
    "adopted_beside_a_cluster_made_here": (
        platform(imported=Import(resources=(VPC,))),
        'imported: what is taken over is there already; give cluster=ExistingCluster(name="…")',
    ),
    "adopted_twice": (
        taken(VPC, VPC),
        "imported.resources: aws_vpc.this stands twice; run `make import` again, or rename one in its file",
    ),
    "adopted_without_its_vpc": (
        taken(CLUSTER, flow_logs=FlowLogs()),
        "imported.resources: hold no aws_vpc, which closed_default_security_group and flow_logs are about; take the VPC over, too",
    ),
    "adopted_without_its_cluster": (
        taken(VPC, private_endpoint=True),
        "imported.resources: hold no aws_eks_cluster, which log_types, public_access_cidrs and private_endpoint are about; take it over, too",
    ),
    "adopted_type": (
        taken(VPC.with_changes(type="vpc")),
        "imported.resources[0].type: 'vpc' is not a type of the AWS provider, such as aws_vpc",
    ),
    "adopted_name": (
        taken(VPC.with_changes(name="My-VPC")),
        "imported.resources[0].name: 'My-VPC' is not a Terraform name: small letters, digits and underscores",
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


@pytest.mark.parametrize("row", ROWS)
def test_what_the_reader_sees(row: str) -> None:
    bad, *lines = ROWS[row]
    assert problems_of_all([bad]) == [f"{bad._given.get('name', '?')}: {line}" for line in lines]
