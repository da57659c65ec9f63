"""Roles of AWS Backup, and what protects the vault."""

from typing import Any

from modules.backup.backup import PlatformBackup
from modules.settings import Backup
from tests.contexts import context_of
from tests.documents import GONE, at, bare_stack, synthesized


def made(*, bucket_arn: str | None = "arn:aws:s3:::artifacts", protect: bool = True, **settings: Any) -> dict[str, Any]:
    stack = bare_stack()
    PlatformBackup(
        stack,
        "backup",
        context=context_of(stack, protect=protect),
        settings=Backup(**settings),
        patterns=["ec2:*:*:volume/*"],
        bucket_arn=bucket_arn,
    )
    return synthesized(stack)


def policies(document: dict[str, Any], role: str) -> set[str]:
    attached = at(document, "resource aws_iam_role_policy_attachment")
    return {
        one["policy_arn"].rpartition("/")[2] for one in attached.values() if f"aws_iam_role.{role}.name" in one["role"]
    }


def test_one_role_backs_up_and_another_restores() -> None:
    document = made()
    assert policies(document, "backup") == {
        "AWSBackupServiceRolePolicyForBackup",
        "AWSBackupServiceRolePolicyForS3Backup",
    }
    assert policies(document, "backup_restore") == {
        "AWSBackupServiceRolePolicyForRestores",
        "AWSBackupServiceRolePolicyForS3Restore",
    }
    assert at(document, "resource aws_backup_selection backup iam_role_arn") == "${aws_iam_role.backup.arn}"
    for role in ("backup", "backup_restore"):
        (statement,) = at(document, f"data aws_iam_policy_document {role}_trust statement")
        assert statement["principals"] == [{"identifiers": ["backup.amazonaws.com"], "type": "Service"}]
        (condition,) = statement["condition"]
        assert condition["variable"] == "aws:SourceAccount"


def test_without_a_bucket_no_role_reads_s3() -> None:
    document = made(bucket_arn=None)
    assert policies(document, "backup") == {"AWSBackupServiceRolePolicyForBackup"}
    assert policies(document, "backup_restore") == {"AWSBackupServiceRolePolicyForRestores"}
    assert at(document, "resource aws_backup_selection backup resources") == ["arn:aws:ec2:*:*:volume/*"]


def test_vault_and_key_are_protected() -> None:
    for address in ("aws_backup_vault backup", "aws_kms_key backup"):
        assert at(made(), f"resource {address} lifecycle prevent_destroy") is True
        assert at(made(protect=False), f"resource {address} lifecycle prevent_destroy") is False
    assert at(made(), "resource aws_backup_vault backup force_destroy") == GONE


def test_copies_end_with_the_retention_of_the_vault_by_default() -> None:
    vault = "arn:aws:backup:eu-west-1:111122223333:backup-vault:copies"
    document = made(retention_days=100, copies=({"vault_arn": vault},))
    (copy,) = at(document, "resource aws_backup_plan backup rule 0 copy_action")
    assert copy == {"destination_vault_arn": vault, "lifecycle": {"delete_after": 100}}
