from typing import Any

import pytest

from modules.account import Account
from modules.settings import BucketLink, FsxLustre
from modules.storage.fsx import LustreFileSystem, lustre_reads_objects
from modules.storage.placement import NetworkPlacement
from tests.contexts import context_of
from tests.documents import GONE, at, bare_stack, synthesized

FILE_SYSTEM = "resource aws_fsx_lustre_file_system fsx"
LUSTRE_PORTS = {(988, 988), (1018, 1023)}


def made(ours: bool = True, protect: bool = True, bucket: str | None = None, **settings: Any) -> dict[str, Any]:
    stack = bare_stack()
    LustreFileSystem(
        stack,
        "fsx",
        context=context_of(stack, protect=protect),
        settings=FsxLustre(**settings),
        placement=NetworkPlacement(
            "vpc-1", "local.subnets", ("us-west-2a",), {"nodes": "sg-nodes"}, clients_are_ours=ours
        ),
        bucket=bucket,
    )
    return synthesized(stack)


@pytest.mark.parametrize("protect", [True, False])
def test_what_persists_has_a_key_of_its_own_and_backups(protect: bool) -> None:
    file_system = at(made(protect=protect), FILE_SYSTEM)
    assert file_system["kms_key_id"] == "${aws_kms_key.fsx.arn}"
    assert (file_system["per_unit_storage_throughput"], file_system["storage_capacity"]) == (125, 1200)
    assert (file_system["automatic_backup_retention_days"], file_system["skip_final_backup"]) == (7, False)
    assert file_system["lifecycle"] == {"prevent_destroy": protect}
    assert file_system["subnet_ids"] == ["${values(local.subnets)[0][0]}"]


def test_scratch_takes_neither_key_nor_throughput_nor_backups() -> None:
    document = made(deployment_type="SCRATCH_2")
    file_system = at(document, FILE_SYSTEM)
    assert not {"kms_key_id", "per_unit_storage_throughput", "automatic_backup_retention_days"} & set(file_system)
    assert file_system["skip_final_backup"]
    assert at(document, "resource aws_kms_key") == GONE


def test_what_is_linked_has_no_backups() -> None:
    file_system = at(made(bucket="data", linked_bucket=BucketLink(bucket="data")), FILE_SYSTEM)
    assert (file_system["automatic_backup_retention_days"], file_system["skip_final_backup"]) == (0, True)


def rules(document: dict[str, Any], direction: str, group: str, other: str) -> set[tuple[int, int]]:
    """Ports of rules at one group about another."""
    return {
        (rule["from_port"], rule["to_port"])
        for rule in at(document, f"resource aws_vpc_security_group_{direction}_rule").values()
        if (rule["security_group_id"], rule["referenced_security_group_id"]) == (group, other)
    }


def test_servers_and_clients_reach_each_other_both_ways() -> None:
    document, servers = made(), "${aws_security_group.fsx.id}"
    for direction in ("ingress", "egress"):
        assert rules(document, direction, servers, servers) == LUSTRE_PORTS
        assert rules(document, direction, servers, "sg-nodes") == LUSTRE_PORTS
    assert rules(document, "ingress", "sg-nodes", servers) == LUSTRE_PORTS


def test_the_group_of_anothers_nodes_is_left_as_it_is() -> None:
    assert rules(made(ours=False), "ingress", "sg-nodes", "${aws_security_group.fsx.id}") == set()


@pytest.mark.parametrize("export", [True, False])
def test_a_folder_is_linked_and_written_back_only_if_settings_say_so(export: bool) -> None:
    link = BucketLink(bucket="data", prefix="raw", path="/data", export=export)
    document = made(bucket="data", linked_bucket=link)
    found = at(document, "resource aws_fsx_data_repository_association fsx")
    assert (found["data_repository_path"], found["file_system_path"]) == ("s3://data/raw", "/data")
    assert found["s3"]["auto_import_policy"] == {"events": ["NEW", "CHANGED", "DELETED"]}
    assert ("auto_export_policy" in found["s3"]) is export
    assert found["delete_data_in_filesystem"] is False


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [("us-west-2", "aws", "amazonaws.com"), ("cn-north-1", "aws-cn", "amazonaws.com.cn")],
)
def test_a_key_lets_in_only_the_role_of_fsx_of_its_account_through_s3(region: str, partition: str, suffix: str) -> None:
    statement = lustre_reads_objects(Account(bare_stack(), "account", region=region))
    conditions = {one.variable: one for one in statement.condition}  # type: ignore[union-attr]
    assert set(conditions) == {"aws:PrincipalArn", "kms:CallerAccount", "kms:ViaService"}
    (role,) = conditions["aws:PrincipalArn"].values
    assert role.startswith(f"arn:{partition}:iam::")
    assert role.endswith("/s3.data-source.lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_*")
    assert conditions["kms:ViaService"].values == [f"s3.{region}.{suffix}"]
