"""What the extension gives of file systems, images and metrics that no Terraform run shows."""

import json

import pytest

from tests.stand_ins.moto_extension import Server, leftovers

REGION = "us-west-2"
KEY = "arn:aws:kms:us-west-2:123456789012:key/1234abcd-12ab-34cd-86ef-1234567890ab"


def test_backups_are_off_by_default(aws: Server) -> None:
    efs = aws.client("efs")
    file_system = efs.create_file_system(CreationToken="a")["FileSystemId"]

    def status() -> str:
        return str(efs.describe_backup_policy(FileSystemId=file_system)["BackupPolicy"]["Status"])

    assert status() == "DISABLED"
    for wanted in ("ENABLED", "DISABLED"):
        efs.put_backup_policy(FileSystemId=file_system, BackupPolicy={"Status": wanted})
        assert status() == wanted


def test_a_policy_of_a_file_system_can_be_taken_away(aws: Server) -> None:
    efs = aws.client("efs")
    file_system = efs.create_file_system(CreationToken="a")["FileSystemId"]
    efs.put_file_system_policy(FileSystemId=file_system, Policy=json.dumps({"Version": "2012-10-17", "Statement": []}))
    efs.delete_file_system_policy(FileSystemId=file_system)
    with pytest.raises(efs.exceptions.PolicyNotFound):
        efs.describe_file_system_policy(FileSystemId=file_system)


def test_throughput_changes_in_place(aws: Server) -> None:
    efs = aws.client("efs")
    file_system = efs.create_file_system(CreationToken="a", ThroughputMode="elastic")["FileSystemId"]
    efs.update_file_system(FileSystemId=file_system, ThroughputMode="provisioned", ProvisionedThroughputInMibps=64)
    (found,) = efs.describe_file_systems()["FileSystems"]
    assert (found["ThroughputMode"], found["ProvisionedThroughputInMibps"]) == ("provisioned", 64)


def test_a_workspace_keeps_its_key(aws: Server) -> None:
    amp = aws.client("amp")
    for key in (KEY, None):
        given = {"kmsKeyArn": key} if key else {}
        workspace = amp.create_workspace(alias="a", **given)["workspaceId"]
        assert amp.describe_workspace(workspaceId=workspace)["workspace"].get("kmsKeyArn") == key


def test_leftovers_names_files_images_and_metrics(aws: Server) -> None:
    file_system = aws.client("efs").create_file_system(CreationToken="a")["FileSystemId"]
    aws.client("ecr").create_repository(repositoryName="images")
    workspace = aws.client("amp").create_workspace(alias="a")["workspaceId"]
    assert leftovers(REGION) == [
        f"file system {file_system}",
        f"prometheus workspace {workspace}",
        "repository images",
    ]
