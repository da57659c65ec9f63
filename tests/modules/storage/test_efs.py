from typing import Any

import pytest

from modules.settings import Efs
from modules.storage.efs import EfsFileSystem, ExistingEfsFileSystem
from modules.storage.placement import NetworkPlacement
from tests.contexts import context_of
from tests.documents import at, bare_stack, synthesized

CLIENTS = {"nodes": "sg-nodes", "cluster_group": "sg-cluster"}


def made(
    zones: tuple[str, ...] = ("us-west-2a", "us-west-2b"), protect: bool = True, **settings: Any
) -> dict[str, Any]:
    stack = bare_stack()
    EfsFileSystem(
        stack,
        "efs",
        context=context_of(stack, protect=protect),
        settings=Efs(**settings),
        placement=NetworkPlacement("vpc-1", "local.subnets", zones, CLIENTS),
    )
    return synthesized(stack)


@pytest.mark.parametrize("protect", [True, False])
def test_it_is_encrypted_with_a_key_of_its_own_and_kept(protect: bool) -> None:
    document = made(protect=protect)
    file_system = at(document, "resource aws_efs_file_system efs")
    assert (file_system["encrypted"], file_system["kms_key_id"]) == (True, "${aws_kms_key.efs.arn}")
    assert (
        file_system["lifecycle"] == at(document, "resource aws_kms_key efs lifecycle") == {"prevent_destroy": protect}
    )


def test_each_zone_has_one_mount_target_whose_group_lets_in_clients_by_nfs() -> None:
    document = made()
    targets = at(document, "resource aws_efs_mount_target")
    assert {name: target["subnet_id"] for name, target in targets.items()} == {
        "efs_us_west_2a": '${local.subnets["us-west-2a"][0]}',
        "efs_us_west_2b": '${local.subnets["us-west-2b"][0]}',
    }
    assert {tuple(target["security_groups"]) for target in targets.values()} == {("${aws_security_group.efs.id}",)}
    rules = at(document, "resource aws_vpc_security_group_ingress_rule")
    assert {
        rule["referenced_security_group_id"]: (rule["from_port"], rule["to_port"]) for rule in rules.values()
    } == dict.fromkeys(CLIENTS.values(), (2049, 2049))


def test_zones_that_only_the_plan_knows_have_one_each_too() -> None:
    target = at(made(zones=()), "resource aws_efs_mount_target efs")
    assert target["for_each"] == "${{ for zone, ids in local.subnets : zone => ids[0] }}"
    assert target["subnet_id"] == "${each.value}"


def test_clients_write_by_tls_through_a_mount_target_and_an_access_point_and_root_is_squashed() -> None:
    """Without an access point a pod could say that it is any team's user, and read all from the root."""
    nodes, tls = at(made(), "data aws_iam_policy_document efs_file_system statement")
    assert nodes["actions"] == ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    assert nodes["condition"] == [
        {"test": "Bool", "values": ["true"], "variable": "elasticfilesystem:AccessedViaMountTarget"},
        {
            "test": "StringLike",
            "values": ["*:access-point/fsap-*"],
            "variable": "elasticfilesystem:AccessPointArn",
        },
    ]
    assert (tls["effect"], tls["condition"][0]["variable"]) == ("Deny", "aws:SecureTransport")
    assert tls["condition"][0]["values"] == ["false"]


@pytest.mark.parametrize(
    ("days", "policy"),
    [
        (1, [{"transition_to_ia": "AFTER_1_DAY"}, {"transition_to_primary_storage_class": "AFTER_1_ACCESS"}]),
        (90, [{"transition_to_ia": "AFTER_90_DAYS"}, {"transition_to_primary_storage_class": "AFTER_1_ACCESS"}]),
        (None, "(not there)"),
    ],
)
def test_files_without_a_reader_move_and_come_back(days: int | None, policy: Any) -> None:
    assert at(made(infrequent_access_days=days), "resource aws_efs_file_system efs lifecycle_policy") == policy


@pytest.mark.parametrize(("backup", "status"), [(True, "ENABLED"), (False, "DISABLED")])
def test_backups_are_on_or_off(backup: bool, status: str) -> None:
    assert at(made(backup=backup), "resource aws_efs_backup_policy efs backup_policy") == {"status": status}


def test_a_file_system_of_the_user_is_looked_up() -> None:
    stack = bare_stack()
    ExistingEfsFileSystem(stack, "efs", file_system_id="fs-0123456789abcdef0")
    document = synthesized(stack)
    assert at(document, "data aws_efs_file_system efs file_system_id") == "fs-0123456789abcdef0"
    assert "resource" not in document
